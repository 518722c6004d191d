"""What to prepare and when, who may ask for parole, and how wrongful days count."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.release.rules import parole, preparing, wrongful
from pims.release.rules.preparing import STAGES, Due, Reading, Told

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
MAYBE = st.none() | DAYS
READINGS = st.lists(st.builds(Reading, DAYS, MAYBE), min_size=2, max_size=2)


@given(MAYBE, MAYBE, DAYS)
def test_whoever_is_due_within_two_weeks_or_late_is_prepared_for_the_earlier_day(
    counted: date | None, paper: date | None, today: date
) -> None:
    calculated = None if counted is None else Due(counted, "calculation", provisional=True)
    found = preparing.due((calculated, None), paper, as_of=today)
    known = [day for day in (counted, paper) if day is not None]
    near = [day for day in known if day <= today + timedelta(days=14)]
    assert (found is None) == (not near)
    if found is not None:
        assert found.day == min(known)
        assert found.provisional == (counted is not None and counted == found.day)


@given(READINGS, DAYS)
def test_two_officers_agree_only_where_both_said_the_day_of_the_record(
    readings: list[Reading], due_on: date
) -> None:
    first, second = readings
    found = preparing.differences(readings, due_on)
    alone = preparing.differences(readings[:1], due_on)
    assert bool(alone) == (first.release_on < due_on), "one alone is heard where it is earlier"
    assert set(found) == set(preparing.differences([second, first], due_on))
    if not found:
        assert first.release_on == second.release_on == due_on
    if first.release_on != second.release_on:
        assert preparing.READINGS_DIFFER in found


def test_an_expiry_that_only_one_officer_gave_is_no_difference() -> None:
    day = date(2027, 3, 1)
    one, other = Reading(day, date(2028, 3, 1)), Reading(day)
    assert preparing.differences([one, other], day) == ()
    apart = Reading(day, date(2028, 3, 2))
    assert preparing.differences([one, apart], day) == (preparing.READINGS_DIFFER,)


@given(
    DAYS,
    st.lists(
        st.tuples(
            st.sampled_from(sorted(STAGES)),
            st.sampled_from(["police", "other"]),
            st.integers(-600, 100),
        ),
        max_size=4,
    ),
    st.integers(-500, 500),
)
def test_a_notice_is_late_from_its_time_on_until_the_police_were_told_in_its_time(
    day: date, said: list[tuple[str, str, int]], hours: int
) -> None:
    release_at = datetime.combine(day, time(14), UTC)
    now = release_at + timedelta(hours=hours)
    told = [Told(stage, who, release_at + timedelta(hours=at)) for stage, who, at in said]
    found = preparing.notices(release_at, told, as_of=now)
    assert [one.stage for one in found] == ["14d", "24h", "1h"]
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    for one in found:
        assert one.late == (not one.told and now >= one.due_at)
        assert one.told <= any(t.stage == one.stage and t.agency == "police" for t in told)
        if one.told:
            assert any(
                t.stage == one.stage and t.at >= one.due_at - timedelta(days=7) for t in told
            )


@given(DAYS, DAYS)
def test_parole_is_near_within_six_months_and_never_both_near_and_passed(
    ped: date, today: date
) -> None:
    state = parole.eligibility(ped, as_of=today)
    assert (state == "passed") == (ped <= today)
    if state == "later":
        assert (ped - today).days >= 181
    if state == "soon":
        assert 0 < (ped - today).days <= 184
    assert parole.eligibility(None, as_of=today) == ""


def test_six_months_after_the_end_of_august_is_the_end_of_february() -> None:
    assert parole.months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert parole.months_after(date(9999, 10, 1), 6) == date.max


@given(DAYS, st.integers(0, 4000), st.integers(0, 4000))
def test_the_register_counts_nights_inside_and_days_out(
    began: date, lasted: int, more: int
) -> None:
    ended = began + timedelta(days=lasted)
    later = ended + timedelta(days=more)
    assert wrongful.days_of("over_detention", began, ended, as_of=later) == lasted
    assert wrongful.days_of("wrongful_release", began, ended, as_of=later) == max(lasted, 1)
    assert wrongful.days_of("over_detention", began, None, as_of=later) == lasted + more


@given(st.lists(st.tuples(st.sampled_from(["wrongful_release", "over_detention"]),
                          st.integers(0, 900))))  # fmt: skip
def test_the_totals_lose_no_line_and_no_day(lines: list[tuple[str, int]]) -> None:
    found = wrongful.totals(lines)
    assert {one.kind for one in found} == {"wrongful_release", "over_detention"}
    assert sum(one.cases for one in found) == len(lines)
    assert sum(one.days for one in found) == sum(days for _kind, days in lines)
