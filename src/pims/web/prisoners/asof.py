"""Reading the two times off a page's address: as it was at T, as known at K."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.ui.fields import InstantField


class AsOfForm(forms.Form):
    at = InstantField(label=_("As it was at"), required=False)
    known = InstantField(label=_("As known at"), required=False)


@dataclass(frozen=True, slots=True)
class Looking:
    """`past` is true where the page shows another moment than now."""

    as_of: AsOf
    form: AsOfForm
    past: bool


def looking_at(query: QueryDict) -> Looking:
    """The moment that the page shows; what cannot be read leaves the form with its error."""
    asked = any(name.startswith(("at_", "known_")) for name in query)
    form = AsOfForm(query if asked else None)
    at: datetime | None = None
    known: datetime | None = None
    if asked and form.is_valid():
        at, known = form.cleaned_data["at"], form.cleaned_data["known"]
    return Looking(AsOf(at or clock.now(), known), form, past=at is not None or known is not None)
