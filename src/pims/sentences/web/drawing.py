"""A person's sentences over time, drawn to scale: where each bar and each mark stands.

Positions are hundredths of the drawing's width and pixels of its height. What is drawn is told
again by a table, row by row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pims.ui.dates import day_text, month_short
from pims.ui.shapes import Text

TOP, ROW, LANE = 26, 32, 20
# Where a tick is late its date stands before it; dates less far apart would touch.
TICKS, LATE, APART = 5, 80, 17
# A span of so many days a tick is told by years, up to where the last of them has room.
A_YEAR, YEARS_END = 365, 93
STEPS = (1, 2, 3, 7, 14, 28, 61, 122, 183, 365, 730, 1826, 3653, 7305, 18262, 36525)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that are drawn as a bar, both counted; `last` of None has no end.

    `days` are as certified where no dates were: the bar is as long, and its place is only where
    it counts.
    """

    label: Text
    first: date
    last: date | None
    tone: str = "info"
    days: int | None = None
    note: Text = ""

    @property
    def length(self) -> int | None:
        if self.days is not None or self.last is None:
            return self.days
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that counts, drawn as a line with its name."""

    label: Text
    day: date
    tone: str = "ink"


@dataclass(frozen=True, slots=True)
class Bar:
    """`late` words end where the bar ends, so that they stay on the drawing."""

    stretch: Stretch
    x: float
    y: int
    width: float
    late: bool

    @property
    def right(self) -> float:
        return round(self.x + self.width, 2)


@dataclass(frozen=True, slots=True)
class Flagpole:
    """A mark in a lane of its own below the bars; `late` words stand before their line."""

    mark: Mark
    x: float
    y: int
    late: bool
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    late: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    bars: tuple[Bar, ...]
    marks: tuple[Flagpole, ...]
    ticks: tuple[Tick, ...]
    today_x: float
    height: int
    bars_end: int


def draw(
    stretches: Sequence[Stretch],
    marks: Sequence[Mark],
    today: date,
    *,
    beside: Sequence[date] = (),
) -> Drawing | None:
    """All on one scale, from the first day to a little after the last; None: nothing to draw.

    `beside` are days of another drawing that is to have the same scale. A stretch without an end
    reaches the right edge.
    """
    if not stretches:
        return None
    days = [today, *(m.day for m in marks), *(s.first for s in stretches)]
    days += [s.last for s in stretches if s.last is not None]
    first, last = min(*days, *beside), max(*days, *beside)
    span = max((last - first).days + 1, 30)
    left, whole = _add(first, -max(span // 50, 1)), span * 1.08

    def at(day: date) -> float:
        return round(min(max(100 * (day - left).days / whole, 0.0), 100.0), 2)

    bars = []
    for index, one in enumerate(stretches):
        x = at(one.first)
        right = 100.0 if one.last is None else at(_add(one.last, 1))
        width = max(round(right - x, 2), 0.5)
        bars.append(Bar(one, x, TOP + index * ROW, width, x > 60))
    bars_end = TOP + len(bars) * ROW
    poles = [
        Flagpole(one, x, bars_end + 16 + n * LANE, x > 50, f"{one.label} {day_text(one.day)}")
        for n, one in enumerate(sorted(marks, key=lambda mark: mark.day))
        if (x := at(one.day)) is not None
    ]
    return Drawing(
        bars=tuple(bars),
        marks=tuple(poles),
        ticks=tuple(_ticks(left, span, at)),
        today_x=at(today),
        height=bars_end + LANE * len(poles) + 12,
        bars_end=bars_end,
    )


def _add(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _years(left: date, years: int, at: Callable[[date], float]) -> Iterable[Tick]:
    """The first of January of every so many years; a year alone is short enough for its place."""
    year = (left.year // years + 1) * years
    while year <= date.max.year and (x := at(date(year, 1, 1))) < YEARS_END:
        yield Tick(x, str(year), late=False)
        year += years


def _ticks(left: date, span: int, at: Callable[[date], float]) -> Iterable[Tick]:
    step = next((s for s in STEPS if span / s <= TICKS), STEPS[-1])
    if step >= A_YEAR:
        yield from _years(left, round(step / 365.25), at)
        return
    day = _add(left, step // 2)
    before = 0.0
    for _number in range(TICKS + 2):
        # The first of the month reads best; under two months apart the day itself.
        mark = day.replace(day=1) if step > 60 else day
        x = at(mark)
        if x < 99 and x - before > APART and not before > LATE:
            before = x
            label = f"{month_short(mark.month)} {mark.year}"
            yield Tick(x, label if step > 60 else f"{mark.day} {label}", x > LATE)
        day = _add(day, step)
