"""Dates, durations and names as the pages write them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from pims.kernel import clock
from pims.ui import dates
from pims.ui.tests.rendering import rendered

EVENING = datetime(2026, 1, 3, 1, 5, tzinfo=UTC)


def test_an_instant_is_written_where_the_prison_is() -> None:
    with timezone.override("America/Belize"):
        html = rendered("{% instant at %}", at=EVENING)
    assert 'datetime="2026-01-02T19:05-06:00"' in html
    assert "2 Jan 2026 19:05" in html


def test_another_establishments_zone_can_be_asked_for() -> None:
    assert "02:05" in rendered('{% instant at "time" "Europe/Madrid" %}', at=EVENING)


def test_months_are_spanish_for_a_spanish_reader() -> None:
    with timezone.override("UTC"), translation.override("es"):
        assert dates.instant_text(EVENING, "date") == "3 ene 2026"


def test_a_short_instant_of_another_year_carries_its_year() -> None:
    with timezone.override("America/Belize"), clock.at(datetime(2027, 1, 1, 5, 0, tzinfo=UTC)):
        assert dates.instant_text(EVENING, "short") == "2 Jan 19:05"  # it is 2026 still, here
        assert dates.instant_text(EVENING - timedelta(days=9), "short") == "24 Dec 2025 19:05"


def test_nothing_is_a_dash_and_no_invented_date() -> None:
    assert "—" in rendered("{% instant at %}{% day on %}", at=None, on=None)


def test_a_calendar_date_does_not_move_with_the_zone() -> None:
    with timezone.override("Pacific/Kiritimati"):
        assert "7 Mar 1991" in rendered("{% day on %}", on=date(1991, 3, 7))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=3, hours=4, minutes=50), "3 d 4 h"),
        (-timedelta(minutes=5), "−5 min"),
        (90 * 60, "1 h 30 min"),
    ],
)
def test_a_duration_is_read_at_a_glance(value: timedelta, text: str) -> None:
    assert dates.duration_text(value) == text


@dataclass
class Header:
    family: str
    given: str


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Header("Núñez Choc", "María"), "NÚÑEZ CHOC, María"),
        (Header("", "Pablo"), "Pablo"),
        (Header("Tun", ""), "TUN"),
        (Header("", ""), "Unknown name"),
        ({"surname": "Tun", "given": "E."}, "TUN, E."),
        ("As it is", "As it is"),
    ],
)
def test_a_name_leads_with_the_surname(value: object, text: str) -> None:
    assert dates.person_name_of(value) == text
