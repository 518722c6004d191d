"""The prison now: sums of the roll, and nothing that the roll does not hold."""

from dataclasses import dataclass
from datetime import datetime

from pims.custody import selectors as custody
from pims.custody.selectors import Counts, RollRow
from pims.exchange import selectors as exchange
from pims.foundation.access.actor import Actor
from pims.foundation.outbox.feed import feed_position
from pims.kernel.asof import AsOf


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows, and the feed position up to which it is true.

    `held_messages` are messages to other agencies that wait for a person to look: never people.
    `orders_waiting` are orders to let somebody go that came over the wire and wait for an officer.
    """

    counts: Counts
    out: tuple[RollRow, ...]
    position: int
    at: datetime
    held_messages: int = 0
    orders_waiting: int = 0


def board(viewer: Actor, establishment_id: int, as_of: AsOf | None = None) -> Board:
    """The counts and who is out, overdue first.

    The position is read first: what happens while the roll is read is told again, never lost.
    Raises NotPermitted where the viewer may see no roll here.
    """
    position = feed_position()
    counts = custody.counts(viewer, establishment_id, as_of)
    out = sorted(
        counts.out,
        key=lambda row: (
            not row.overdue,
            row.expected_back_at is None,
            row.expected_back_at or row.received_at,
            row.sort_key,
        ),
    )
    waiting = exchange.orders_waiting(establishment_id)
    return Board(counts, tuple(out), position, counts.at, exchange.held_count(), waiting)
