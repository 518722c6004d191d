"""When a message that did not arrive is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.rules.retry import (
    LONGEST_ASKED,
    Fault,
    Schedule,
    after_failure,
    fault_of,
    wait,
)

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
S = Schedule()
chances = st.floats(0, 1, exclude_max=True)
attempts = st.integers(1, 500)


@given(n=attempts, chance=chances)
def test_each_wait_is_longer_than_the_last_up_to_an_hour_and_chance_shortens_it_by_half_at_most(
    n: int, chance: float
) -> None:
    full = wait(n, chance=0, schedule=S)
    assert full / 2 <= wait(n, chance=chance, schedule=S) <= full <= S.longest
    assert wait(n + 1, chance=0, schedule=S) >= full
    assert wait(1, chance=chance, schedule=S) <= timedelta(seconds=2)


@given(n=attempts, chance=chances, hours=st.integers(0, 200))
def test_a_message_is_given_up_only_after_three_days_of_trying(
    n: int, chance: float, hours: int
) -> None:
    first = NOW - timedelta(hours=hours)
    following = after_failure(attempts=n, first_at=first, now=NOW, chance=chance, schedule=S)
    if hours < 71:
        assert not following.dead
    if hours >= 72:
        assert following.dead
    if following.at is not None:
        assert NOW < following.at <= NOW + S.longest


@given(asked=st.integers(0, 10**7), chance=chances)
def test_a_receiver_that_asks_us_to_wait_is_given_at_most_an_hour(
    asked: int, chance: float
) -> None:
    wish = timedelta(seconds=asked)
    following = after_failure(
        attempts=1, first_at=NOW, now=NOW, chance=chance, asked_for=wish, schedule=S
    )
    assert following.at is not None
    assert min(wish, LONGEST_ASKED) <= following.at - NOW <= max(LONGEST_ASKED, S.first)


@given(status=st.integers(100, 599))
def test_only_success_counts_as_taken_and_a_redirect_does_not(status: int) -> None:
    assert (fault_of(status) is None) == (200 <= status < 300)
    if 300 <= status < 400 or status >= 500:
        assert fault_of(status) is Fault.RECEIVER


@pytest.mark.parametrize(
    ("status", "fault"),
    [(None, Fault.RECEIVER), (410, Fault.GONE), (400, Fault.MESSAGE), (422, Fault.MESSAGE),
     (429, Fault.RECEIVER), (401, Fault.RECEIVER), (404, Fault.RECEIVER)],
)  # fmt: skip
def test_one_bad_message_is_told_from_a_receiver_that_is_not_there(
    status: int | None, fault: Fault
) -> None:
    assert fault_of(status) is fault


def test_nothing_is_waited_for_before_anything_failed() -> None:
    with pytest.raises(ValueError, match="failed"):
        wait(0, chance=0, schedule=S)
