"""Dates and hours as people type them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pims.ui.fields import DayField, InstantField


class Typed(forms.Form):
    born = DayField(required=False)
    at = InstantField(required=False)


def typed(**boxes: object) -> Typed:
    return Typed({name: str(value) for name, value in boxes.items()})


def day(value: date, prefix: str = "born") -> dict[str, Any]:
    return {
        f"{prefix}_day": value.day,
        f"{prefix}_month": value.month,
        f"{prefix}_year": value.year,
    }


@given(st.dates(date(1850, 1, 1), date(2200, 1, 1)))
def test_any_real_date_is_read_as_it_was_typed(value: date) -> None:
    form = typed(**day(value))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == value


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["{:%H:%M}", "{:%H%M}", "{:%H.%M}", " {:%H:%M} "]),
)
def test_an_hour_is_read_in_the_establishments_time_zone(value: datetime, way: str) -> None:
    with timezone.override("America/Belize"):
        form = typed(**day(value.date(), "at"), at_time=way.format(value))
        if form.is_valid():  # an hour that daylight saving skipped, before 1984, is refused
            read = form.cleaned_data["at"]
            assert read.astimezone(timezone.get_current_timezone()).replace(
                tzinfo=None
            ) == value.replace(second=0, microsecond=0)
        else:
            assert value.year < 1990


def test_belize_is_six_hours_behind() -> None:
    with timezone.override("America/Belize"):
        form = typed(**day(date(2026, 3, 7), "at"), at_time="1832")
        assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 3, 8, 0, 32, tzinfo=UTC)


@given(st.fixed_dictionaries({
    name: st.text(max_size=12)
    for name in ("born_day", "born_month", "born_year", "at_day", "at_month", "at_year", "at_time")
}))  # fmt: skip
def test_nonsense_is_refused_in_words_and_never_breaks(boxes: dict[str, str]) -> None:
    form = Typed(boxes)
    if not form.is_valid():
        assert all(str(text) for errors in form.errors.values() for text in errors)


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ({"born_day": 31, "born_month": 2, "born_year": 2026}, "Enter a real date"),
        ({"born_day": 1, "born_month": 2, "born_year": 84}, "four figures"),
        ({"born_year": 1984}, "Enter the day, the month and the year"),
        ({"born_day": 1, "born_month": 1, "born_year": 1066}, "Enter a real date"),
        ({"born_day": "١", "born_month": 1, "born_year": 99999}, "Enter a real date"),
    ],
)
def test_each_mistake_in_a_date_is_named(boxes: dict[str, object], words: str) -> None:
    form = typed(**boxes)
    assert not form.is_valid()
    assert words in str(form.errors["born"])


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Enter the time"), ("25:80", "hours and minutes"), ("soon", "hours and minutes")],
)
def test_each_mistake_in_a_time_is_named(text: str, words: str) -> None:
    form = typed(**day(date(2026, 3, 7), "at"), at_time=text)
    assert not form.is_valid()
    assert words in str(form.errors["at"])


def test_what_was_wrong_is_shown_again_as_it_was_typed() -> None:
    form = typed(born_day="31", born_month="feb", born_year="2026")
    assert not form.is_valid()
    assert form["born"].value() == ["31", "feb", "2026"]


def test_an_empty_box_is_nothing_and_not_a_mistake() -> None:
    form = typed()
    assert form.is_valid()
    assert form.cleaned_data == {"born": None, "at": None}
