"""The bucket behind the limits: nobody gets more than the rate, whoever waits is let in."""

from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.rules.quotas import Bucket, Rate, take

RATE = Rate(a_minute=60, burst=5)


@given(st.lists(st.floats(0, 3), max_size=80))
def test_no_one_is_let_in_more_often_than_the_rate_allows(pauses: list[float]) -> None:
    bucket: Bucket | None = None
    now, let_in = 100.0, 0
    for pause in pauses:
        now += pause
        bucket, wait = take(bucket, RATE, as_of=now)
        let_in += wait == 0
    assert let_in <= RATE.burst + (now - 100.0) * RATE.a_minute / 60 + 1e-6


@given(st.lists(st.floats(0, 0.5), max_size=40))
def test_whoever_waits_as_told_is_let_in(pauses: list[float]) -> None:
    bucket: Bucket | None = None
    now = 0.0
    for pause in pauses:
        now += pause
        bucket, wait = take(bucket, RATE, as_of=now)
        if wait:
            now += wait + 1e-6
            bucket, again = take(bucket, RATE, as_of=now)
            assert again == 0


def test_a_clock_that_stands_still_gives_the_burst_and_no_more() -> None:
    bucket: Bucket | None = None
    outcomes = []
    for _ in range(8):
        bucket, wait = take(bucket, RATE, as_of=1.0)
        outcomes.append(wait == 0)
    assert outcomes == [True] * 5 + [False] * 3
