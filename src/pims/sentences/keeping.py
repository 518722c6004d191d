"""A calculation as it is kept: all of the explanation, in no language, and read again in either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pims.jurisdictions.sentence_law import Law
from pims.kernel.reasons import Reason
from pims.sentences.engine import Calculation, Dates, Finding, Step
from pims.sentences.explaining import reason_of, told
from pims.sentences.models import RuleText
from pims.ui.sources import source_text

DATES = (
    "full_term_end", "sentence_expiry", "edr", "ldr", "ped", "next_review", "release_day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule as it stood when the calculation was made."""

    code: str
    citation: str
    confidence: str
    signed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One step or finding in words; `outcome` is ``step``, ``remark`` or what kept it from a
    date."""

    code: str
    outcome: str
    text: str
    rules: tuple[RuleTold, ...] = ()


@dataclass(frozen=True, slots=True)
class OneSentence:
    """The dates of one sentence, with those that it follows."""

    number: int
    first_day: date
    dates: Dates


def kept(found: Calculation, signed: frozenset[str]) -> dict[str, Any]:
    """JSON of everything but the person's own dates, which have columns."""
    return {
        "versions": list(found.versions),
        "provisional": list(found.provisional),
        "sentences": [
            {"number": one.number, "first_day": one.first_day.isoformat(), **_days(one.dates)}
            for one in found.sentences
        ],
        "findings": [
            {"code": one.code, "outcome": one.outcome, "params": _plain(one.params)}
            for one in found.findings
        ],
        "steps": [
            {
                "code": one.code,
                "params": _plain(one.params),
                "rules": [rule.code for rule in one.rules],
            }
            for one in found.steps
        ],
        "rules": {rule.code: [rule.fingerprint, rule.code in signed] for rule in found.rules},
    }


def lines(
    result: Mapping[str, Any], language: str, rules: Mapping[str, RuleTold] | None = None
) -> list[Line]:
    """The explanation in words: what is wrong first, then step by step; `rules` are those that
    the steps cite, in the same language."""
    known = rules or {}
    found = [
        Line(one["code"], one["outcome"], told(_finding(one), language))
        for one in result.get("findings", ())
    ]
    for one in result.get("steps", ()):
        cited = tuple(known[code] for code in one["rules"] if code in known)
        step = Step(one["code"], _dated(one["params"]))
        found.append(Line(one["code"], "step", told(step, language), cited))
    return found


def refusals(result: Mapping[str, Any]) -> tuple[Reason, ...]:
    """What keeps the case from being worked out, as reasons."""
    return tuple(
        reason_of(_finding(one)) for one in result.get("findings", ()) if one["outcome"] != "remark"
    )


def rules_told(result: Mapping[str, Any], language: str) -> dict[str, RuleTold]:
    """Code -> the rule as it stood then. One query."""
    cited: Mapping[str, tuple[str, bool]] = result.get("rules", {})
    texts = {
        (row.code, row.fingerprint): row
        for row in RuleText.objects.filter(code__in=list(cited))
        if cited
    }
    return {
        code: RuleTold(
            code,
            source_text(row.citation, language),
            row.confidence,
            signed,
            _in(row.text, language),
        )
        for code, (fingerprint, signed) in cited.items()
        if (row := texts.get((code, fingerprint))) is not None
    }


def keep_texts(law: Law) -> None:
    """Keep the texts of a law's rules beside the calculations that rest on them. One query."""
    rows = [
        RuleText(
            code=rule.code,
            fingerprint=rule.fingerprint,
            citation=rule.citation,
            confidence=rule.confidence,
            text=dict(rule.text),
        )
        for version in law.versions
        for rule in version.rules.values()
    ]
    RuleText.objects.bulk_create(rows, ignore_conflicts=True)


def each_sentence(result: Mapping[str, Any]) -> list[OneSentence]:
    return [
        OneSentence(
            number=one["number"],
            first_day=date.fromisoformat(one["first_day"]),
            dates=Dates(
                remission_days=one["remission_days"],
                **{name: _day(one[name]) for name in DATES},
            ),
        )
        for one in result.get("sentences", ())
    ]


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language[:2]) or text["en"]


def _finding(one: Mapping[str, Any]) -> Finding:
    return Finding(one["outcome"], one["code"], _dated(one["params"]))


def _days(dates: Dates) -> dict[str, Any]:
    found: dict[str, Any] = {"remission_days": dates.remission_days}
    for name in DATES:
        day: date | None = getattr(dates, name)
        found[name] = None if day is None else day.isoformat()
    return found


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in params.items()
    }


def _dated(params: Mapping[str, object]) -> dict[str, object]:
    return {name: _read(value) for name, value in params.items()}


def _read(value: object) -> object:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
