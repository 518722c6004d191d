"""What the engine answers: dates, and the explanation of each."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pims.jurisdictions.sentence_law import Rule
from pims.sentences.engine.case import Finding

Status = Literal["calculated", "invalid", "unsupported", "needs_person"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation: a code with its parameters, and the rules that it rests on."""

    code: str
    params: dict[str, object]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one sentence or of the person. None: there is no such date, or none yet.

    `full_term_end` is the last day of the term as pronounced (and as payment left it);
    `sentence_expiry` the same after credit and days at large: nobody is held on the sentence after
    it. `edr` and `ldr` are the earliest and the latest date of release: the last day in custody.
    `ped` is the day on which the part that must be served before parole is complete.
    `release_day` is the day on which the gate opens for somebody due on `edr`: the same or, where
    the law moves it for weekends and holidays, an earlier one.
    """

    full_term_end: date | None = None
    sentence_expiry: date | None = None
    remission_days: int = 0
    edr: date | None = None
    ldr: date | None = None
    ped: date | None = None
    next_review: date | None = None
    release_day: date | None = None


@dataclass(frozen=True, slots=True)
class SentenceDates:
    """The dates of one sentence, with those that it follows and without those that follow it."""

    number: int
    first_day: date
    dates: Dates


@dataclass(frozen=True, slots=True)
class Calculation:
    """The answer to a case.

    `rules` are those that the dates rest on, `provisional` the codes of those among them that
    nobody has signed. `earliest_arguable` is the first day on which somebody could argue that the
    person is free, also where nothing could be worked out: a person must have decided by then. None
    there means that no such day can be told, so that the case is for a person at once.
    """

    case_id: str
    law: str
    status: Status
    dates: Dates
    earliest_arguable: date | None
    sentences: tuple[SentenceDates, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    versions: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    provisional: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether the dates rest on nothing but arithmetic and signed rules."""
        return self.status == "calculated" and not self.provisional
