"""A day in one box: whatever figures stand on a paper are kept, as a day or as they stand."""

from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from pims.courts.web.boxes import LineDayField
from pims.courts.web.order_forms import new_charge
from pims.jurisdictions.offences import offences

FIELD = LineDayField()


@given(st.dates(date(1850, 1, 1), date(2400, 12, 31)), st.sampled_from("/.- "))
def test_every_day_is_read_back_in_each_manner_of_writing(day: date, between: str) -> None:
    for parts in ((day.day, day.month, day.year), (day.year, day.month, day.day)):
        written = FIELD.clean(between.join(map(str, parts)))
        assert written is not None
        assert written.day == day


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1000, 9999))
def test_figures_of_no_calendar_are_kept_as_they_stand(day: int, month: int, year: int) -> None:
    text = f"{day}/{month}/{year}"
    written = FIELD.clean(text)
    assert written is not None
    if written.day is None:
        assert written.text == text
    else:
        assert (written.day.day, written.day.month, written.day.year) == (day, month, year)


@pytest.mark.parametrize("text", ["soon", "1/2", "1/2/26", "1/2/3/2026", "½/2/2026", "1//2026"])
def test_what_is_no_date_at_all_was_typed_wrongly(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        FIELD.clean(text)


def test_an_empty_box_is_no_day() -> None:
    assert FIELD.clean("  ") is None


def test_each_offence_is_known_by_its_name_in_both_languages() -> None:
    for row in offences().values():
        for name in (row.label["en"], row.label["es"].upper()):
            code = new_charge(f" {name} ").offence_code
            assert offences()[code].label["en"] == row.label["en"]
    assert new_charge("Took a hen").as_written == "Took a hen"
