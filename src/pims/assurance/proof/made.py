"""When an order was made, when it sets free, and which change themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pims.assurance.proof.days import end_of, start_of
from pims.assurance.proof.history import Order

# How long letting somebody go may take once it is ordered: the service's practice, no law. The
# alarms about a discharge that is not completed sound long before.
RELEASE_WITHIN = timedelta(hours=6)


def made_at(order: Order, zone: str) -> datetime | None:
    """From when it can have an effect; None where the paper says no day at all.

    No order makes lawful what was before the day on which it was made.
    """
    dated = None if order.dated is None else start_of(order.dated, zone)
    if order.begins is not None:
        return order.begins if dated is None else max(order.begins, dated)
    return dated if dated is not None else order.received_at


def effect_at(order: Order, zone: str) -> datetime | None:
    """When an order to set free takes effect: at its hour, or when it came, or with its day."""
    made = made_at(order, zone)
    if made is None or order.begins is not None or order.dated is None:
        return made
    day_ends = end_of(order.dated, zone)
    received = order.received_at
    return day_ends if received is None else min(max(received, made), day_ends)


def freed_at(order: Order, zone: str) -> datetime | None:
    """Until when somebody may still be inside under an order to set free, had nothing else held
    them; None where it never took effect."""
    effect = effect_at(order, zone)
    if effect is None or not took_effect(order, effect):
        return None
    return effect + RELEASE_WITHIN


def never_stood(order: Order) -> bool:
    """Void, or set aside or replaced at an hour that nobody knows."""
    return order.state == "void" or (order.state != "stands" and order.state_from is None)


def took_effect(order: Order, effect: datetime) -> bool:
    """Whether it stood when it was to take effect. What is void never stood."""
    if order.state == "stands":
        return True
    ended = order.state_from
    return order.state != "void" and ended is not None and ended > effect


def in_circles(orders: Sequence[Order]) -> frozenset[str]:
    """The orders whose change leads back to themselves, at once or by way of others."""
    changed = {one.order_id: one.changes for one in orders}
    found: set[str] = set()
    seen: set[str] = set()
    for start in changed:
        way: list[str] = []
        at = start
        while at in changed and at not in seen:
            seen.add(at)
            way.append(at)
            at = changed[at]
        if at in way:
            found.update(way[way.index(at) :])
    return frozenset(found)
