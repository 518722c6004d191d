"""A day as it is written on a paper, even where no calendar has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from pims.ui.fields import DayField


@dataclass(frozen=True, slots=True)
class Written:
    """`day` is None where no calendar has what stands there; `text` is what stands there."""

    day: date | None
    text: str


class WrittenDayField(DayField):
    """Cleans to a `Written`, or None where nothing was typed.

    Only numbers make a date that is written wrongly; what is no number, or a year of two figures,
    was typed wrongly.
    """

    def compress(self, data_list: Sequence[str]) -> Written | None:  # type: ignore[override]
        if not any(data_list):
            return None
        if not all(data_list[:3]):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        text = " ".join(part.strip() for part in data_list[:3])
        try:
            return Written(self._day(data_list), text)
        except ValidationError as wrong:
            if wrong.code != "invalid" or not text.replace(" ", "").isdecimal():
                raise
            return Written(None, text)
