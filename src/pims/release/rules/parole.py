"""Who may ask for parole, and soon. Pure."""

from calendar import monthrange
from datetime import date

PAROLE_MONTHS = 6
DECISIONS = ("granted", "refused", "deferred")


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def eligibility(ped: date | None, *, as_of: date) -> str:
    """``passed``, ``soon`` (within six months), ``later``, or "" where no such date is known."""
    if ped is None:
        return ""
    if ped <= as_of:
        return "passed"
    return "soon" if ped <= months_after(as_of, PAROLE_MONTHS) else "later"
