"""Hours without seconds, as papers have them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.kernel import minutes
from pims.kernel.limits import CLOCK_SLACK

START = datetime(2026, 3, 2, 10, 3, 27, tzinfo=UTC)


def test_an_hour_written_without_seconds_is_not_before_what_the_clock_said_in_that_minute() -> None:
    written = START.replace(second=0)
    assert minutes.not_before(written, START) == START
    assert minutes.after(written, START) > START


@given(st.integers(-300, 300))
def test_only_hours_of_the_same_minute_are_moved_and_never_backwards(seconds: int) -> None:
    at = START + timedelta(seconds=seconds)
    same_minute = -27 <= seconds < 0
    assert (minutes.not_before(at, START) != at) is same_minute
    assert (minutes.after(at, START) != at) is (same_minute or seconds == 0)
    assert minutes.after(at, START) >= minutes.not_before(at, START) >= at


def test_what_two_clocks_differ_by_is_not_of_the_future() -> None:
    now = datetime(2026, 3, 7, 10, tzinfo=UTC)
    assert not minutes.is_to_come(now + CLOCK_SLACK, now)
    assert minutes.is_to_come(now + CLOCK_SLACK + minutes.INSTANT, now)
