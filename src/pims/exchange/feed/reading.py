"""The feed as an agency reads it: page after page from a position, acknowledged when kept.

The feed is the truth; what is pushed is only faster. An agency names the position after which it
reads, whatever it acknowledged: one that was restored from an old backup reads again from there.
While it is suspended it reads nothing and loses nothing.
"""

from dataclasses import dataclass, field

from pims.exchange.enforcement import Reader
from pims.exchange.feed.rendering import Event, render

LIMIT, MOST = 500, 1000


class StartOver(Exception):
    """What the agency has not read is older than what is kept: it must take a snapshot."""

    def __init__(self, oldest: int) -> None:
        super().__init__(f"the feed begins at {oldest}")
        self.oldest = oldest


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order. Acknowledge `upto` once they are kept, and read on after it.

    `upto` passes over what is not for the agency. `newest` is where the whole feed ends; there is
    `more` where the page ended before it.
    """

    events: list[Event] = field(default_factory=list)
    upto: int = 0
    newest: int = 0
    more: bool = False


def page(reader: Reader, *, after: int, limit: int = LIMIT) -> Page:
    """What comes after a position, at most `limit` events.

    Raises StartOver where something after it is no longer kept, ValueError for a negative position.
    """
    if after < 0:
        raise ValueError("a position is not negative")
    limit = max(1, min(limit, MOST))
    # The end first: a message that comes in between belongs to the next page.
    oldest, newest = reader.feed_ends()
    if after + 1 < oldest:
        raise StartOver(oldest)
    told = reader.messages(after=after, upto=newest, limit=limit)
    full = len(told) == limit
    upto = told[-1].position if full else max(newest, after)
    return Page(render(reader, told), upto, newest, full and upto < newest)


def acknowledge(reader: Reader, *, position: int) -> str:
    """The agency keeps everything up to here: ``ok``, ``behind`` or ``beyond``."""
    return reader.acknowledge(position)


def cursor(reader: Reader) -> int:
    """How far the agency acknowledged, 0 where it never did."""
    return reader.cursor()
