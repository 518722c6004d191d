"""What each order did, row by row: so that exactly that is undone when the order never was.

Recording an order notes a deed for everything that it does (`note`). A row to which orders did
something reads as the deeds that count say (`counting`): while one of two entries of the same
paper stands, voiding the other changes nothing. Undoing marks deeds as undone and lets each row
read anew; `order_stands` and `order_warrants` know how each kind of row does that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from pims.courts.models import CourtOrder, OrderDeed
from pims.foundation.commands.transaction import Transaction

What = OrderDeed.What
Values = Mapping[str, object]


def note(
    tx: Transaction,
    order: CourtOrder,
    what: str,
    target_id: int,
    *,
    at: datetime | None = None,
    before: Values | None = None,
    after: Values | None = None,
    waits: bool = False,
) -> OrderDeed:
    """Keep that the order did this. `waits`: it is in effect once the registry confirmed it."""
    return OrderDeed.objects.create(
        order=order,
        person_id=order.person_id,
        what=what,
        target_id=target_id,
        before=plain(before or {}),
        after=plain(after or {}),
        at=at or order.holds_from,
        effective_at=None if waits else tx.now,
        recorded_by_id=tx.actor.user_id,
    )


def counting(what: str | Sequence[str], target_id: int) -> list[OrderDeed]:
    """The deeds that count for a row, the first one first."""
    whats = [what] if isinstance(what, str) else list(what)
    rows = OrderDeed.objects.select_related("order__body").filter(
        what__in=whats, target_id=target_id, undone_at=None, effective_at__isnull=False
    )
    return list(rows.order_by("pk"))


def of_order(order: CourtOrder, *whats: str) -> list[OrderDeed]:
    """What the order did and nobody has undone, in effect or waiting."""
    rows = order.deeds.filter(undone_at=None)
    return list((rows.filter(what__in=whats) if whats else rows).order_by("pk"))


def mark_undone(tx: Transaction, deeds: Iterable[OrderDeed]) -> None:
    for deed in deeds:
        deed.undone_at = tx.now
        deed.save(update_fields=["undone_at"])


def value_without(
    what: str, target_id: int, undone: Callable[[OrderDeed], bool], now: Values
) -> dict[str, object] | None:
    """How a row that several orders changed reads without the deeds that are `undone`.

    None where it stays as it reads `now`: nothing of it was theirs, or somebody else has changed
    it since, which is left alone.
    """
    chain = list(OrderDeed.objects.filter(what=what, target_id=target_id).order_by("pk"))
    if not chain:
        return None
    # As each order left it; as it read until now; as it reads without what is undone now.
    left = stood = without = dict(chain[0].before)
    for deed in chain:
        if deed.before not in (left, stood):  # changed by somebody in between
            stood = without = dict(deed.before)
        left = dict(deed.after)
        if deed.undone_at is None or undone(deed):
            stood = left
        if deed.undone_at is None and not undone(deed):
            without = left
    if plain(now) != stood or without == stood:
        return None
    return without


def plain(values: Values) -> dict[str, object]:
    """As JSON keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
    }


def day(value: object) -> date | None:
    """A day as it is kept in a deed."""
    return date.fromisoformat(value) if isinstance(value, str) else None
