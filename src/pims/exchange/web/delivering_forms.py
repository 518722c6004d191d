"""What is typed about endpoints, dead letters, holds and amnesties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.exchange.web import delivering_words as words
from pims.exchange.web.forms import ReasonForm
from pims.ui.fields import InstantField


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("https://… Nothing is sent to addresses within that nobody allowed."),
    )
    scheme = forms.ChoiceField(
        label=_("Signed with"), choices=list(words.SCHEMES.items()), widget=forms.RadioSelect
    )
    from_start = forms.BooleanField(
        label=_("Send everything that the feed still holds, not only what happens from now on"),
        required=False,
    )


class EndpointStateForm(ReasonForm):
    state = forms.ChoiceField(
        label=_("State"), choices=list(words.ENDPOINT_STATES.items()), widget=forms.RadioSelect
    )
    field_order = ("state", "reason")


class SecretForm(forms.Form):
    """Nothing to fill in: the officer's secret is asked for beside it."""


class AllowedForm(ReasonForm):
    network = forms.CharField(
        label=_("Network"), max_length=50, help_text=_("10.20.0.0/16, or one address")
    )
    plain = forms.BooleanField(
        label=_("Also without encryption (this machine alone)"), required=False
    )
    field_order = ("network", "plain", "reason")


class SilenceForm(ReasonForm):
    minutes = forms.IntegerField(
        label=_("Minutes that the agency may be silent"), min_value=1, max_value=100_000
    )
    field_order = ("minutes", "reason")


class DeadForm(ReasonForm):
    """Dead letters to be sent again: `deliveries` are those of the table."""

    chosen = forms.TypedMultipleChoiceField(
        label=_("Dead letters"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("chosen", "reason")

    def __init__(self, *args: Any, deliveries: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = deliveries  # type: ignore[attr-defined]


class StretchForm(ReasonForm):
    first = forms.IntegerField(label=_("From position"), min_value=1)
    last = forms.IntegerField(label=_("Up to position"), min_value=1)
    field_order = ("first", "last", "reason")


class LetGoForm(ReasonForm):
    """Why the messages are believed."""


class WithdrawForm(ReasonForm):
    retract = forms.BooleanField(
        label=_("Take back those of the same burst that had left before it was noticed"),
        required=False,
    )
    field_order = ("reason", "retract")


class AmnestyForm(ReasonForm):
    starts_at = InstantField(label=_("From"))
    ends_at = InstantField(label=_("Until"))
    expected = forms.IntegerField(
        label=_("How many will be freed at most"), min_value=1, max_value=5000
    )
    field_order = ("starts_at", "ends_at", "expected", "reason")
