"""Form fields for what people write at a desk: a day in three boxes, an instant with its hour.

Both are read in Django's current time zone, which the middleware sets to the establishment's.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pims.kernel.limits import FIRST_YEAR_WRITTEN, LAST_YEAR_WRITTEN
from pims.ui.shapes import Text

LARGEST = 2**63 - 1  # what the database keeps as a number


class HiddenNumberField(forms.IntegerField):
    """An id or a version that a form carries along, out of sight."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("This page was changed on its way. Open it again.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST, **kwargs)


def hidden_number(field: forms.BoundField) -> int:
    """What such a field holds before it is cleaned; 0 where that is no number."""
    try:
        return int(field.value() or 0)
    except ValueError:
        return 0


class DayInput(forms.MultiWidget):
    """Day, month and year, typed; names ``x_day``, ``x_month``, ``x_year``."""

    template_name = "ui/widgets/parts.html"
    parts: Sequence[tuple[str, Text, int]] = (
        ("day", _("Day"), 2),
        ("month", _("Month"), 2),
        ("year", _("Year"), 4),
    )

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {}
        for name, label, width in self.parts:
            widgets[name] = forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": width,
                    "data-part": name,
                    "data-label": label,
                    "class": f"govuk-input govuk-date-input__input govuk-input--width-{width}",
                }
            )
        super().__init__(widgets, attrs)

    @property
    def suffixes(self) -> list[str]:
        """What the name of each box adds to the field's."""
        return [f"_{name}" for name, _label, _width in self.parts]

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class InstantInput(DayInput):
    """Day, month, year and time of day (``18:30`` or ``1830``)."""

    parts = (*DayInput.parts, ("time", _("Time (24 h)"), 5))

    def decompress(self, value: date | None) -> list[Any]:
        if not isinstance(value, datetime):
            return [None] * 4
        here = timezone.localtime(value) if timezone.is_aware(value) else value
        return [here.day, here.month, here.year, here.strftime("%H:%M")]


class DayField(forms.MultiValueField):
    """Cleans to a `date`. Two-figure years are refused: nobody can tell 1926 from 2026."""

    widget = DayInput
    default_error_messages = {
        "invalid": _("Enter a real date, for example 27 3 1984"),
        "incomplete": _("Enter the day, the month and the year"),
        "year": _("Write the year with four figures"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("require_all_fields", False)
        count = len(self.widget.parts)
        super().__init__(fields=[forms.CharField(required=False) for _ in range(count)], **kwargs)

    def compress(self, data_list: Sequence[str]) -> date | datetime | None:
        if not any(data_list):
            return None
        if not all(data_list[:3]):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        return self._day(data_list)

    def _day(self, parts: Sequence[str]) -> date:
        written = [part.strip() for part in parts[:3]]
        if not all(_is_number(part, 4) for part in written):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        day, month, year = map(int, written)
        if year < 100:
            raise ValidationError(self.error_messages["year"], code="year")
        try:
            found = date(year, month, day)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not FIRST_YEAR_WRITTEN <= year <= LAST_YEAR_WRITTEN:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class InstantField(DayField):
    """Cleans to an aware `datetime` in the current time zone."""

    widget = InstantInput
    default_error_messages = {
        "time": _("Enter the time with hours and minutes, for example 18:30"),
        "no_time": _("Enter the time"),
    }

    def compress(self, data_list: Sequence[str]) -> datetime | None:
        if not any(data_list):
            return None
        if not all(data_list[:3]):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        if not data_list[3]:
            raise ValidationError(self.error_messages["no_time"], code="no_time")
        moment = datetime.combine(self._day(data_list), self._time(data_list[3]))
        aware: datetime = from_current_timezone(moment)
        return aware

    def _time(self, text: str) -> time:
        text = text.strip().replace(".", ":").replace("h", ":")
        if text.isascii() and text.isdigit() and len(text) in (3, 4):
            text = f"{text[:-2]}:{text[-2:]}"
        hours, _colon, minutes = (part.strip() for part in text.partition(":"))
        if (
            _is_number(hours, 2)
            and _is_number(minutes, 2)
            and int(hours) < 24
            and int(minutes) < 60
        ):
            return time(int(hours), int(minutes))
        raise ValidationError(self.error_messages["time"], code="time")


def _is_number(text: str, figures: int) -> bool:
    """Whether it is so many plain figures at most: `int` would take others too."""
    return text.isascii() and text.isdigit() and len(text) <= figures


class AutocompleteInput(forms.TextInput):
    """Text with suggestions fetched from `url` (GET ``q``; answers a list of label and value)."""

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "data-suggest": url, **(attrs or {})})
