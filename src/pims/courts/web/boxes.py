"""Boxes of this room's forms: a day as a paper has it, in one box; what is carried to services."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.authority.web.written import Written, WrittenDayField
from pims.kernel.limits import FIRST_YEAR_WRITTEN, LAST_YEAR_WRITTEN

SEPARATORS = str.maketrans("/.-", "   ")
HOUR_FORMATS = ["%H:%M", "%H.%M", "%H%M"]
# The largest number that the record holds in a box for years, months, weeks or days.
MOST = 2**31 - 1


class LineDayField(forms.CharField):
    """A day written as 15/12/2026, for a line of a table. Cleans to a `Written`, or None.

    A day that no calendar has is kept as it stands; what is no date at all was typed wrongly.
    """

    default_error_messages = {"invalid": _("Enter day, month and year, for example 15/12/2026")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, required=False, **kwargs)

    def clean(self, value: Any) -> Written | None:
        text = super().clean(value)
        parts = text.translate(SEPARATORS).split()
        if not parts:
            return None
        figures = all(part.isascii() and part.isdigit() for part in parts)
        if not figures or len(parts) != 3:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if len(parts[0]) == 4:
            parts.reverse()
        day, month, year = map(int, parts)
        if len(parts[2]) != 4 or len(parts[0]) > 2 or len(parts[1]) > 2:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            found = date(year, month, day)
        except ValueError:
            return Written(None, text)
        return Written(found if FIRST_YEAR_WRITTEN <= year <= LAST_YEAR_WRITTEN else None, text)


def dollars_field(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        required=False, min_value=0, max_value=100_000_000, decimal_places=2, **kwargs
    )


def figure(label: Any, **kwargs: Any) -> forms.IntegerField:
    """A number of years, months, weeks or days: any that a paper can name, none refused."""
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST, **kwargs)


def hour_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=HOUR_FORMATS,
        widget=forms.TimeInput(format="%H:%M"),
        error_messages={
            "invalid": _("Enter the time with hours and minutes, for example 18:30"),
        },
    )


def cents(amount: Any) -> int | None:
    return None if amount is None else int(amount * 100)


def written_days(form: forms.BaseForm) -> dict[str, Written]:
    """The dates that no calendar has, by field; each date of `cleaned_data` becomes a day.

    Called once, from `clean`.
    """
    given, impossible = form.cleaned_data, {}
    for name, field in form.fields.items():
        if isinstance(field, WrittenDayField | LineDayField):
            written = given.get(name)
            given[name] = None if written is None else written.day
            if written is not None and written.day is None:
                impossible[name] = written
    return impossible


def texts(impossible: Mapping[str, Written], prefix: str = "") -> dict[str, str]:
    return {f"{prefix}{name}": written.text for name, written in impossible.items()}
