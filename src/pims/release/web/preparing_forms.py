"""What is typed about preparations, parole and the register."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pims.release.web.preparing_words import AGENCIES, CAUSES, DECISIONS, HOW, STAGES
from pims.ui.fields import DayField, HiddenNumberField, InstantField


def _prose(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea, **more)


class ReadDateForm(forms.Form):
    release_on = DayField(label=_("On what day should the gate open?"))
    expires_on = DayField(
        label=_("When does the sentence expire?"),
        required=False,
        help_text=_("Leave it empty where you did not work it out."),
    )
    note = _prose(_("How you worked it out"), required=False, max_length=500)


class SettleDatesForm(forms.Form):
    """`days` are those that somebody made out."""

    day = forms.ChoiceField(label=_("Which day is right?"), widget=forms.RadioSelect, choices=())
    reason = _prose(_("Why?"), max_length=500)

    def __init__(self, *args: Any, days: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["day"].choices = days  # type: ignore[attr-defined]


class ThingForm(forms.Form):
    done = forms.ChoiceField(
        label=_("Was it done?"),
        choices=[("yes", _("Done")), ("no", _("Not done, and here is why"))],
        widget=forms.RadioSelect,
    )
    note = _prose(_("What came of it, or why not"), max_length=500)


class ToldForm(forms.Form):
    stage = forms.ChoiceField(
        label=_("Which notice is this?"), choices=list(STAGES.items()), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("Who was told?"),
        choices=list(AGENCIES.items()),
        widget=forms.RadioSelect,
        help_text=_("The three notices are for the police. Others may be told as well."),
    )
    agency = forms.CharField(
        label=_("Agency told"), max_length=200, help_text=_("Station or office.")
    )
    spoke_to = forms.CharField(label=_("Spoke to"), max_length=200, required=False)
    how = forms.ChoiceField(label=_("How?"), choices=list(HOW.items()), widget=forms.RadioSelect)
    told_at = InstantField(label=_("When?"), required=False, help_text=_("Leave it empty for now."))


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("What did the board decide?"),
        choices=list(DECISIONS.items()),
        widget=forms.RadioSelect,
    )
    decided_on = DayField(label=_("Decided on"))
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)
    reasons = _prose(_("Reasons of the board"), max_length=5000)
    conditions = _prose(
        _("Conditions"), required=False, max_length=5000, help_text=_("Of parole that is granted.")
    )
    from_day = DayField(
        label=_("Parole begins on"),
        required=False,
        help_text=_("Leave it empty where it begins at once."),
    )
    deferred_to = DayField(label=_("Deferred until"), required=False)


class RevokeForm(forms.Form):
    revoked_on = DayField(label=_("Revoked on"))
    hearing_on = DayField(
        label=_("Day of the hearing"),
        required=False,
        help_text=_("The revocation holds nobody beyond it without a new order."),
    )
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)
    reasons = _prose(_("Reasons"), max_length=5000)


class LessonsForm(forms.Form):
    cause = forms.ChoiceField(label=_("Cause"), choices=list(CAUSES.items()))
    lessons = _prose(_("Lessons"), required=False, max_length=5000)


class LineForm(LessonsForm):
    """A line that somebody writes: one about a release in error has its account from there."""

    version = HiddenNumberField(required=False)
    account = _prose(_("What happened"), max_length=5000)
    ended_on = DayField(
        label=_("Left on"), required=False, help_text=_("Leave it empty while it goes on.")
    )
    field_order = ["cause", "account", "lessons", "ended_on"]


class OverDetentionForm(LineForm):
    """`left` says that the day of leaving is known from a discharge."""

    began_on = DayField(label=_("Day on which the gate should have opened"))
    field_order = ["began_on", "ended_on", "cause", "account", "lessons"]

    def __init__(self, *args: Any, left: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["version"]  # a new line has none yet
        if left:
            del self.fields["ended_on"]
