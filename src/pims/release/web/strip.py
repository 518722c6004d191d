"""The next two weeks as a strip of days: each release that is prepared stands on its day.

Positions are hundredths of the drawing's width and pixels of its height; a table below says the
same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pims.release.rules.preparing import OPENS
from pims.release.selectors.preparations import PreparationRow

TOP, ROW, GAP = 44, 18, 0.7
# So many stand on one day one by one; the last of them is then for all the others.
MOST = 10


@dataclass(frozen=True, slots=True)
class Block:
    x: float
    y: int
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """`day` None: all days that are past."""

    x: float
    middle: float
    day: date | None
    count: int


@dataclass(frozen=True, slots=True)
class Strip:
    days: tuple[Day, ...]
    blocks: tuple[Block, ...]
    height: int


def tone_of(row: PreparationRow) -> str:
    """Alarm: late or different; warn: a notice waits; ok: all is ready; else info."""
    if row.differs or row.days_left < 0:
        return "alarm"
    if row.late:
        return "warn"
    return "ok" if row.ready else "info"


def strip(rows: Iterable[PreparationRow], today: date) -> Strip:
    """Today and fourteen days after it, behind one place for what is past."""
    by_day: dict[int, list[PreparationRow]] = defaultdict(list)
    for row in rows:
        by_day[max(row.days_left, -1)].append(row)
    width = 100 / (OPENS.days + 2)
    days, blocks = [], []
    deepest = 1
    for number in range(-1, OPENS.days + 1):
        x = round((number + 1) * width, 2)
        here = by_day.get(number, [])
        day = None if number < 0 else today + timedelta(days=number)
        days.append(Day(x, round(x + width / 2, 2), day, len(here)))
        for place, row in enumerate(here[:MOST]):
            blocks.append(
                Block(round(x + GAP, 2), TOP + place * ROW, round(width - 2 * GAP, 2), tone_of(row))
            )
        deepest = max(deepest, min(len(here), MOST))
    return Strip(tuple(days), tuple(blocks), TOP + deepest * ROW + 6)
