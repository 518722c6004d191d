"""Dates, times, durations and names as the pages write them: day first, 24 hours."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy

from pims.kernel import clock
from pims.kernel.limits import FIRST_YEAR_WRITTEN, LAST_YEAR_WRITTEN

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


_MONTHS = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)


def month_short(month: int) -> str:
    """The three or four letters of a month in the reader's language."""
    return str(_MONTHS[month - 1])


def day_text(value: date) -> str:
    """``7 Mar 2026``."""
    return f"{value.day} {month_short(value.month)} {value.year}"


def day_asked(text: str) -> date | None:
    """The day of an address, written 2026-03-07; None for what is none that a prison has seen."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR_WRITTEN <= found.year <= LAST_YEAR_WRITTEN else None


def local(value: datetime, zone: str = "") -> datetime:
    """The instant in `zone` (IANA name), else in the page's time zone."""
    target: tzinfo = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return value.astimezone(target)


def instant_text(value: datetime, form: str = "full", zone: str = "") -> str:
    """An instant in words: full ``7 Mar 2026 18:32``, date, time, or short ``7 Mar 18:32``.

    The short form leaves the year out only where it is the present one: of any other year it is
    the full form. `value` is timezone-aware. Raises ValueError for another form.
    """
    moment = local(value, zone)
    if form == "full":
        return f"{day_text(moment)} {moment:%H:%M}"
    if form == "date":
        return day_text(moment)
    if form == "time":
        return f"{moment:%H:%M}"
    if form == "short":
        if moment.year != local(clock.now(), zone).year:
            return instant_text(value, "full", zone)
        return f"{moment.day} {month_short(moment.month)} {moment:%H:%M}"
    raise ValueError(f"no such form of an instant: {form}")


def last_day(end: datetime, zone: str = "") -> date:
    """The last day of what ends at that instant: of a midnight, the day that it ends."""
    return (local(end, zone) - timedelta(microseconds=1)).date()


def until_text(end: datetime, zone: str = "") -> str:
    """Until when, as a person reads it: ``2 Sep 2027, end of day``, or the hour where it is one."""
    here = local(end, zone)
    if (here.hour, here.minute, here.second, here.microsecond) != (0, 0, 0, 0):
        return instant_text(end, zone=zone)
    return gettext("%(day)s, end of day") % {"day": day_text(last_day(end, zone))}


def duration_text(value: timedelta | float) -> str:
    """``2 h 10 min``, ``45 min``, ``3 d 4 h``; the two largest units, rounded down."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    total = int(abs(seconds))
    sign = "−" if seconds <= -MINUTE else ""
    days, rest = divmod(total, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        parts = [gettext("%(count)s d") % {"count": days}]
        if hours:
            parts.append(gettext("%(count)s h") % {"count": hours})
    elif hours:
        parts = [gettext("%(count)s h") % {"count": hours}]
        if minutes:
            parts.append(gettext("%(count)s min") % {"count": minutes})
    else:
        parts = [gettext("%(count)s min") % {"count": minutes}]
    return sign + " ".join(parts)


def person_name(surname: str, given: str = "") -> str:
    """``SURNAME, Given``; either alone where the other is unknown; ``Unknown name`` for neither."""
    surname, given = surname.strip(), given.strip()
    if surname and given:
        return f"{surname.upper()}, {given}"
    return surname.upper() or given or gettext("Unknown name")


def person_name_of(value: object) -> str:
    """`person_name` of anything with `surname` and `given` (attributes or keys); text as it is."""
    if isinstance(value, str):
        return value

    def part(*names: str) -> str:
        for name in names:
            found = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
            if found:
                return str(found)
        return ""

    return person_name(
        part("surname", "surnames", "family"), part("given", "given_names", "forenames")
    )
