"""Terms as written, the noon by which an order is read again, and how far a bail has come."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.courts.rules import bail, readings, terms
from pims.courts.rules.last_days import LastDays
from pims.courts.rules.terms import Written
from pims.jurisdictions.holidays import is_closed
from pims.jurisdictions.sentence_law import sentence_law
from pims.kernel.terms import MonthRule, Term

ZONE = "America/Belize"
MONTHS = MonthRule()
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("begins", "term", "ends"),
    [
        (date(2026, 1, 1), Term(years=1), date(2026, 12, 31)),
        (date(2026, 3, 15), Term(months=3), date(2026, 6, 14)),
        (date(2026, 1, 31), Term(months=1), date(2026, 2, 28)),
        (date(2024, 2, 29), Term(years=1), date(2025, 2, 28)),
        (date(2026, 1, 1), Term(days=1), date(2026, 1, 1)),
        (date(2026, 1, 1), Term(weeks=2), date(2026, 1, 14)),
        (date(2026, 1, 1), Term(), None),
        (date(2026, 1, 1), Term(years=10_000), None),
        (date(9999, 6, 1), Term(years=1), None),
        (date(9999, 12, 1), Term(days=60), None),
    ],
)
def test_a_term_reaches_to_its_last_day(begins: date, term: Term, ends: date | None) -> None:
    assert terms.last_day(begins, term, MONTHS) == ends


@given(DAYS, st.integers(1, 600))
def test_days_are_counted_with_the_first(begins: date, days: int) -> None:
    assert terms.last_day(begins, Term(days=days), MONTHS) == begins + timedelta(days=days - 1)


@given(DAYS, st.integers(0, 30), st.integers(0, 30), st.integers(0, 9), st.integers(0, 99))
def test_a_longer_term_never_ends_sooner(
    begins: date, years: int, months: int, weeks: int, days: int
) -> None:
    term = Term(years, months, weeks, days)
    longer = Term(years, months, weeks, days + 1)
    first, second = (terms.last_day(begins, one, MONTHS) for one in (term, longer))
    assert second is not None
    assert first is None or first < second


def test_sentences_that_follow_each_other_add_up() -> None:
    begins = date(2026, 1, 1)
    two = [
        Written(1, Term(years=1), begins, MONTHS),
        Written(2, Term(months=6), begins, MONTHS, follows=1),
        Written(3, Term(months=3), begins, MONTHS),
    ]
    assert terms.reaches_to(two) == date(2027, 6, 30)
    assert terms.reaches_to([*two, Written(4, Term(), begins, MONTHS)]) is None
    assert terms.reaches_to([]) is None


@given(DAYS, st.integers(1, 60))
def test_a_review_is_due_before_the_same_day_of_a_later_month(begins: date, months: int) -> None:
    """On the day before, or on the month's last where it has no such day."""
    day = terms.review_day(begins, months, MONTHS)
    assert day is not None
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if begins.day > last:
        assert day == date(year, month + 1, last)
    else:
        assert day + timedelta(days=1) == date(year, month + 1, begins.day)


def test_no_review_is_due_of_no_period() -> None:
    for months in (None, 0, 2**31 - 1):
        assert terms.review_day(date(2026, 1, 1), months, MONTHS) is None
    assert terms.review_day(date(9999, 12, 1), 2, MONTHS) is None


def test_each_term_of_a_paper_is_counted_by_its_own_law() -> None:
    begins, month = date(2026, 1, 31), Term(months=1)
    short = MonthRule("day_before_last")
    assert terms.reaches_to([Written(1, month, begins, MONTHS)]) == date(2026, 2, 28)
    assert terms.reaches_to([Written(1, month, begins, short)]) == date(2026, 2, 27)
    assert terms.review_day(begins, 1, short) == date(2026, 2, 27)


@given(st.integers(0, 6 * 365 * 24 * 60))
def test_an_order_is_read_again_by_noon_of_the_next_working_day(minutes: int) -> None:
    recorded = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = readings.due_at(recorded, ZONE, is_closed=is_closed)
    where = ZoneInfo(ZONE)
    local, entered = due.astimezone(where), recorded.astimezone(where).date()
    assert (local.hour, local.minute) == (12, 0)
    assert local.date() > entered
    assert not is_closed(local.date())
    between = (local.date() - entered).days
    assert all(is_closed(entered + timedelta(days=n)) for n in range(1, between))


def test_readings_differ_in_the_fields_that_differ() -> None:
    first = readings.Reading({"until": "2027-01-01"}, [{"years": 2, "months": 0}])
    same = readings.Reading({"until": "2027-01-01"}, [{"years": 2}])
    other = readings.Reading({"until": "2027-01-10"}, [{"years": 2, "months": 1}])
    assert readings.differences(first, same) == ()
    assert readings.differences(first, other) == ("until", "sentence_1.months")
    fewer = readings.Reading({"until": "2027-01-01"})
    assert readings.differences(first, fewer) == ("sentences",)


def test_no_minimum_term_is_not_a_minimum_of_nothing() -> None:
    none = readings.Reading({}, [{"years": 2}])
    nothing = readings.Reading({}, [{"years": 2, "minimum_years": 0}])
    assert readings.differences(none, nothing) == ("sentence_1.minimum_years",)


@given(st.permutations(["bail_granted", "bail_awaiting_surety", "bail_taken_up", "bail_revoked"]))
def test_bail_stands_as_the_last_order_in_time_says(kinds: list[str]) -> None:
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    told = [
        bail.BailOrder(n, kind, begins + timedelta(days=n), amount_cents=n * 100 or None)
        for n, kind in enumerate(kinds)
    ]
    found = bail.bail(list(reversed(told)))
    assert found is not None
    assert found.state == bail.STEPS[kinds[-1]]
    assert found.order_ids == (0, 1, 2, 3)
    assert found.amount_cents == 300
    assert bail.bail([]) is None


@dataclass(frozen=True)
class Row:
    sentence_id: int
    term: Term
    consecutive_to_id: int | None = None
    order_id: int = 1
    order_state: str = "stands"
    changes_order_id: int | None = None
    kind: str = "imprisonment"
    pronounced_on: date = date(2026, 1, 31)
    effective_from: date | None = None
    offence_on: date | None = None
    state: str = "stands"

    @property
    def link(self) -> str:
        return "concurrent" if self.consecutive_to_id is None else "consecutive"


def test_a_link_to_another_persons_sentence_lengthens_nobodys_paper() -> None:
    law = sentence_law("belize")
    own = Row(7, Term(days=10), consecutive_to_id=99)
    assert LastDays([own], law).of_order(1) == date(2026, 2, 9)
    after = Row(8, Term(days=10), consecutive_to_id=7)
    assert LastDays([own, after], law).of_order(1) == date(2026, 2, 19)


def test_sentences_that_follow_each_other_in_a_circle_have_no_last_day() -> None:
    two = [Row(1, Term(days=10), 2), Row(2, Term(days=10), 1)]
    assert LastDays(two, sentence_law("belize")).of_order(1) is None


def test_a_month_ends_on_another_day_under_a_law_that_counts_otherwise() -> None:
    rows = [Row(1, Term(months=1)), Row(2, Term(days=1), 1)]
    assert LastDays(rows, sentence_law("belize")).of_order(1) == date(2026, 3, 1)
    short = replace(sentence_law("belize").versions[0], missing_day="day_before_last")
    law = replace(sentence_law("belize"), versions=(short,))
    assert LastDays(rows, law).of_order(1) == date(2026, 2, 28)
