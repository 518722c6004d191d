"""Terms of imprisonment as the calendar counts them.

The day on which a sentence takes effect is its first whole day. A term of months ends on the day
before the day of the same number; where that month has no such day, on its last day (the
corresponding date rule; *Dodds v Walker* [1981] 1 WLR 1027, memory). A law may count otherwise.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

MissingDay = Literal["last_of_month", "day_before_last"]
Order = Literal["months_first", "days_first"]

LONGEST_YEARS = 1000


@dataclass(frozen=True, slots=True)
class Term:
    """A length as the court says it. Never negative; zero where nothing is said."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    @property
    def whole_months(self) -> int:
        return 12 * self.years + self.months

    @property
    def whole_days(self) -> int:
        return 7 * self.weeks + self.days

    @property
    def is_nothing(self) -> bool:
        return not (self.years or self.months or self.weeks or self.days)

    @property
    def is_negative(self) -> bool:
        return min(self.years, self.months, self.weeks, self.days) < 0

    @property
    def rough_days(self) -> int:
        """Days, near enough to tell which of two terms is the longer."""
        return self.whole_months * 1461 // 48 + self.whole_days

    @property
    def is_too_long(self) -> bool:
        """Longer than any calendar of people is good for: a slip of the pen or of the keyboard."""
        return 31 * self.whole_months + self.whole_days > 372 * LONGEST_YEARS


@dataclass(frozen=True, slots=True)
class MonthRule:
    """How a law counts: where the month has no such day, and whether months or days come first."""

    missing_day: MissingDay = "last_of_month"
    order: Order = "months_first"


def last_day(first_day: date, term: Term, rule: MonthRule) -> date:
    """The last day of a term whose first day is given. Raises OverflowError after year 9999."""
    if rule.order == "days_first":
        after = first_day + timedelta(days=term.whole_days)
        return _after_months(after, term.whole_months, rule)
    last = _after_months(first_day, term.whole_months, rule)
    return last + timedelta(days=term.whole_days)


def _after_months(first_day: date, months: int, rule: MonthRule) -> date:
    """The last day of that many months; the day before for none."""
    if months == 0:
        return first_day - timedelta(days=1)
    same = same_day(first_day, months, rule)
    return same - timedelta(days=1) if same.day == first_day.day else same


def review_day(since: date, months: int, rule: MonthRule) -> date:
    """The day by which a detention must be looked at again: the last of so many months, of which
    the day since when nobody did (its first, or that of the last review) is the first.

    Courts, calculation and proof all take it from here. A law counts the day on which a detention
    begins as its first whole day, so that a term of months ends on the day before that of the same
    number, and a review is no exception. Of the two days that one could argue for while no section
    says so, this is the earlier: a review a day early harms nobody, one a day late leaves somebody
    held a day longer than anybody looked at. Raises OverflowError after year 9999.
    """
    return last_day(since, Term(months=months), rule)


def same_day(day: date, months: int, rule: MonthRule) -> date:
    """The day of the same number that many months later, or the one that the rule puts in its
    place where the month has no such day. Raises OverflowError after year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        raise OverflowError
    in_month = monthrange(year, month)[1]
    if day.day <= in_month:
        return date(year, month, day.day)
    missing = in_month if rule.missing_day == "last_of_month" else in_month - 1
    return date(year, month, missing)
