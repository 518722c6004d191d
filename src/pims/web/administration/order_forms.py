"""What an order about a whole record says, as an officer copies it from the paper."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.authority.selectors import bodies
from pims.kernel.decisions import Reason
from pims.people.selectors import PersonHeader
from pims.ui import wording
from pims.ui.fields import DayField

ANOTHER = "other"
# Shorter words occur in references and in the names of courts by chance.
_TELLING = 3


def _bodies() -> list[tuple[str, Any]]:
    return [
        ("", "—"),
        *((body.name, body.name) for body in bodies()),
        (ANOTHER, _("Another body")),
    ]


class OrderForm(forms.Form):
    """Who ordered it, under what reference, of what date."""

    body = forms.ChoiceField(label=_("Court or body"), choices=_bodies)
    another = forms.CharField(
        label=_("Which other body"),
        required=False,
        max_length=200,
        help_text=_("Only where it is not in the list."),
    )
    reference = forms.CharField(label=_("Reference of the order"), max_length=120)
    dated = DayField(label=_("Date of the order"))

    def clean_dated(self) -> date:
        dated: date = self.cleaned_data["dated"]
        if dated > timezone.localdate():
            raise ValidationError(
                wording.render(Reason("vault.order_in_the_future"), get_language() or "en")
            )
        return dated

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("body") == ANOTHER and not given.get("another", "").strip():
            self.add_error("another", _("Write which body gave the order"))
        return given

    @property
    def particulars(self) -> dict[str, Any]:
        """As the services take them."""
        given = self.cleaned_data
        return {
            "order_body": given["another"] if given["body"] == ANOTHER else given["body"],
            "order_reference": given["reference"],
            "order_dated": given["dated"],
        }


class SealForm(OrderForm):
    says = forms.CharField(
        label=_("What the order says"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("At most 300 characters. Read only by those who may see sealed records."),
    )


class UnsealForm(forms.Form):
    says = forms.CharField(
        label=_("By what order, or why"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("Court or body, reference, date, and what it says."),
    )


class ErasureForm(OrderForm):
    """Nothing here may say who it was: it outlives the record."""

    def __init__(self, *args: Any, person: PersonHeader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words = {
            word.casefold()
            for word in person.display_name.replace(",", " ").split()
            if len(word) >= _TELLING
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in ("another", "reference"):
            text = given.get(name, "")
            found = [
                word
                for word in "".join(c if c.isalnum() else " " for c in text).split()
                if word.casefold() in self._words
            ]
            if found:
                reason = Reason("vault.names_the_person", {"words": ", ".join(found)})
                self.add_error(name, wording.render(reason, get_language() or "en"))
        return given
