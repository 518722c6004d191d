"""One's own account: secrets, second factors, what one may do."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pims.foundation.access import mfa, sessions
from pims.foundation.access.models import User
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import actor_for, get_user
from pims.foundation.access.services import (
    add_passkey,
    add_totp,
    remove_factor,
    renew_recovery_codes,
    set_password,
    set_pin,
)
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.pages import page
from pims.ui.shapes import Fact
from pims.web.permissions import public
from pims.web.signin import flow, passkeys, pending
from pims.web.signin.forms import CodeForm, NewPasswordForm, NewPinForm, PasskeyForm

_TOTP_SECRET = "pims_totp_secret"

FACTOR_NAMES = {
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
}


@page(permission=None)
def account(request: Any) -> HttpResponse:
    info = get_user(request.actor, request.actor.user_id)
    factors = mfa.factors_of(info.user_id)
    language = get_language() or "en"
    facts = [
        Fact(_("Name"), info.name),
        Fact(_("Badge"), info.badge),
        Fact(_("Roles"), info.role_names(language) or _("None now")),
        Fact(_("PIN"), _("Set") if info.has_pin else _("None"),
             reverse("signin:new_pin"), _("Change")),
        Fact(_("Password"), _("Set") if info.has_password else _("None"),
             reverse("signin:new_password"), _("Change")),
    ]  # fmt: skip
    context = {
        "facts": facts,
        "factors": [(f, factor_label(f)) for f in factors],
        "has_app": any(f.type == mfa.TOTP for f in factors),
        "has_factor": any(f.type in mfa.FIRST_FACTORS for f in factors),
        "codes_left": len(mfa.recovery_codes(info.user_id)),
    }
    return render(request, "signin/account.html", context)


def factor_label(factor: Any) -> str:
    name = str(FACTOR_NAMES.get(factor.type, factor.type))
    return f"{name}: {factor.wrap().name}" if factor.type == mfa.WEBAUTHN else name


@page(permission=None, methods=("GET", "HEAD", "POST"))
@require_recent_confirmation
def new_pin(request: Any) -> HttpResponse:
    return _new_secret(request, NewPinForm, "pin")


@page(permission=None, methods=("GET", "HEAD", "POST"))
@require_recent_confirmation
def new_password(request: Any) -> HttpResponse:
    return _new_secret(request, NewPasswordForm, "password")


def _new_secret(request: Any, form_class: type[Any], what: str) -> HttpResponse:
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        secret, user_id = Secret(form.cleaned_data[what]), request.actor.user_id
        try:
            if what == "pin":
                set_pin(command_from(request), user_id=user_id, pin=secret)
            else:
                set_password(command_from(request), user_id=user_id, password=secret)
        except InvalidInput as error:
            for reason in error.reasons():
                form.add_error(what, wording.render(reason, get_language() or "en"))
        else:
            _stay_signed_in(request)
            messages.success(request, gettext("Changed. Your other sessions have ended."))
            return HttpResponseRedirect(reverse("signin:account"))
    status = 422 if form.errors else 200
    return render(request, "signin/new_secret.html", {"form": form, "what": what}, status=status)


def _stay_signed_in(request: Any) -> None:
    """The session goes on under a new key; all others of the user end with the old secret."""
    user = User.objects.get(pk=request.actor.user_id)
    how, strong = request.session.get(sessions.HOW, ""), request.actor.strong
    sessions.open_session(request, user, how=how, strong=strong)


# -- second factors ----------------------------------------------------------------------------
@public
@require_http_methods(["GET", "HEAD", "POST"])
def first_factor(request: Any) -> HttpResponse:
    """Whoever needs a second factor and has none sets one up, on the prison's own network."""
    waiting = pending.expected(request)
    if waiting is None:
        return flow.to_sign_in("took_too_long")
    if not sessions.asks_from_inside(request):
        return render(request, "signin/no_factor_outside.html", status=403)
    if mfa.has_second_factor(waiting.user.pk):
        return HttpResponseRedirect(reverse("signin:second_factor"))
    made = _set_up(request, waiting.user)
    if isinstance(made, HttpResponse):
        return made
    response = flow.enter(
        request, waiting.user, how=waiting.how, factor=made, back=waiting.back,
        switched_from=waiting.switched_from,
    )  # fmt: skip
    messages.warning(request, gettext("Write down your recovery codes before you go on."))
    response["Location"] = reverse("signin:recovery_codes")
    return response


@page(permission=None, methods=("GET", "HEAD", "POST"))
@require_recent_confirmation(before_form=True)
def add_factor(request: Any) -> HttpResponse:
    """An authenticator app or a passkey for one's own account."""
    made = _set_up(request, request.user)
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, gettext("Added. Keep your recovery codes where others can't see."))
    return HttpResponseRedirect(reverse("signin:recovery_codes"))


def _set_up(request: Any, user: User) -> HttpResponse | str:
    """The page that offers both kinds, or the kind that was just added."""
    command = Command(actor=actor_for(user))
    app_form, key_form = CodeForm(prefix="app"), PasskeyForm(prefix="key")
    problem = ""
    if request.method == "POST" and "key-credential" in request.POST:
        key_form = PasskeyForm(request.POST, prefix="key")
        if key_form.is_valid() and passkeys.registration_holds(key_form.cleaned_data["credential"]):
            add_passkey(
                command, user_id=user.pk, name=key_form.cleaned_data["name"],
                credential=key_form.cleaned_data["credential"],
            )  # fmt: skip
            return "webauthn"
        problem = gettext("The passkey was not accepted. Nothing was saved.")
    elif request.method == "POST":
        app_form = CodeForm(request.POST, prefix="app")
        if app_form.is_valid():
            try:
                add_totp(
                    command, user_id=user.pk, secret=Secret(_secret_of(request)),
                    code=Secret(app_form.cleaned_data["code"]),
                )  # fmt: skip
            except InvalidInput as error:
                for reason in error.reasons():
                    app_form.add_error("code", wording.render(reason, get_language() or "en"))
            else:
                request.session.pop(_TOTP_SECRET, None)
                return "totp"
    secret = _secret_of(request)
    has_app = any(f.type == mfa.TOTP for f in mfa.factors_of(user.pk))
    context = {
        "app_form": app_form,
        "key_form": key_form,
        "problem": problem,
        "has_app": has_app,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "square": segno.make(mfa.totp_url(user, secret)).svg_inline(
            scale=4, border=1, title=gettext("Square code for the authenticator app")
        ),
        "options": passkeys.registration_options(user),
        "named": _named_address(request),
    }
    status = 422 if problem or app_form.errors else 200
    return render(request, "signin/set_up_factor.html", context, status=status)


def _named_address(request: Any) -> str | None:
    """This page at an address with a name, "" where none is known; None where this one has one.

    Browsers make passkeys for names alone, never for the number of a machine.
    """
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        machine = ip_address(host)
    except ValueError:
        return None
    if not machine.is_loopback:
        return ""
    return f"{request.scheme}://localhost:{request.get_port()}{request.path}"


def _secret_of(request: Any) -> str:
    """The secret that this session offers to an app: the same until it is used."""
    secret: str = request.session.setdefault(_TOTP_SECRET, mfa.new_totp_secret())
    return secret


@page(permission=None, methods=("GET", "HEAD", "POST"))
@require_recent_confirmation(before_form=True)
def recovery_codes(request: Any) -> HttpResponse:
    codes = mfa.recovery_codes(request.actor.user_id)
    return render(request, "signin/recovery_codes.html", {"codes": codes})


@page(permission=None, methods=("POST",))
@require_recent_confirmation
def new_recovery_codes(request: Any) -> HttpResponse:
    renew_recovery_codes(command_from(request), user_id=request.actor.user_id)
    return HttpResponseRedirect(reverse("signin:recovery_codes"))


@page(permission=None, methods=("POST",))
@require_recent_confirmation
def drop_factor(request: Any, authenticator_id: int) -> HttpResponse:
    remove_factor(
        command_from(request),
        user_id=request.actor.user_id,
        authenticator_id=authenticator_id,
    )
    messages.success(request, gettext("Removed."))
    return HttpResponseRedirect(reverse("signin:account"))
