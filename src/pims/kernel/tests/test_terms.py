"""How a term is counted: month ends, leap days, the first day and the last."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.kernel.terms import MonthRule, Term, last_day

D = date.fromisoformat

LAST, BEFORE = MonthRule(), MonthRule("day_before_last")
DAYS_FIRST = MonthRule(order="days_first")


@pytest.mark.parametrize(
    ("first", "term", "last"),
    [
        ("2024-01-01", Term(days=1), "2024-01-01"),
        ("2024-01-01", Term(weeks=1), "2024-01-07"),
        ("2024-01-01", Term(months=1), "2024-01-31"),
        ("2024-01-15", Term(months=1), "2024-02-14"),
        ("2023-01-31", Term(months=1), "2023-02-28"),
        ("2024-01-31", Term(months=1), "2024-02-29"),
        ("2024-01-30", Term(months=1), "2024-02-29"),
        ("2023-01-29", Term(months=1), "2023-02-28"),
        ("2024-01-29", Term(months=1), "2024-02-28"),
        ("2024-02-29", Term(years=1), "2025-02-28"),
        ("2024-02-29", Term(years=4), "2028-02-28"),
        ("2024-08-31", Term(months=1), "2024-09-30"),
        ("2023-12-31", Term(months=2), "2024-02-29"),
        ("2024-12-01", Term(months=1), "2024-12-31"),
        ("2024-12-01", Term(months=13), "2025-12-31"),
        ("2024-01-31", Term(months=1, days=1), "2024-03-01"),
        ("2024-01-10", Term(1, 2, 3, 4), "2025-04-03"),
    ],
)
def test_a_term_ends_on_the_day_before_the_same_day_of_the_month(
    first: str, term: Term, last: str
) -> None:
    assert last_day(D(first), term, LAST) == D(last)


def test_another_law_may_end_a_month_that_lacks_the_day_one_day_sooner() -> None:
    assert last_day(D("2024-01-31"), Term(months=1), BEFORE) == D("2024-02-28")
    assert last_day(D("2024-01-30"), Term(months=2), BEFORE) == D("2024-03-29")


def test_another_law_may_count_days_before_months() -> None:
    term = Term(months=1, days=1)
    assert last_day(D("2024-01-30"), term, DAYS_FIRST) == D("2024-02-29")
    assert last_day(D("2024-01-30"), term, LAST) == D("2024-03-01")


def test_a_term_beyond_the_calendar_is_told_as_such() -> None:
    with pytest.raises(OverflowError):
        last_day(D("9999-01-01"), Term(years=1), LAST)
    assert last_day(D("9998-12-31"), Term(years=1), LAST) == D("9999-12-30")


@given(st.dates(D("1990-01-01"), D("2100-12-31")), st.integers(1, 600), st.integers(0, 400))
def test_a_longer_term_never_ends_sooner(first, months, days):  # type: ignore[no-untyped-def]
    shorter = last_day(first, Term(months=months, days=days), LAST)
    assert first <= shorter < last_day(first, Term(months=months, days=days + 1), LAST)
    assert shorter <= last_day(first, Term(months=months + 1, days=days), LAST)


@pytest.mark.parametrize(
    ("term", "nothing", "negative", "too_long"),
    [
        (Term(), True, False, False),
        (Term(days=1), False, False, False),
        (Term(weeks=1), False, False, False),
        (Term(months=1), False, False, False),
        (Term(years=1), False, False, False),
        (Term(years=1, days=-1), False, True, False),
        (Term(weeks=-1), False, True, False),
        (Term(years=1000), False, False, False),
        (Term(years=1000, days=1), False, False, True),
        (Term(months=12_001), False, False, True),
        (Term(weeks=60_000), False, False, True),
        (Term(years=10_000), False, False, True),
    ],
)
def test_what_is_no_term(term: Term, nothing: bool, negative: bool, too_long: bool) -> None:
    assert (term.is_nothing, term.is_negative, term.is_too_long) == (nothing, negative, too_long)
