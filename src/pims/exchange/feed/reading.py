"""The feed as an agency reads it: page after page from a position, acknowledged when kept.

The feed is the truth; what is pushed is only faster. An agency names the position after which it
reads, whatever it acknowledged: one that was restored from an old backup reads again from there.
While it is suspended it reads nothing and loses nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime

from pims.exchange.enforcement import Reader, Told
from pims.exchange.feed.rendering import Event, render

LIMIT, MOST = 500, 1000
# So many places of the feed are looked at for one page, however few of them are the agency's own.
MOST_PLACES = 20_000


class StartOver(Exception):
    """What the agency has not read is no longer kept, or its position is beyond the end: then it is
    we who were restored from a backup. It must take a snapshot."""

    def __init__(self, oldest: int) -> None:
        super().__init__(f"the feed begins at {oldest}")
        self.oldest = oldest


@dataclass(frozen=True, slots=True)
class Pulse:
    """That the feed is alive: at this instant everything recorded before `upto` was in it, or was
    `held` until a person confirms it. Without this, quiet and broken look the same to who pulls."""

    at: datetime
    upto: datetime
    held: bool

    @property
    def behind_seconds(self) -> float:
        return max(0.0, (self.at - self.upto).total_seconds())


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order. Acknowledge `upto` once they are kept, and read on after it.

    `upto` passes over what is not for the agency. `newest` is where the whole feed ends; there is
    `more` where the page ended before it, even one without a single event.
    """

    events: list[Event] = field(default_factory=list)
    upto: int = 0
    newest: int = 0
    more: bool = False
    pulse: Pulse | None = None


def page(reader: Reader, *, after: int, limit: int = LIMIT) -> Page:
    """What comes after a position, at most `limit` events.

    Raises StartOver where something after it is no longer kept or the feed does not reach so far,
    ValueError for a negative position.
    """
    if after < 0:
        raise ValueError("a position is not negative")
    limit = max(1, min(limit, MOST))
    # The pulse before everything: what is recorded after it may be missing here.
    pulse = Pulse(*reader.feed_pulse())
    # The end first: a message that comes in between belongs to the next page.
    oldest, newest = reader.feed_ends()
    if after + 1 < oldest or after > newest:
        raise StartOver(oldest)
    told, upto = _some(reader, after, newest, limit)
    return Page(render(reader, told), upto, newest, upto < newest, pulse)


def _some(reader: Reader, after: int, newest: int, limit: int) -> tuple[list[Told], int]:
    """At most so many messages, and how far was looked: a stretch at a time, for the database
    judges a whole stretch before it gives the first of it."""
    told: list[Told] = []
    upto, end = after, min(newest, after + MOST_PLACES)
    while upto < end and len(told) < limit:
        until, room = min(upto + limit, end), limit - len(told)
        some = reader.messages(after=upto, upto=until, limit=room)
        told += some
        upto = some[-1].position if len(some) == room else until
    return told, upto


def acknowledge(reader: Reader, *, position: int) -> str:
    """The agency keeps everything up to here: ``ok``, ``behind`` or ``beyond``."""
    return reader.acknowledge(position)


def cursor(reader: Reader) -> int:
    """How far the agency acknowledged, 0 where it never did."""
    return reader.cursor()
