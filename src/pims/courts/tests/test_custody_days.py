"""Days in custody by charge: each day once a charge, none missed, whatever the papers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pims.courts.rules.custody_days import Hold, days_by_charge, days_of
from pims.kernel.periods import Period

ZONE = "America/Belize"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
UPTO = BEGIN + timedelta(hours=24 * 60)


def period(start: int, length: int | None) -> Period:
    begins = BEGIN + timedelta(hours=start)
    return Period(begins, None if length is None else begins + timedelta(hours=length))


PERIODS = st.builds(period, st.integers(0, 24 * 70), st.one_of(st.none(), st.integers(1, 24 * 30)))
HOLDS = st.lists(
    st.builds(
        Hold,
        paper=st.sampled_from("abcdef"),
        period=PERIODS,
        charge_ids=st.frozensets(st.integers(1, 3), max_size=3),
        serving=st.booleans(),
    ),
    max_size=8,
)
CUSTODY = st.lists(PERIODS, max_size=4)


def hours(found: Period) -> set[int]:
    """Hour numbers of a period before UPTO: an independent way to count, hour by hour."""
    end = UPTO if found.end is None else min(found.end, UPTO)
    first = int((found.start - BEGIN) / timedelta(hours=1))
    return set(range(first, first + max(0, int((end - found.start) / timedelta(hours=1)))))


@given(CUSTODY, HOLDS)
def test_every_day_under_a_charge_counts_once(custody: list[Period], holds: list[Hold]) -> None:
    found = days_by_charge(custody, holds, zone=ZONE, upto=UPTO)
    where = ZoneInfo(ZONE)
    inside = set().union(*(hours(p) for p in custody))
    for charge_id, days in found.items():
        held = set().union(*(hours(h.period) for h in holds if charge_id in h.charge_ids))
        expected = {(BEGIN + timedelta(hours=n)).astimezone(where).date() for n in inside & held}
        counted = [
            one.days.first + timedelta(days=n)
            for one in days.stretches
            for n in range(one.days.count)
        ]
        assert len(counted) == len(set(counted)) == days.total
        assert set(counted) == expected
        assert days.unsentenced + days.under_sentence == days.total


@given(CUSTODY, HOLDS)
def test_no_charge_has_more_days_than_custody(custody: list[Period], holds: list[Hold]) -> None:
    all_days = days_of(custody, zone=ZONE, upto=UPTO)
    for days in days_by_charge(custody, holds, zone=ZONE, upto=UPTO).values():
        assert days.total <= len(all_days)


@given(CUSTODY, HOLDS)
def test_days_under_a_sentence_are_those_on_which_one_was_served(
    custody: list[Period], holds: list[Hold]
) -> None:
    nobody = [Hold(h.paper, h.period, h.charge_ids, serving=False) for h in holds]
    for days in days_by_charge(custody, nobody, zone=ZONE, upto=UPTO).values():
        assert days.under_sentence == 0
    serving = [h for h in holds if h.serving]
    served = set()
    for hold in serving:
        only = [Hold("s", hold.period, frozenset({9}))]
        for one in days_by_charge(custody, only, zone=ZONE, upto=UPTO)[9].stretches:
            served |= {one.days.first + timedelta(days=n) for n in range(one.days.count)}
    for days in days_by_charge(custody, holds, zone=ZONE, upto=UPTO).values():
        told = {
            one.days.first + timedelta(days=n)
            for one in days.stretches
            if one.serving
            for n in range(one.days.count)
        }
        assert told <= served


def test_a_remand_that_overlaps_another_on_one_charge_counts_its_days_once() -> None:
    first, second = period(0, 24 * 10), period(24 * 5, 24 * 10)
    holds = [Hold("a", first, frozenset({1})), Hold("b", second, frozenset({1, 2}))]
    found = days_by_charge([period(0, None)], holds, zone=ZONE, upto=UPTO)
    # From the evening of 31 December, where the prison is, to the evening of 15 January.
    assert found[1].total == 16
    assert found[2].total == 11
    assert found[1].stretches[0].papers == ("a", "b")
