"""A calculation as it goes: what was found, each step with the rules that it rests on."""

from dataclasses import dataclass, field
from datetime import date

from pims.jurisdictions.sentence_law import LawVersion, Rule
from pims.sentences.engine.case import Case, Finding, Outcome, Sentence
from pims.sentences.engine.result import Step


@dataclass(slots=True)
class Working:
    """What the parts of one calculation share."""

    case: Case
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)

    def say(self, what: str, version: LawVersion, names: tuple[str, ...], **params: object) -> None:
        """A step, and the rules of the version that it rests on."""
        cited = tuple([version.rules[name] for name in names])
        for rule in cited:
            self.rules[rule.code] = rule
        self.steps.append(Step(f"sentences.{what}", params, cited))

    def tell(self, what: str, **params: object) -> None:
        """A step that rests on no rule."""
        self.steps.append(Step(f"sentences.{what}", params))

    def find(self, outcome: Outcome, what: str, *sentences: int, **params: object) -> None:
        self.findings.append(Finding(outcome, f"sentences.{what}", params, sentences))


@dataclass(slots=True)
class Served:
    """A sentence in its chain. `first` and `last` are its days as if no credit counted and nobody
    were ever at large; `whole` the days of its term before anything was paid; `credit` the days
    that count for it and for those before it in the chain."""

    sentence: Sentence
    version: LawVersion
    first: date
    last: date
    whole: int = 0
    credit: int = 0

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1
