"""What is typed, chosen or put on the scanner."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.biometrics import rules
from pims.biometrics.web.words import DECISIONS, FINGERS, GROUNDS, PURPOSES, SLAPS, STATES


class FingerForm(forms.Form):
    """One impression; `ppi` is left empty where the file says it."""

    print_image = forms.FileField(label=_("Print"))
    ppi = forms.IntegerField(
        label=_("Pixels an inch"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Only where the file does not say it. Most scanners: 500."),
    )
    source = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class SlapForm(forms.Form):
    """Several fingers in one image."""

    slap = forms.TypedChoiceField(
        label=_("Which fingers lie on the scanner?"),
        coerce=int,
        choices=list(SLAPS.items()),
        widget=forms.RadioSelect,
    )
    print_image = forms.FileField(label=_("Image of the fingers"))
    ppi = FingerForm.base_fields["ppi"]
    source = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class AbsentForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Why is there no print?"),
        choices=[(code, STATES[code]) for code in rules.ABSENT],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("What is to be seen"), max_length=300)
    all_left = forms.BooleanField(label=_("The same for all fingers that are left"), required=False)


class FaceForm(forms.Form):
    face_image = forms.FileField(label=_("Face, from the front"))


class StationForm(forms.Form):
    station_file = forms.FileField(
        label=_("File of a live-scan station (ANSI/NIST)"),
        help_text=_("All fingers at once. The file is read and not kept."),
    )


class FinishForm(forms.Form):
    reason = forms.CharField(
        label=_("Why are fingers left out?"),
        required=False,
        max_length=300,
        help_text=_("Only where one of the ten is neither taken nor accounted for."),
    )


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Whose fingers are these?"),
        choices=[(code, DECISIONS[code]) for code in rules.DECISIONS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What you saw"), required=False, max_length=1000, widget=forms.Textarea
    )


class VerifyForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        choices=[(code, label) for code, label in PURPOSES.items() if code != "discharge"],
    )
    position = forms.TypedChoiceField(
        label=_("Which finger?"), coerce=int, choices=list(FINGERS.items()), initial=0
    )
    print_image = forms.FileField(label=_("Print"), required=False)
    ppi = FingerForm.base_fields["ppi"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["print_image"].help_text = _(
            "Without one it is recorded that nothing could be compared: use the photograph, or two "
            "officers who know the person."
        )


class DestroyForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("On what ground?"), choices=list(GROUNDS.items()), widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=_("Reference of the judgment or order"),
        max_length=120,
        help_text=_("It outlives what is destroyed: leave out every name."),
    )


class CheckForm(forms.Form):
    """Who was called here, and for what."""

    who = forms.CharField(label=_("Number or name"), max_length=200)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["for"] = forms.ChoiceField(
            label=_("What is it for?"), widget=forms.RadioSelect, required=False,
            choices=[(code, label) for code, label in PURPOSES.items() if code != "discharge"],
        )  # fmt: skip
