"""The days on which courts and offices are closed, against the lists that were published."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.jurisdictions.holidays import (
    KEPT,
    calendar,
    holiday_on,
    holidays,
    is_closed,
    kept_on,
    parse_calendar,
)
from pims.jurisdictions.tables import BadTable
from pims.jurisdictions.tests.test_tables import edited

RULE: dict[str, Any] = {
    "code": "x", "en": "X", "es": "X", "month": 5, "day": 1, "kept": "fixed", "citation": "",
    "confidence": "memory",
}  # fmt: skip


def days(year: int, *pairs: tuple[int, int]) -> list[date]:
    return [date(year, month, day) for month, day in pairs]


# 2023 to 2025 agree with the lists that were published, as far as those could be read; 2026 and
# 2027 are by the rules, until their lists are entered.
PUBLISHED = {
    2023: days(2023, (1, 2), (1, 16), (3, 6), (4, 7), (4, 8), (4, 10), (5, 1), (7, 31), (9, 11),
               (9, 21), (10, 9), (11, 20), (12, 25), (12, 26)),
    2024: days(2024, (1, 1), (1, 15), (3, 11), (3, 29), (3, 30), (4, 1), (4, 29), (8, 1), (9, 10),
               (9, 21), (10, 14), (11, 19), (12, 25), (12, 26)),
    2025: days(2025, (1, 1), (1, 15), (3, 10), (4, 18), (4, 19), (4, 21), (5, 1), (8, 1), (9, 10),
               (9, 22), (10, 13), (11, 19), (12, 25), (12, 26)),
    2026: days(2026, (1, 1), (1, 15), (3, 9), (4, 3), (4, 4), (4, 6), (5, 1), (8, 1), (9, 10),
               (9, 21), (10, 12), (11, 19), (12, 25), (12, 26)),
    2027: days(2027, (1, 1), (1, 15), (3, 8), (3, 26), (3, 27), (3, 29), (5, 1), (8, 2), (9, 10),
               (9, 21), (10, 11), (11, 19), (12, 25), (12, 27)),
}  # fmt: skip


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_days_of_a_year_are_those_of_its_list(year: int) -> None:
    assert list(holidays(year)) == PUBLISHED[year]


def test_a_moved_holiday_keeps_its_name_and_its_own_day() -> None:
    labour = holiday_on(date(2024, 4, 29))
    assert labour is not None
    assert (labour.code, labour.falls_on) == ("labour", date(2024, 5, 1))
    assert labour.label == {"en": "Labour Day", "es": "Día del Trabajo"}
    assert labour.confidence == "read"
    assert holiday_on(date(2024, 5, 1)) is None


def test_a_day_declared_once_closes_that_year_only() -> None:
    election = holiday_on(date(2012, 3, 7))
    assert election is not None
    assert election.label["en"] == "Election day"
    assert holiday_on(date(2013, 3, 7)) is None


def test_the_changes_of_2021_begin_and_end_with_their_years() -> None:
    def names(year: int) -> set[str]:
        return {holiday.code for holiday in holidays(year).values()}

    assert {"george_price", "emancipation"} <= names(2021) - names(2020)
    assert "commonwealth" in names(2021) - names(2022)
    assert "americas" in names(2020) - names(2021)
    assert "indigenous_resistance" in names(2022) - names(2021)


def test_offices_are_closed_on_weekends_and_holidays_alone() -> None:
    assert is_closed(date(2026, 11, 21))  # a Saturday
    assert is_closed(date(2026, 11, 22))
    assert is_closed(date(2026, 11, 19))
    assert not is_closed(date(2026, 11, 20))


@pytest.mark.parametrize("year", range(1982, 2101))
def test_no_two_holidays_of_belize_meet_on_one_day(year: int) -> None:
    in_force = [rule for rule in calendar().rules if rule.since <= year <= rule.until]
    once = [day for day in calendar().once if day.year == year]
    assert len(holidays(year)) == len(in_force) + len(once)


@pytest.mark.parametrize("jurisdiction", ["belize", "testland"])
@pytest.mark.parametrize("year", [1, 1899, 9998, 9999])
def test_a_date_of_any_year_can_be_asked_for(year: int, jurisdiction: str) -> None:
    assert all(day.year == year for day in holidays(year, jurisdiction))
    assert is_closed(date(year, 12, 31), jurisdiction) in (True, False)


@given(day=st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)),
       kept=st.sampled_from(KEPT))  # fmt: skip
def test_a_holiday_moves_to_a_monday_by_three_days_at_most_or_not_at_all(
    day: date, kept: str
) -> None:
    moved = kept_on(day, kept)
    assert abs((moved - day).days) <= 3
    assert moved == day or moved.weekday() == 0
    if kept == "monday":
        assert moved.weekday() == 0
    if kept == "sunday":
        assert moved == (day + timedelta(days=1) if day.weekday() == 6 else day)
    if kept == "fixed":
        assert moved == day


def test_a_holiday_kept_before_new_year_is_in_the_year_in_which_it_is_kept() -> None:
    first = holiday_on(date(2024, 12, 30), "testland")
    assert first is not None
    assert first.falls_on == date(2025, 1, 1)
    assert all(day.year == 2025 for day in holidays(2025, "testland"))


def test_another_country_has_another_weekend_and_its_own_proclamations() -> None:
    assert is_closed(date(2026, 11, 20), "testland")  # a Friday
    assert not is_closed(date(2026, 11, 22), "testland")
    assert list(holidays(2026, "testland")) == [date(2026, 5, 4), date(2026, 6, 11)]
    assert list(holidays(2027, "testland")) == [date(2027, 1, 4), date(2027, 4, 7)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"month": None}, "either easter"),
        ({"day": None}, "either easter"),
        ({"easter": 1}, "either easter"),
        ({"month": 2, "day": 30}, "no such day"),
        ({"month": 2, "day": 29}, "no such day"),
        ({"month": 13}, "no such day"),
        ({"kept": "tuesday"}, "kept"),
        ({"form": 2021}, "unknown: form"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    assert list(parse_calendar({"holiday": [RULE]}).kept_in(2026)) == [date(2026, 5, 1)]
    with pytest.raises(BadTable, match=told):
        parse_calendar({"holiday": [edited(RULE, **changes)]})


def test_a_declaration_names_a_holiday_a_year_and_a_day() -> None:
    sound = {"holiday": "x", "year": 2026, "on": date(2026, 5, 4), "citation": "",
             "confidence": "read"}  # fmt: skip
    declared = parse_calendar({"holiday": [RULE], "declared": [sound]})
    assert list(declared.kept_in(2026)) == [date(2026, 5, 4)]
    for changes in ({"holiday": "y"}, {"year": None}, {"on": "2026-05-04"}):
        with pytest.raises(BadTable):
            parse_calendar({"holiday": [RULE], "declared": [edited(sound, **changes)]})
