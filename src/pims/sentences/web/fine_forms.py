"""What is typed when money is taken."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.sentences.web.words import WAYS_OF_PAYING
from pims.ui.fields import InstantField


class PaymentForm(forms.Form):
    """`defaults` are the fines and compensations on which something is still owed."""

    sentence = forms.TypedChoiceField(
        label=_("For"), coerce=int, widget=forms.RadioSelect, choices=()
    )
    amount = forms.DecimalField(
        label=_("Amount received, in dollars"),
        min_value=0,
        max_value=20_000_000,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    paid_by = forms.CharField(label=_("Who paid"), max_length=200)
    how = forms.ChoiceField(
        label=_("How"), choices=list(WAYS_OF_PAYING.items()), widget=forms.RadioSelect
    )
    paper = forms.CharField(
        label=_("Paper"),
        required=False,
        max_length=200,
        help_text=_("Number of the bank's slip or of the court's receipt."),
    )
    received_at = InstantField(label=_("Received"))

    def __init__(self, *args: Any, defaults: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["sentence"].choices = defaults  # type: ignore[attr-defined]
        if len(defaults) == 1:
            self.fields["sentence"].initial = defaults[0][0]
        self.fields["how"].initial = "cash"

    def clean_amount(self) -> int:
        """In cents."""
        return int(self.cleaned_data["amount"] * 100)
