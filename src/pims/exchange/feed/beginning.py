"""The first start: the shelf is filled with everybody, and the feed begins from there."""

from collections.abc import Callable
from datetime import datetime

from pims.exchange.models import ShelfState
from pims.exchange.shelving.sweep import shelve_everybody
from pims.foundation.outbox.models import SubscriberCursor
from pims.kernel import clock

SUBSCRIBER = "exchange"


Said = Callable[[int], None]


def begin(
    said: Said = lambda done: None, *, fill: Callable[[Said], int] = shelve_everybody
) -> int | None:
    """Fill the shelf where it never was; how many people, None where the exchange is at work.

    What was recorded until then is on the shelf and makes no message: an agency hears of what
    happens from now on. To be called while nobody else changes anything. `fill` puts everybody on
    the shelf, and says how many there are.
    """
    if has_begun():
        return None
    people = fill(said)
    now = clock.now()
    ShelfState.objects.filter(pk=1).update(shelved_at=now, begun_at=now)
    return people


def has_begun() -> bool:
    """Whether the shelf was filled, or the events of this installation are followed already."""
    at_work = SubscriberCursor.objects.filter(subscriber=SUBSCRIBER, position__gt=0).exists()
    return at_work or begun_at() is not None


def begun_at() -> datetime | None:
    """Up to when what was recorded is history; None where everything is told."""
    return ShelfState.objects.filter(pk=1).values_list("begun_at", flat=True).first()
