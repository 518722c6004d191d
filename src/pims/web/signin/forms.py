"""What is typed to sign in and to keep one's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _


def secret_input(autocomplete: str, *, digits: bool = False) -> forms.PasswordInput:
    attrs = {"autocomplete": autocomplete, "maxlength": 256}
    if digits:
        attrs["inputmode"] = "numeric"
    return forms.PasswordInput(attrs=attrs)


class SignInForm(forms.Form):
    """Badge or card, and PIN or password; a card reader types the card's serial and Enter."""

    badge = forms.CharField(label=_("Card or badge number"), max_length=64)
    secret = forms.CharField(max_length=256, strip=False)

    def __init__(self, *args: object, by_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["badge"].widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false",
             "required": True}
        )  # fmt: skip
        secret = self.fields["secret"]
        secret.label = _("Password") if by_password else _("PIN")
        secret.widget = secret_input("current-password", digits=not by_password)
        secret.widget.attrs["required"] = True


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class NewPinForm(forms.Form):
    pin = forms.CharField(
        label=_("New PIN"),
        max_length=64,
        help_text=_("Six to twelve digits that are easy for you and hard to guess."),
        widget=secret_input("new-password", digits=True),
    )
    again = forms.CharField(
        label=_("New PIN again"), max_length=64, widget=secret_input("new-password", digits=True)
    )

    def clean(self) -> None:
        if self.cleaned_data.get("pin") != self.cleaned_data.get("again"):
            self.add_error("again", _("The two are not the same."))


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least twelve characters. Several words are better than one odd one."),
        widget=secret_input("new-password"),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=256,
        strip=False,
        widget=secret_input("new-password"),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            self.add_error("again", _("The two are not the same."))


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this key"),
        max_length=60,
        required=False,
        help_text=_("So that you can tell it from others, such as: blue key."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)


class PasskeyAnswerForm(forms.Form):
    credential = forms.JSONField(widget=forms.HiddenInput)
