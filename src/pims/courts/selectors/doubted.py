"""What stands between an order and relying on it at the gate: that it was read but once, otherwise
by another officer, or by one who had seen what was keyed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pims.courts.models import CourtOrder
from pims.courts.selectors.infos import ReadingInfo
from pims.courts.selectors.orders import readings_of
from pims.foundation.bulk import any_of

Why = Literal["unread", "differs", "not_blind"]


@dataclass(frozen=True, slots=True)
class ReadingDoubt:
    order_id: int
    kind: str
    reference: str
    why: Why


def reading_doubts(person_ids: Iterable[int]) -> dict[int, list[ReadingDoubt]]:
    """Person -> the doubts about the readings of their standing orders, in the order in which they
    were keyed; for rooms above, without scope. A difference that was settled is none."""
    doubted = {
        person_id: [(one.order_id, why) for one in readings if (why := _why(one))]
        for person_id, readings in readings_of(person_ids).items()
    }
    ids = {order_id for found in doubted.values() for order_id, _why_not in found}
    if not ids:
        return {}
    rows = CourtOrder.objects.filter(any_of("id", ids)).values_list("pk", "kind", "reference")
    papers = {pk: (kind, reference) for pk, kind, reference in rows}
    return {
        person_id: [ReadingDoubt(order_id, *papers[order_id], why) for order_id, why in found]
        for person_id, found in doubted.items()
        if found
    }


def _why(one: ReadingInfo) -> Why | None:
    if one.read_at is None:
        return "unread"
    if one.differs:
        return "differs"
    return None if one.blind or one.settled_at is not None else "not_blind"
