"""Calendar days as instants, and calendar months: where the establishment is."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_GROWN_UP = 18


@cache
def zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=100_000)
def start_of(day: date, zone: str) -> datetime:
    """The first instant of the day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The first instant after the day, in UTC: the day itself is included."""
    return start_of(day + DAY, zone)


def later(day: date, days: int) -> date:
    """So many days later; the calendar's last where it has no such day."""
    return date.max - DAY if days >= (date.max - day).days else day + days * DAY


def day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(zone_named(zone)).date()


def months_after(day: date, months: int) -> date:
    """The same day that many months later; the month's last where it has no such day.

    Raises OverflowError beyond the calendar.
    """
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError("beyond the calendar")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def grown_up_on(born: date) -> date:
    """The first day on which the person is 18; who was born on 29 February, on 1 March."""
    year = born.year + _GROWN_UP
    if born.month == 2 and born.day == 29 and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return born.replace(year=year)
