"""What is typed about warrants and orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors
from pims.authority.rules import AWAITED
from pims.authority.web.words import DEFECTS, END_KINDS, FALLS, ORDER_KINDS, kind_label
from pims.authority.web.written import Written, WrittenDayField
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.ui.fields import DayField, HiddenNumberField, InstantField

IMPOSSIBLE = "impossible_date"
SCAN_HINT = _("PDF, JPEG, PNG or TIFF, at most 25 MB")


def body_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((str(b.body_id), b.name) for b in selectors.bodies())]


def kind_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((code, kind_label(code)) for code in warrant_kinds())]


class PaperForm(forms.Form):
    """What a warrant and a release order have in common."""

    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    dated = WrittenDayField(label=_("Dated"), required=False)
    received_at = InstantField(label=_("Received"))
    as_written = forms.CharField(
        label=_("As written"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea,
        help_text=_("The words of the paper, mistakes included"),
    )
    scan = forms.FileField(label=_("Scan"), required=False, help_text=SCAN_HINT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.impossible: dict[str, Written] = {}

    def clean(self) -> dict[str, Any]:
        """A date that no calendar has is kept in `as_written`, and by its box in `impossible`."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, WrittenDayField):
                written = given.get(name)
                given[name] = None if written is None else written.day
                if written is not None and written.day is None:
                    self.impossible[name] = written
        if self.impossible:
            kept = [f"{self.fields[name].label}: {w.text}" for name, w in self.impossible.items()]
            given["as_written"] = "\n".join(filter(None, [given.get("as_written"), *kept]))
        return given

    def scan_bytes(self) -> bytes | None:
        """The uploaded scan, read once the form is valid; the vault judges what it is."""
        upload = self.cleaned_data.get("scan")
        return None if upload is None else upload.read()


class WarrantForm(PaperForm):
    """A warrant as written. A date that no calendar has is kept in `as_written` and is a defect."""

    kind = forms.ChoiceField(label=_("Kind of warrant"), choices=kind_choices)
    name_as_written = forms.CharField(
        label=_("Name as written"),
        max_length=200,
        help_text=_("Letter by letter from the paper, even where it is wrong"),
    )
    starts_at = InstantField(label=_("Detains from"))
    next_appearance = WrittenDayField(label=_("Next appearance or review"), required=False)
    until = WrittenDayField(label=_("Until (last day, as written)"), required=False)
    amount = forms.DecimalField(
        label=_("Amount that frees (dollars)"),
        required=False,
        min_value=0,
        max_value=100_000_000,
        decimal_places=2,
    )
    charges = forms.CharField(
        label=_("Offences, as written"), required=False, max_length=4000, widget=forms.Textarea
    )
    defects = forms.MultipleChoiceField(
        label=_("What is wrong with the paper?"),
        required=False,
        choices=[pair for pair in DEFECTS.items() if pair[0] != AWAITED],
        widget=forms.CheckboxSelectMultiple,
    )

    field_order = (
        "kind", "body_id", "reference", "dated", "name_as_written", "starts_at",
        "next_appearance", "until", "amount", "charges", "received_at", "as_written", "scan",
        "defects",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.impossible:
            given["defects"] = [*given.get("defects", ()), IMPOSSIBLE]
        return given


class AmendForm(forms.Form):
    version = HiddenNumberField()
    name_as_written = forms.CharField(label=_("Name as written"), max_length=200)
    starts_at = InstantField(label=_("Detains from"))
    next_appearance = DayField(label=_("Next appearance or review"), required=False)
    until = DayField(label=_("Until (last day, as written)"), required=False)
    charges = forms.CharField(
        label=_("Offences, as written"), required=False, max_length=4000, widget=forms.Textarea
    )
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=300)


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("What is decided?"),
        choices=[
            ("acted_on", _("Act on it: it detains while the court is asked")),
            ("returned", _("Return it: it detains nobody from now on")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea)


class EndForm(forms.Form):
    end_kind = forms.ChoiceField(label=_("How did it end?"), choices=list(END_KINDS.items()))
    ended_at = InstantField(label=_("When?"))
    basis = forms.CharField(label=_("On what paper?"), max_length=300)


class NextForm(forms.Form):
    next_appearance = DayField(label=_("Next appearance"))
    happened_at = InstantField(label=_("When did the court say so?"))
    basis = forms.CharField(label=_("On what paper?"), max_length=300)


class QueryForm(forms.Form):
    text = forms.CharField(
        label=_("Query to the clerk of court"), max_length=4000, widget=forms.Textarea
    )


class OrderForm(PaperForm):
    kind = forms.ChoiceField(label=_("Kind of order"), choices=[("", "—"), *ORDER_KINDS.items()])
    warrants = forms.TypedMultipleChoiceField(
        label=_("Which warrants does it end?"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    ends_all = forms.BooleanField(label=_("It ends all of them"), required=False)
    conditions = forms.CharField(
        label=_("Conditions"), required=False, max_length=2000, widget=forms.Textarea
    )

    field_order = (
        "kind", "body_id", "reference", "dated", "received_at", "warrants", "ends_all",
        "conditions", "as_written", "scan",
    )  # fmt: skip

    def __init__(self, *args: Any, warrants: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warrants"].choices = warrants  # type: ignore[attr-defined]


class FallsForm(forms.Form):
    """Why an order does not stand; who took it back, and when, where the court did."""

    how = forms.ChoiceField(
        label=_("Why does the order not stand?"),
        choices=list(FALLS.items()),
        widget=forms.RadioSelect,
    )
    told_by = forms.CharField(
        label=_("Who at the registry said so?"),
        required=False,
        max_length=120,
        help_text=_("Where the court took it back: call the stored number, never one on a paper"),
    )
    happened_at = InstantField(
        label=_("Since when does it not stand?"),
        required=False,
        help_text=_("Where the court took it back"),
    )
    reason = forms.CharField(
        label=_("Why? This goes on the record"), max_length=300, widget=forms.Textarea
    )

    def __init__(self, *args: Any, may_decide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_decide:
            self.fields["how"].choices = [  # type: ignore[attr-defined]
                (code, label) for code, label in FALLS.items() if code != "not_genuine"
            ]


class ExtendForm(forms.Form):
    warrants = forms.TypedMultipleChoiceField(
        label=_("Which warrants does the order end too?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    basis = forms.CharField(
        label=_("What on the paper says so?"), max_length=300, widget=forms.Textarea
    )

    def __init__(self, *args: Any, warrants: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warrants"].choices = warrants  # type: ignore[attr-defined]


class InterestForm(forms.Form):
    agency = forms.CharField(label=_("Who wants to know?"), max_length=120)
    telephone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea)


class PhoneForm(forms.Form):
    telephone = forms.CharField(
        label=_("Telephone of the registry"),
        max_length=40,
        required=False,
        help_text=_("From the service's own directory, never from a paper that came in"),
    )
