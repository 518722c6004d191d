"""An order of a court or another authority about one person, as it was written."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pims.exchange.inbound.kinds.parts import (
    Cents,
    Charges,
    Code,
    Count,
    Day,
    Instant,
    Line,
    Part,
    Prose,
    Reference,
    Subject,
)

DateField = Literal["dated", "next_date", "until", "pronounced_on", "effective_from", "offence_on"]


class SentenceSaid(Part):
    """One term. `charge` is the place of its charge in the message, `after` that of the sentence
    that it follows, both counted from 1."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,24}$")] = ""
    years: Count = 0
    months: Count = 0
    weeks: Count = 0
    days: Count = 0
    minimum_years: Count | None = None
    minimum_months: Count | None = None
    minimum_weeks: Count | None = None
    minimum_days: Count | None = None
    pronounced_on: Day | None = None
    effective_from: Day | None = None
    after: Annotated[int, Field(ge=1, le=60)] | None = None
    charge: Annotated[int, Field(ge=1, le=60)] | None = None
    offence_class: Literal["", "serious", "lesser"] = ""
    amount_cents: Cents | None = None


class Content(Part):
    """`order` is its kind. `ends_all` frees from everything; `frees_from` are references of the
    papers that it ends. `changes` is the reference of the earlier order that it is about."""

    issued_by: Code
    subject: Subject
    order: Code
    reference: Reference = ""
    case_number: Reference = ""
    dated: Day | None = None
    pronounced_at: Instant | None = None
    next_date: Day | None = None
    next_mode: Literal["in_person", "video"] = "in_person"
    until: Day | None = None
    amount_cents: Cents | None = None
    review_months: Annotated[int, Field(ge=0, le=1200)] | None = None
    conditions: Prose = ""
    sureties: Prose = ""
    as_written: Prose = ""
    dates_as_written: Annotated[Mapping[DateField, Line], Field(max_length=6)] = {}
    charges: Charges = ()
    sentences: Annotated[tuple[SentenceSaid, ...], Field(max_length=60)] = ()
    ends_all: bool = False
    frees_from: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()
    changes: Reference = ""
    change: Literal["", "varies", "replaces", "revokes", "sets_aside"] = ""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (self.subject,)
