"""What is typed at the discharge desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.release.web.words import IDENTITY_WAYS
from pims.ui.fields import DayField, InstantField


class StartForm(forms.Form):
    """`basis` carries the order's id: ``order:17``, ``final_date`` or ``no_authority``."""

    basis = forms.ChoiceField(label=_("On what ground?"), widget=forms.RadioSelect)
    final_date = DayField(label=_("Final date"), required=False)
    ground = forms.CharField(
        label=_("Decision and reasons of the officer in charge"),
        required=False,
        max_length=500,
        widget=forms.Textarea,
    )


def _badge(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=32, **more)


def _pin(label: Any, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "inputmode": "numeric"}
    return forms.CharField(
        label=label, required=False, widget=forms.PasswordInput(attrs=attrs), **more
    )


class IdentityForm(forms.Form):
    """`photographs` is how many are stored: with none, nobody can have compared one; `fingers`
    whether fingerprints are.

    An officer whose PIN is left empty is named only, and signs later.
    """

    how = forms.ChoiceField(
        label=_("How was identity established?"), choices=[], widget=forms.RadioSelect
    )
    print_image = forms.FileField(label=_("Print of any finger"), required=False)
    officer_one = _badge(_("Badge of the first officer who knows the person"))
    pin_one = _pin(_("PIN of the first officer"))
    officer_two = _badge(_("Badge of the second officer who knows the person"))
    pin_two = _pin(
        _("PIN of the second officer"),
        help_text=_("Leave it empty where this officer is not at this PC: they sign later."),
    )
    matched = forms.ChoiceField(
        label=_("Is this the person of the record?"),
        choices=[("yes", _("Yes")), ("no", _("No: this is somebody else"))],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("By fingerprint the comparison says it."),
    )

    def __init__(self, *args: Any, photographs: int, fingers: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not fingers:
            del self.fields["print_image"]
            self.fields["matched"].required, self.fields["matched"].help_text = True, ""
        self.fields["how"].choices = [  # type: ignore[attr-defined]
            (code, label)
            for code, label in IDENTITY_WAYS.items()
            if code == "two_officers"
            or (code == "photograph" and photographs)
            or (code == "fingerprint" and fingers)
        ]
        if fingers:
            self.fields["how"].initial = "fingerprint"
        elif not photographs:
            self.fields["how"].initial = "two_officers"

    def clean(self) -> dict[str, Any]:
        """Whether it is the person is said by the officer, or by the comparison."""
        given: dict[str, Any] = super().clean() or {}
        said = given.get("matched") or "matched" in self.errors
        if given.get("how") != "fingerprint" and not said:
            self.add_error("matched", self.fields["matched"].error_messages["required"])
        return given


class VouchForm(forms.Form):
    badge = forms.CharField(label=_("Your badge"), max_length=32)
    secret = forms.CharField(
        label=_("Your PIN"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    knows = forms.ChoiceField(
        label=_("Do you know this person, and was it this person?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )


class ItemForm(forms.Form):
    done = forms.ChoiceField(
        label=_("Was it done?"),
        choices=[("yes", _("Done")), ("no", _("Not done, and here is why"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea)


class VerifyForm(forms.Form):
    spoke_to = forms.CharField(label=_("Whom did you speak to at the registry?"), max_length=120)


class SecondOfficerForm(forms.Form):
    badge = forms.CharField(label=_("Badge of the second officer"), max_length=32)
    secret = forms.CharField(
        label=_("PIN of the second officer"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class DischargeForm(forms.Form):
    destination = forms.CharField(label=_("Where to"), required=False, max_length=300)
    second_by_telephone = forms.CharField(
        label=_("Second officer reached by telephone"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "second-officers"}),
    )


class PaperForm(forms.Form):
    happened_at = InstantField(label=_("When did the person leave?"))
    order_seen = forms.CharField(
        label=_("Which order was seen?"),
        required=False,
        max_length=300,
        widget=forms.Textarea,
        help_text=_("As the paper says it. Leave it empty where none was seen: that is marked."),
    )
    first_officer = forms.CharField(
        label=_("First officer, as the paper names them"), required=False, max_length=120
    )
    second_officer = forms.CharField(
        label=_("Second officer, as the paper names them"), required=False, max_length=120
    )
    destination = forms.CharField(label=_("Where to"), required=False, max_length=300)


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Why is it closed?"), max_length=300, widget=forms.Textarea)


class DecideIdentityForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it this person all the same?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ErrorForm(forms.Form):
    discovered_at = InstantField(label=_("When was it discovered?"))
    how = forms.CharField(
        label=_("What went wrong, as far as is known?"), max_length=2000, widget=forms.Textarea
    )
    police_told_at = InstantField(label=_("When were the police told?"), required=False)


class ReturnedForm(forms.Form):
    """`ended` says whether the release had ended a warrant; where it did not, nothing is asked."""

    returned_at = InstantField(label=_("When was the person received again?"))
    warrants_again = forms.ChoiceField(
        label=_("On what is the person held again?"),
        choices=[
            ("yes", _("The warrants that the release ended hold again: they ended by mistake")),
            ("no", _("They stay ended: something else detains")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, ended: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not ended:
            del self.fields["warrants_again"]
