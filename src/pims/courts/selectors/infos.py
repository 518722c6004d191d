"""What reads of this room give."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from pims.kernel.terms import Term


@dataclass(frozen=True, slots=True)
class ChargeInfo:
    """`offence` has the words of the offence by language, empty where the table has none."""

    charge_id: int
    case_id: int
    person_id: int
    offence_code: str
    offence: dict[str, str]
    citation: str
    grade: str
    longest_months: int | None
    life: bool
    as_written: str
    offence_from: date | None
    offence_to: date | None
    likely_months: int | None
    defects: tuple[str, ...]
    state: str
    decided_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """`person_ids` are those before the court whom the viewer may see, `hidden` how many others;
    `charges` are of those seen."""

    case_id: int
    number: str
    title: str
    body_id: int
    body_name: str
    establishment_id: int
    opened_on: date | None
    closed_on: date | None
    person_ids: tuple[int, ...]
    hidden: int
    charges: tuple[ChargeInfo, ...]
    version: int


@dataclass(frozen=True, slots=True)
class HearingInfo:
    hearing_id: int
    person_id: int
    case_id: int | None
    case_number: str
    body_id: int
    body_name: str
    establishment_id: int
    on: date
    at_time: time | None
    mode: str
    purpose: str
    defects: tuple[str, ...]
    warrant_name_id: int | None
    outcome: str
    outcome_note: str
    outcome_at: datetime | None
    outcome_by_id: int | None
    cancelled_at: datetime | None
    cancelled_reason: str
    version: int

    @property
    def stands(self) -> bool:
        """Whether it is still to take place, or its outcome to be told."""
        return self.cancelled_at is None and not self.outcome


@dataclass(frozen=True, slots=True)
class SentenceInfo:
    """One term as written, of whom it is about through joined records. `state` is as at the
    instant asked for; `minimum` None where the paper names none. `order_state` is its order's,
    `paper_cents` the amount that the paper names for all of it, `changes_order_id` the earlier
    order that its order is about. `undated`: nobody knows on which day it was passed, and
    `pronounced_on` is the day on which the paper came."""

    sentence_id: int
    order_id: int
    order_kind: str
    order_state: str
    body_kind: str
    reference: str
    person_id: int
    charge_id: int | None
    kind: str
    term: Term
    minimum: Term | None
    pronounced_on: date
    effective_from: date | None
    link: str
    consecutive_to_id: int | None
    offence_on: date | None
    offence_class: str
    amount_cents: int | None
    review_months: int | None
    next_date: date | None
    position: int
    state: str
    ended_at: datetime | None
    received_at: datetime
    version: int
    paper_cents: int | None = None
    changes_order_id: int | None = None
    undated: bool = False

    @property
    def stands(self) -> bool:
        return self.state == "stands"


@dataclass(frozen=True, slots=True)
class ReadingInfo:
    """`values` are what the second officer keyed; none of it is shown before it is read.

    `takes` is which reading was said to be the paper's; ``neither`` settles nothing. `seen_by_ids`
    had the first reading shown to them, and a second one by one of them is not `blind`.
    """

    reading_id: int
    order_id: int
    person_id: int
    due_at: datetime
    read_at: datetime | None
    read_by_id: int | None
    values: dict[str, object]
    differences: tuple[str, ...]
    settled_at: datetime | None
    settled_by_id: int | None
    settled_reason: str
    takes: str = ""
    own_cause: bool = False
    seen_by_ids: tuple[int, ...] = ()
    blind: bool = True

    @property
    def differs(self) -> bool:
        """Whether the two readings differ and nobody has said which is right."""
        return bool(self.differences) and self.settled_at is None


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """One order about one person. `changed_by` are later orders that name it as the one that they
    change; `beside` how many others the same paper names."""

    order_id: int
    paper: UUID
    kind: str
    label: dict[str, str]
    effect: str
    body_id: int
    body_name: str
    case_id: int | None
    case_number: str
    person_id: int
    establishment_id: int
    name_as_written: str
    reference: str
    dated: date | None
    received_at: datetime
    holds_from: datetime
    as_written: str
    dates_as_written: dict[str, str]
    defects: tuple[str, ...]
    next_date: date | None
    until: date | None
    amount_cents: int | None
    review_months: int | None
    conditions: str
    sureties: str
    scan_blob_id: str | None
    changes_order_id: int | None
    change: str
    changes_as_written: str
    changed_by: tuple[int, ...]
    charge_ids: tuple[int, ...]
    warrant_name_id: int | None
    release_order_id: int | None
    ended_warrant_name_ids: tuple[int, ...]
    state: str
    state_at: datetime | None
    state_reason: str
    fell_by_id: int | None
    confirmed_at: datetime | None
    sentences: tuple[SentenceInfo, ...]
    reading: ReadingInfo | None
    beside: int
    version: int
    recorded_at: datetime
    recorded_by_id: int
    # What was keyed is left out: whoever asks has yet to read it again.
    unread: bool = False

    @property
    def stands(self) -> bool:
        return self.state == "stands"


@dataclass(frozen=True, slots=True)
class OrderQueryInfo:
    query_id: int
    order_id: int
    person_id: int
    body_name: str
    reference: str
    text: str
    drafted_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    answer: str
