"""What is typed about dates."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.jurisdictions.sentence_law import Law
from pims.kernel.errors import Refused
from pims.sentences.law import MOST_BYTES, law_written
from pims.sentences.web.words import ADJUSTMENTS
from pims.ui.fields import DayField
from pims.ui.wording import explain

MOST_DAYS = 200_000
Choices = Sequence[tuple[str, Any]]


def _number(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=more.pop("most", MOST_DAYS),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        **more,
    )


class AdjustmentForm(forms.Form):
    """`passed` are the days on which the person's sentences were passed; `defaults` those of them
    that a payment may be for."""

    kind = forms.ChoiceField(
        label=_("What does the paper certify?"),
        choices=[("", ""), *ADJUSTMENTS.items()],
    )
    days = _number(_("Number of days"), help_text=_("As certified. Empty: the dates say it."))
    first_day = DayField(
        label=_("First day"), required=False, help_text=_("Of a payment: the day of payment.")
    )
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: it is not over yet.")
    )
    for_pronounced_on = forms.ChoiceField(
        label=_("Credit for what was passed on"), required=False, choices=()
    )
    sentence = forms.ChoiceField(label=_("Payment for"), required=False, choices=())
    amount = forms.DecimalField(
        label=_("Amount paid, in dollars"),
        required=False,
        min_value=0,
        max_value=20_000_000,
        decimal_places=2,
        help_text=_("Empty: all of it."),
    )
    basis = forms.CharField(
        label=_("Paper"), max_length=300, help_text=_("Certificate, receipt or award, by number.")
    )

    def __init__(self, *args: Any, passed: Choices, defaults: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        none = [("", _("None"))]
        self.fields["for_pronounced_on"].choices = [*none, *passed]  # type: ignore[attr-defined]
        self.fields["sentence"].choices = [*none, *defaults]  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        """In cents."""
        given = self.cleaned_data.get("amount")
        return None if given is None else int(given * 100)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)


class HandForm(forms.Form):
    edr = DayField(label=_("Earliest release"), required=False)
    ldr = DayField(label=_("Latest release"), required=False)
    sentence_expiry = DayField(label=_("Sentence expires"), required=False)
    full_term_end = DayField(label=_("Full term ends"), required=False)
    ped = DayField(label=_("Parole may be asked for"), required=False)
    next_review = DayField(label=_("Next review"), required=False)
    reason = forms.CharField(
        label=_("How were they worked out, and on whose word?"),
        max_length=4000,
        widget=forms.Textarea,
    )


class WhatIfForm(forms.Form):
    """Only read: nothing of it is ever saved. `numbers` are the sentences that stand."""

    years = _number(_("Years"), most=1000)
    months = _number(_("Months"), most=12_000)
    weeks = _number(_("Weeks"), most=50_000)
    days = _number(_("Days"))
    passed_on = DayField(label=_("Passed on"), required=False, help_text=_("Empty: today."))
    follows = forms.ChoiceField(label=_("Served"), required=False, choices=())
    offence_class = forms.ChoiceField(
        label=_("Offence"),
        required=False,
        choices=[("", _("Not known")), ("serious", _("Serious")), ("lesser", _("Lesser"))],
    )
    without = forms.MultipleChoiceField(
        label=_("Without"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    credit = _number(_("More days of credit, for the first sentence"))
    forfeited = _number(_("More days of remission forfeited"))
    restored = _number(_("More days of remission restored"))
    at_large = _number(_("More days at large, from today"))

    def __init__(self, *args: Any, numbers: Sequence[int], **more: Any) -> None:
        super().__init__(*args, **more)
        one = _("sentence %(number)s")
        named = [(str(n), str(one) % {"number": n}) for n in numbers]
        after = _("after sentence %(number)s")
        self.fields["follows"].choices = [  # type: ignore[attr-defined]
            ("", _("At once, beside the others")),
            *((str(n), str(after) % {"number": n}) for n in numbers),
        ]
        self.fields["without"].choices = named  # type: ignore[attr-defined]


class SignForm(forms.Form):
    signed_by_name = forms.CharField(label=_("Who signed it"), max_length=200)
    office = forms.CharField(label=_("Office"), max_length=200)
    signed_on = DayField(label=_("Signed on"))


class ProposeForm(forms.Form):
    draft = forms.FileField(
        label=_("A law that is drafted"),
        required=False,
        help_text=_("A file as sentences.toml of a jurisdiction, at most 1 MB. Empty: the law that "
                    "this version of PIMS brings."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why? Gazette, commencement, circular"), max_length=300, widget=forms.Textarea
    )

    def clean_draft(self) -> str | None:
        """The text of the file, if one was given and it holds a law."""
        given = self.cleaned_data["draft"]
        if given is None:
            return None
        content = read_draft(given)
        law_of_draft(content)
        return content.decode("utf-8")


class AgreeForm(forms.Form):
    """`comparison` is the one that the page showed."""

    comparison = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


def read_draft(given: Any) -> bytes:
    if given.size > MOST_BYTES:
        raise forms.ValidationError(_("The file is too large."))
    content: bytes = given.read(MOST_BYTES)
    return content


def law_of_draft(content: bytes) -> Law:
    try:
        return law_written(content)
    except Refused as refused:
        language = get_language() or "en"
        raise forms.ValidationError(explain(refused.reasons(), language)) from refused


class CompareForm(forms.Form):
    old = forms.ChoiceField(label=_("Law as it is"), choices=())
    new = forms.ChoiceField(label=_("Law to compare with"), choices=())
    draft = forms.FileField(
        label=_("Or a law that is drafted"),
        required=False,
        help_text=_("A file as sentences.toml of a jurisdiction, at most 1 MB. It is not kept."),
    )

    def clean_draft(self) -> Law | None:
        """The law of the file, if one was given."""
        given = self.cleaned_data["draft"]
        return None if given is None else law_of_draft(read_draft(given))

    def __init__(self, *args: Any, laws: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("old", "new"):
            self.fields[name].choices = [(law, law) for law in laws]  # type: ignore[attr-defined]
