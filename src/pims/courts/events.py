"""What the courts room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    kind: ClassVar[str] = "courts.case_opened"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class CaseAmended(Event):
    kind: ClassVar[str] = "courts.case_amended"
    case_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChargeAdded(Event):
    kind: ClassVar[str] = "courts.charge_added"
    case_id: int
    charge_id: int


@dataclass(frozen=True, kw_only=True)
class ChargeAmended(Event):
    kind: ClassVar[str] = "courts.charge_amended"
    charge_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChargeDecided(Event):
    """`order_id` is the order by which it was decided, where that was recorded."""

    kind: ClassVar[str] = "courts.charge_decided"
    charge_id: int
    state: str
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HearingScheduled(Event):
    kind: ClassVar[str] = "courts.hearing_scheduled"
    hearing_id: int
    on: str
    defects: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HearingMoved(Event):
    kind: ClassVar[str] = "courts.hearing_moved"
    hearing_id: int
    on: str
    was_on: str
    defects: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HearingCancelled(Event):
    kind: ClassVar[str] = "courts.hearing_cancelled"
    hearing_id: int


@dataclass(frozen=True, kw_only=True)
class HearingRestored(Event):
    """What took this day away never was."""

    kind: ClassVar[str] = "courts.hearing_restored"
    hearing_id: int


@dataclass(frozen=True, kw_only=True)
class HearingOutcomeRecorded(Event):
    kind: ClassVar[str] = "courts.hearing_outcome_recorded"
    hearing_id: int
    outcome: str
    next_hearing_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrderRecorded(Event):
    """`warrant_name_id` and `release_order_id` are what it made of itself in the authority room,
    `reading_due_at` when another officer must have read it again."""

    kind: ClassVar[str] = "courts.order_recorded"
    order_id: int
    order_kind: str
    effect: str
    defects: tuple[str, ...]
    sentence_ids: tuple[int, ...]
    warrant_name_id: int | None
    release_order_id: int | None
    changes_order_id: int | None
    reading_due_at: str


@dataclass(frozen=True, kw_only=True)
class OrderFell(Event):
    """An order no longer stands; `by_order_id` is the later one that took its place."""

    kind: ClassVar[str] = "courts.order_fell"
    order_id: int
    state: str
    by_order_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrderStandsAgain(Event):
    """What took its place never was."""

    kind: ClassVar[str] = "courts.order_stands_again"
    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderChangedInPart(Event):
    """Some of its sentences stand no longer, or again; the order itself stands."""

    kind: ClassVar[str] = "courts.order_changed_in_part"
    order_id: int
    by_order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(Event):
    """The registry confirmed an order that frees and that no release order was made of."""

    kind: ClassVar[str] = "courts.order_confirmed"
    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderReadAgain(Event):
    kind: ClassVar[str] = "courts.order_read_again"
    order_id: int
    reading_id: int
    differences: tuple[str, ...]
    late: bool
    blind: bool = True


@dataclass(frozen=True, kw_only=True)
class FirstReadingShown(Event):
    """Somebody who could have read it again blind had themselves shown what was keyed."""

    kind: ClassVar[str] = "courts.first_reading_shown"
    order_id: int
    reading_id: int


@dataclass(frozen=True, kw_only=True)
class DifferenceSettled(Event):
    """`takes` is whose reading stands: first, second or neither."""

    kind: ClassVar[str] = "courts.difference_settled"
    order_id: int
    reading_id: int
    takes: str


@dataclass(frozen=True, kw_only=True)
class OrderQuerySent(Event):
    kind: ClassVar[str] = "courts.order_query_sent"
    order_id: int
    query_id: int


@dataclass(frozen=True, kw_only=True)
class OrderQueryAnswered(Event):
    kind: ClassVar[str] = "courts.order_query_answered"
    order_id: int
    query_id: int
