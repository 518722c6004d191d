"""What an administrator types about users and grants."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.facilities.selectors import EstablishmentInfo, UnitInfo
from pims.foundation.access.actor import HEALTH, JUVENILE, LABELS, ORDINARY, PROTECTED
from pims.foundation.access.selectors import roles_in_order
from pims.ui.fields import DayField
from pims.web.signin.forms import NewPasswordForm, NewPinForm, secret_input

LANGUAGES = (("en", "English"), ("es", "Español"))

LABEL_NAMES = {
    ORDINARY: _("Ordinary"),
    HEALTH: _("Health records"),
    JUVENILE: _("Juveniles"),
    PROTECTED: _("Victims and informants"),
}

__all__ = ["CardForm", "GrantForm", "NewPasswordForm", "NewPinForm", "NewUserForm", "UserForm"]


class UserForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=LANGUAGES, widget=forms.RadioSelect, initial="en"
    )


class NewUserForm(UserForm):
    badge = forms.CharField(label=_("Badge number"), max_length=32)
    pin = forms.CharField(
        label=_("First PIN"),
        required=False,
        help_text=_("Six to twelve digits. The user changes it in their own account."),
        widget=secret_input("new-password", digits=True),
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        help_text=_("At least twelve characters. Needed by administrators and from outside."),
        widget=secret_input("new-password"),
    )

    field_order = ("badge", "name", "email", "language", "pin", "password")


class CardForm(forms.Form):
    card = forms.CharField(
        label=_("Card"),
        required=False,
        max_length=64,
        help_text=_("Hold the card to the reader. Leave empty to unbind the card that is bound."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class GrantForm(forms.Form):
    """A role with its scope and period. Days are read in the establishment's time zone."""

    role = forms.ChoiceField(label=_("Role"))
    establishment = forms.ChoiceField(label=_("Where"), required=False)
    units = forms.MultipleChoiceField(
        label=_("Only these units"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means every unit."),
    )
    labels = forms.MultipleChoiceField(
        label=_("Reaches records and people marked"),
        required=False,
        choices=[(label, LABEL_NAMES[label]) for label in LABELS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means what the role usually has."),
    )
    first_day = DayField(label=_("First day"), required=False, help_text=_("Empty: from now."))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: until ended."))

    def __init__(
        self,
        *args: Any,
        establishments: list[EstablishmentInfo],
        units: dict[int, list[UnitInfo]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        names = {e.establishment_id: e.name for e in establishments}
        _choose(self.fields["role"], [(r.code, r.name(language)) for r in roles_in_order()])
        _choose(
            self.fields["establishment"],
            [("", _("Every establishment")), *((str(pk), name) for pk, name in names.items())],
        )
        offered = [
            (str(unit.unit_id), f"{names[pk]}: {unit.name}" if len(names) > 1 else unit.name)
            for pk, found in units.items()
            for unit in found
        ]
        _choose(self.fields["units"], offered)
        if not offered:
            del self.fields["units"]


def _choose(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
