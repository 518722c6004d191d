"""What is odd about a release order, from what is written on it and on the warrants. Pure.

Nothing here refuses an order or delays a release: what is odd is asked about once, marked, and
settled by calling the registry's stored number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.jurisdictions.courts import powers
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.limits import ORDER_DATED_LONG_AGO, ORDER_ENTERED_LATE

# In the order in which they are told.
ODDITIES = (
    "names_nothing",
    "dated_in_the_future",
    "dated_after_receipt",
    "dated_long_ago",
    "received_before_hold",
    "received_long_ago",
    "body_cannot",
    "other_court",
    "higher_court",
    "no_reference",
)
# Those of an order that may well be another person's, another custody's, or none at all.
COULD_FREE_WRONGLY = frozenset(
    {
        "names_nothing", "dated_in_the_future", "dated_after_receipt", "received_before_hold",
        "body_cannot", "other_court",
    }
)  # fmt: skip
# A court may well end what a court below it ordered, and the Minister and the Parole Board what
# any court did: asked about, but no alarm. Which order is good is for the registry to say.
_RANK = {
    "magistrates": 1, "family_court": 1, "high_court": 2, "court_of_appeal": 3, "ccj": 4,
    "minister": 5, "parole_board": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as written. `dated` is a day, `received_at` an instant, `kind` of release."""

    body_id: int
    body_kind: str
    reference: str
    dated: date | None
    received_at: datetime
    names_any: bool = True
    kind: str = ""


@dataclass(frozen=True, slots=True)
class EndedWarrant:
    """One warrant that the order ends: who issued it, and since when it has held."""

    body_id: int
    body_kind: str
    starts_at: datetime


def oddities(
    order: OrderFacts, ends: Sequence[EndedWarrant], *, zone: str, as_of: datetime
) -> tuple[str, ...]:
    """Codes of what is odd at `as_of`, worst first; empty for an ordinary order."""
    where = ZoneInfo(zone)
    received_on = order.received_at.astimezone(where).date()
    found = set()
    if not order.names_any:
        found.add("names_nothing")
    if order.dated is not None:
        if order.dated > as_of.astimezone(where).date():
            found.add("dated_in_the_future")
        elif order.dated > received_on:
            found.add("dated_after_receipt")
        if received_on - order.dated > ORDER_DATED_LONG_AGO:
            found.add("dated_long_ago")
    if any(order.received_at < warrant.starts_at for warrant in ends):
        found.add("received_before_hold")
    if as_of - order.received_at > ORDER_ENTERED_LATE:
        found.add("received_long_ago")
    if body_cannot(order.body_kind, order.kind):
        found.add("body_cannot")
    others = [warrant for warrant in ends if warrant.body_id != order.body_id]
    if others:
        own = _RANK.get(order.body_kind, 0)
        above = all(own > _RANK.get(warrant.body_kind, 0) for warrant in others)
        found.add("higher_court" if above else "other_court")
    if not order.reference.strip():
        found.add("no_reference")
    return tuple(code for code in ODDITIES if code in found)


def body_cannot(body_kind: str, release: str) -> bool:
    """Whether the table says that such a body makes no order by which somebody is let go so."""
    power = powers().get(body_kind)
    makes = [kind.code for kind in order_kinds().values() if kind.release == release]
    return power is not None and bool(makes) and power.cannot.issuperset(makes)


def could_free_wrongly(found: Sequence[str]) -> bool:
    """Whether what is odd makes a call to the registry pressing before anyone walks on it."""
    return not COULD_FREE_WRONGLY.isdisjoint(found)
