"""Where a period recorded late, or against a clock that jumped back, falls among the others.

Pure arithmetic on half-open periods of one person that must not overlap. What was recorded
before is never moved except to make room: the period that covers the new instant ends there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.kernel.minutes import INSTANT


@dataclass(frozen=True, slots=True)
class Row:
    """A recorded period: `row_id` of its table row."""

    row_id: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a new period goes: `cut` is the row to end at `start`, or None.

    `moved` says that `start` is not the instant that was asked for, because a period began at
    that very instant (two moves within one minute) or later (a clock that went back).
    """

    start: datetime
    end: datetime | None
    cut: int | None
    moved: bool


def fit(rows: Sequence[Row], at: datetime, *, limit: datetime | None = None) -> Fit:
    """Fit a period that begins at `at`, until the next recorded one begins.

    `limit` is the end of the episode, None while it is open. A period that covers `at` is cut
    there and the new one takes the rest of its time.
    """
    start = at
    taken = {row.start for row in rows}
    while start in taken:
        start += INSTANT
    covering = next((r for r in rows if r.start < start and (r.end is None or start < r.end)), None)
    later = [r.start for r in rows if r.start > start]
    ends = [e for e in (min(later, default=None), limit) if e is not None]
    if covering is not None and covering.end is not None:
        ends.append(covering.end)
    return Fit(start, min(ends, default=None), covering.row_id if covering else None, start != at)


def cut(start: datetime, at: datetime, *, apart: timedelta) -> tuple[datetime, bool]:
    """Until when what began at `start` lasts where a fact at `at` ends it, and whether the two
    hours contradict each other.

    What by the books began only then or later lasted an instant. Hours that lie less than `apart`
    from each other are in the order in which they were recorded, and contradict nothing.
    """
    if start < at:
        return at, False
    return start + INSTANT, start - at >= apart


def after_all(rows: Sequence[Row], at: datetime) -> datetime:
    """`at`, or the instant after the last recorded start where the clock stands before it."""
    last = max((row.start for row in rows), default=None)
    return at if last is None or last < at else last + INSTANT
