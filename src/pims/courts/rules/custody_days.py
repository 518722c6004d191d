"""Days in custody by charge: whole days of the calendar, each counted once a charge. Pure.

A day counts where the person was in custody at any moment of it (the day of arrest and the day of
release are days in custody) while a paper about the charge detained. A day of a charge on which a
sentence was being served is told apart: whether it counts too is for the court.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.kernel.periods import Period

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """From `first` to `last`, both counted."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Hold:
    """A paper that detained during `period`, on these charges; `serving` where it is a sentence."""

    paper: str
    period: Period
    charge_ids: frozenset[int]
    serving: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in custody under one charge in a row, and the papers that held on any of them."""

    days: Days
    papers: tuple[str, ...]
    serving: bool


@dataclass(frozen=True, slots=True)
class ChargeDays:
    """`stretches` are in order and share no day. `unsentenced` are the days on which no sentence
    was served, `under_sentence` the others; together they are all days under the charge."""

    charge_id: int
    stretches: tuple[Stretch, ...]

    @property
    def total(self) -> int:
        return sum(one.days.count for one in self.stretches)

    @property
    def under_sentence(self) -> int:
        return sum(one.days.count for one in self.stretches if one.serving)

    @property
    def unsentenced(self) -> int:
        return self.total - self.under_sentence


def days_by_charge(
    custody: Iterable[Period], holds: Sequence[Hold], *, zone: str, upto: datetime
) -> dict[int, ChargeDays]:
    """Charge -> its days, for every charge that any hold names. Nothing after `upto` counts."""
    where = ZoneInfo(zone)
    inside = [cut for period in custody if (cut := _until(period, upto)) is not None]
    found: dict[int, dict[date, set[str]]] = {}
    serving: set[date] = set()
    for hold in holds:
        for charge_id in hold.charge_ids:
            found.setdefault(charge_id, {})
        for period in inside:
            both = _both(period, hold.period)
            if both is None:
                continue
            for day in _days(both, where):
                if hold.serving:
                    serving.add(day)
                for charge_id in hold.charge_ids:
                    found[charge_id].setdefault(day, set()).add(hold.paper)
    return {
        charge_id: ChargeDays(charge_id, tuple(_stretches(days, serving)))
        for charge_id, days in found.items()
    }


def days_of(custody: Iterable[Period], *, zone: str, upto: datetime) -> set[date]:
    """Every day in custody, once, whatever held."""
    where = ZoneInfo(zone)
    cuts = (cut for period in custody if (cut := _until(period, upto)) is not None)
    return {day for cut in cuts for day in _days(cut, where)}


def _until(period: Period, upto: datetime) -> Period | None:
    end = upto if period.end is None else min(period.end, upto)
    return Period(period.start, end) if end > period.start else None


def _both(one: Period, other: Period) -> Period | None:
    start = max(one.start, other.start)
    ends = [end for end in (one.end, other.end) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else Period(start, end)


def _days(period: Period, where: ZoneInfo) -> Iterable[date]:
    """Every calendar day of which the period holds an instant."""
    if period.end is None:
        raise ValueError("a period that is counted in days has an end")
    day = period.start.astimezone(where).date()
    last = (period.end - INSTANT).astimezone(where).date()
    while day <= last:
        yield day
        day += DAY


def _stretches(days: Mapping[date, set[str]], serving: set[date]) -> Iterable[Stretch]:
    """Days in a row, parted where a sentence begins or ceases to be served."""
    first: date | None = None
    last = date.min
    papers: set[str] = set()
    for day in sorted(days):
        breaks = first is not None and (day - last > DAY or (day in serving) != (last in serving))
        if first is not None and breaks:
            yield Stretch(Days(first, last), tuple(sorted(papers)), last in serving)
            first, papers = None, set()
        first = first or day
        last = day
        papers |= days[day]
    if first is not None:
        yield Stretch(Days(first, last), tuple(sorted(papers)), last in serving)
