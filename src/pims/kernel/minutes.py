"""Hours as they stand on papers: with minutes and without seconds.

What a clock recorded at 10:03:27 and what somebody writes down as 10:03 are of the same minute.
A fact that follows another is therefore never taken to be before it because of the seconds.
"""

from datetime import datetime, timedelta

from pims.kernel.limits import CLOCK_SLACK

INSTANT = timedelta(microseconds=1)


def is_to_come(at: datetime, now: datetime) -> bool:
    """Whether `at` is of the future: further ahead of `now` than two clocks differ."""
    return at > now + CLOCK_SLACK


def not_before(at: datetime, earlier: datetime) -> datetime:
    """`at`, or `earlier` itself where `at` lies before it within its minute."""
    return earlier if _minute(earlier) <= at < earlier else at


def after(at: datetime, earlier: datetime) -> datetime:
    """`at`, or the instant after `earlier` where `at` is that or lies before it in its minute."""
    return earlier + INSTANT if _minute(earlier) <= at <= earlier else at


def same(one: datetime, other: datetime) -> bool:
    """Whether both are of one minute."""
    return _minute(one) == _minute(other)


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
