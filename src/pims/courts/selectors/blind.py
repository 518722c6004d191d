"""What whoever may still read an order again is not shown of it, on any page, without asking.

The second reading is worth something only where it is blind: terms, dates and amounts of an order
that waits for it are left out for everyone who could be its second reader. Whoever asks to see them
(`show_what_was_keyed`) is remembered, and sees them from then on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pims.courts.models import CourtOrder, OrderDeed, SecondReading
from pims.courts.selectors.infos import HearingInfo, OrderInfo
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.people import selectors as people

READ_AGAIN = "courts.read_again"


@dataclass(frozen=True, slots=True)
class Unread:
    """The orders that the viewer could still read again blind, and what tells of their days: the
    hearings that they made, the warrants that they are."""

    order_ids: frozenset[int] = frozenset()
    hearing_ids: frozenset[int] = frozenset()
    warrant_name_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.order_ids)


def unread_by(viewer: Actor, person_ids: Iterable[int]) -> Unread:
    """Of the orders about these persons; at most four queries."""
    if viewer.system or not viewer.reaches_with(READ_AGAIN):
        return Unread()
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    rows = list(
        SecondReading.objects.filter(
            any_of("person_id", whose.keys()), read_at=None, order__state=CourtOrder.State.STANDS
        )
        .exclude(order__recorded_by_id=viewer.user_id)
        .exclude(seen_by_ids__contains=[viewer.user_id])
        .values_list("order_id", "person_id", "order__warrant_name_id")
    )
    if not rows:
        return Unread()
    reach = visible_ids(viewer, READ_AGAIN, {whose[person_id] for _, person_id, _ in rows})
    mine = [(order, warrant) for order, person_id, warrant in rows if whose[person_id] in reach]
    orders = frozenset(order for order, _ in mine)
    made = OrderDeed.objects.filter(
        order_id__in=orders, what=OrderDeed.What.MADE_HEARING, undone_at=None
    )
    return Unread(
        orders,
        frozenset(made.values_list("target_id", flat=True)),
        frozenset(warrant for _, warrant in mine if warrant is not None),
    )


def unread_of(viewer: Actor, person_ids: Iterable[int]) -> dict[int, int]:
    """Person as asked for -> the first of the orders that the viewer could still read blind."""
    ids = set(person_ids)
    hidden = unread_by(viewer, ids)
    if not hidden:
        return {}
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    rows = CourtOrder.objects.filter(any_of("id", hidden.order_ids)).order_by("-pk")
    return {whose[person_id]: pk for pk, person_id in rows.values_list("pk", "person_id")}


def unread_papers(viewer: Actor, person_ids: Iterable[int]) -> dict[int, int]:
    """Warrant name -> the order that it is, of what the viewer could still read again blind."""
    hidden = unread_by(viewer, person_ids)
    if not hidden.warrant_name_ids:
        return {}
    rows = CourtOrder.objects.filter(any_of("id", hidden.order_ids))
    papers = rows.exclude(warrant_name=None).values_list("warrant_name_id", "pk")
    return {name_id: order_id for name_id, order_id in papers if name_id is not None}


def without_first_readings(
    viewer: Actor, orders: Iterable[OrderInfo], hearings: Iterable[HearingInfo] = ()
) -> tuple[tuple[OrderInfo, ...], tuple[HearingInfo, ...]]:
    """These orders and hearings as the viewer may be shown them: see `unread_by`."""
    orders, hearings = list(orders), list(hearings)
    about = {one.person_id for one in orders} | {one.person_id for one in hearings}
    hidden = unread_by(viewer, about)
    return (
        tuple(_bare(one) if one.order_id in hidden.order_ids else one for one in orders),
        tuple(one for one in hearings if one.hearing_id not in hidden.hearing_ids),
    )


def has_unread_sentences(viewer: Actor, person_id: int) -> Sequence[int]:
    """Orders of the person with sentences that the viewer could still read again blind."""
    hidden = unread_by(viewer, [person_id]).order_ids
    if not hidden:
        return ()
    rows = CourtOrder.objects.filter(pk__in=hidden, sentences__isnull=False)
    return tuple(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _bare(order: OrderInfo) -> OrderInfo:
    """Which paper it is, and nothing that is keyed in the second reading."""
    return replace(
        order, dated=None, next_date=None, until=None, amount_cents=None, review_months=None,
        as_written="", dates_as_written={}, defects=(), sentences=(), unread=True,
    )  # fmt: skip
