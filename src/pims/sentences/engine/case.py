"""What the engine is given: sentences and adjustments as the papers have them, and nothing else."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pims.kernel.terms import Term

SentenceKind = Literal[
    "imprisonment", "fine_default", "compensation_default", "life", "pleasure", "juvenile_order"
]
OffenceClass = Literal["serious", "lesser", ""]
AdjustmentKind = Literal[
    "remand",  # days held before sentence that count towards it
    "tagged_bail",  # days on restrictive bail that count towards it
    "unlawfully_at_large",
    "additional_days",  # remission forfeited
    "restored_days",  # remission restored
    "fine_part_paid",
    "fine_paid",
]
Outcome = Literal["invalid", "unsupported", "needs_person", "remark"]

CREDITS: frozenset[str] = frozenset({"remand", "tagged_bail"})
PAYMENTS: frozenset[str] = frozenset({"fine_part_paid", "fine_paid"})
DEFAULTS: frozenset[str] = frozenset({"fine_default", "compensation_default"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one court. `number` is the caller's own; it names the sentence in answers.

    `effective_from` is the first day where the court named one, else the day it was pronounced.
    `term` of life is the minimum term, if the court set one. `review_on` is the day on which the
    detention must be looked at again, `reviewed_on` the one on which it last was. `amount_cents`
    is what frees whoever serves a default, before anything was paid.
    """

    number: int
    pronounced_on: date
    term: Term
    consecutive_to: int | None = None
    effective_from: date | None = None
    offence_on: date | None = None
    kind: SentenceKind = "imprisonment"
    offence_class: OffenceClass = ""
    amount_cents: int | None = None
    review_on: date | None = None
    reviewed_on: date | None = None

    @property
    def first_day(self) -> date:
        return self.effective_from or self.pronounced_on

    @property
    def is_endless(self) -> bool:
        return self.kind in ("life", "pleasure")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Days that count for or against the prisoner, or money paid towards a default.

    `days` are as certified; None: those from `starts` to `ends` (or to the case's `as_of`), both
    counted. A credit counts for what was passed on `applies_from`; other days count from `starts`,
    or where that is not known from `applies_from`. `sentence` names the one that a payment is for,
    which was made on `starts`.
    """

    kind: AdjustmentKind
    days: int | None = None
    starts: date | None = None
    ends: date | None = None
    applies_from: date | None = None
    sentence: int | None = None
    paid_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, missing or worth saying. `outcome` is what it makes of the calculation.

    ``invalid``: two things that were said cannot both be so. ``unsupported``: the law given has no
    rule for it. ``needs_person``: it can be read in more than one way. ``remark``: it was
    calculated, and this should be known. `sentences` are the numbers of those concerned.
    """

    outcome: Outcome
    code: str
    params: dict[str, object] = field(default_factory=dict)
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that one person serves, in the caller's order.

    `born_on` matters where the law has rules for the young. `faults` are what could not be read.
    """

    case_id: str
    sentences: tuple[Sentence, ...]
    adjustments: tuple[Adjustment, ...] = ()
    as_of: date | None = None
    born_on: date | None = None
    faults: tuple[Finding, ...] = ()
