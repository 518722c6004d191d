from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from pims.kernel import clock, limits
from pims.ui import wording
from pims.ui.surprising import far_ahead, long_ago, whole_years, years_ago

NOW = datetime(2026, 6, 15, 18, 0, tzinfo=UTC)
hours = st.integers(min_value=0, max_value=40 * 365 * 24).map(lambda n: timedelta(hours=n))


@pytest.fixture(autouse=True)
def in_belize():
    with timezone.override(ZoneInfo("America/Belize")), clock.at(NOW):
        yield


def said(doubts, language="en"):
    return [wording.render(doubt.reason, language) for doubt in doubts]


@given(ago=hours, beyond=hours)
def test_an_hour_is_asked_about_where_it_is_longer_ago_than_the_limit(ago, beyond):
    with timezone.override(ZoneInfo("America/Belize")), clock.at(NOW):
        assert bool(long_ago(NOW - ago, "id_x", what="Back at", beyond=beyond)) == (ago > beyond)


@given(ahead=hours, beyond=hours)
def test_an_hour_to_come_is_asked_about_where_it_lies_beyond_the_limit(ahead, beyond):
    with timezone.override(ZoneInfo("America/Belize")), clock.at(NOW):
        found = far_ahead(NOW + ahead, "id_x", what="Expected back", beyond=beyond)
        assert bool(found) == (ahead > beyond)


@given(early=st.dates(max_value=date(2100, 1, 1)), late=st.dates(max_value=date(2100, 1, 1)))
def test_whole_years_are_those_of_an_age(early, late):
    years = whole_years(early, late)
    if early <= late:
        assert years >= 0
        assert (early.year + years, early.month, early.day) <= (late.year, late.month, late.day)
        assert (late.year, late.month, late.day) < (early.year + years + 1, early.month, early.day)
    else:
        assert years < 0


def test_a_fact_of_the_day_before_is_asked_nothing():
    assert long_ago(NOW - limits.ENTERED_LATE, "id_x", what="Back at") == []


def test_another_year_is_asked_about_as_a_year_and_a_day_of_this_one_as_a_date():
    (day,) = long_ago(NOW - timedelta(days=3), "id_x", what="Back at")
    (year,) = long_ago(NOW - timedelta(days=365), "id_x", what="Back at")
    assert said([day, year]) == [
        "Back at: 12 Jun 2026 12:00 is 3 days ago. Is the date right?",
        "Back at: 15 Jun 2025 12:00 is 365 days ago. Is the year right?",
    ]
    assert day.target == "id_x"


def test_the_year_is_that_of_the_prison_and_not_of_greenwich():
    new_year = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    with clock.at(new_year):
        (doubt,) = long_ago(new_year - timedelta(days=40), "id_x", what="Back at")
        assert doubt.reason.code == "ui.doubt_long_ago", "it is still 2026 in Belize"


def test_a_day_is_counted_from_the_day_that_it_follows():
    received, day = date(2026, 6, 1), date(2026, 9, 29)
    assert far_ahead(
        day, "id_day", what="Next", beyond=limits.APPEARANCE_AHEAD, after=received
    ) == []  # fmt: skip
    (late,) = far_ahead(
        date(2072, 1, 5), "id_day", what="Next", beyond=limits.APPEARANCE_AHEAD, after=received
    )
    assert said([late]) == ["Next: 5 Jan 2072 is 16,654 days ahead. Is the year right?"]


def test_an_old_paper_is_told_in_years_and_in_both_languages():
    (old,) = years_ago(date(2016, 6, 16), "id_d", what="Dated", against=date(2026, 6, 15), years=2)
    assert said([old]) == ["Dated: 16 Jun 2016 is 9 years ago. Is the year right?"]
    with translation.override("es"):
        assert said([old], "es")[0].startswith("Dated: ")
        assert "hace 9 años. ¿Es correcto el año?" in said([old], "es")[0]
    assert years_ago(date(2025, 1, 1), "id_d", what="D", against=date(2026, 6, 15), years=2) == []
