"""Asking a page for the two times: as it was at T, as known at K."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.kernel import clock, minutes
from pims.kernel.asof import AsOf
from pims.ui.fields import InstantField

# A clock that is a little ahead of the server's asks for now.


class AsOfForm(forms.Form):
    """Both are of the past: nobody knows how it will be."""

    at = InstantField(label=_("As it was at"), required=False)
    known = InstantField(label=_("As known at"), required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("at", "known"):
            moment = given.get(name)
            if isinstance(moment, datetime) and minutes.is_to_come(moment, clock.now()):
                self.add_error(name, _("This is still to come: ask for a time that is past"))
        return given

    @property
    def misread(self) -> bool:
        """Whether a time was asked for that there is not: another must not be shown for it."""
        return bool(self.errors.get("at") or self.errors.get("known"))

    def as_of(self) -> AsOf | None:
        """The moment asked for, None where it is now. After `is_valid`."""
        at, known = self.cleaned_data.get("at"), self.cleaned_data.get("known")
        return AsOf(at or clock.now(), known) if at or known else None
