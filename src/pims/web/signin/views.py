"""Signing in, the second factor, switching user, signing out."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from pims.foundation.access import mfa, sessions
from pims.foundation.access.rules import may_be_pin
from pims.foundation.access.secrets import Secret
from pims.foundation.access.services import set_language
from pims.foundation.access.signin import PASSWORD, PIN, try_code, try_passkey, try_secret
from pims.foundation.commands.transaction import Command
from pims.kernel.decisions import Reason
from pims.ui.pages import page
from pims.web.middleware import ESTABLISHMENT
from pims.web.permissions import public
from pims.web.signin import flow, passkeys, pending
from pims.web.signin.forms import CodeForm, PasskeyAnswerForm, SignInForm

LOCKED = 429


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """Card or badge with PIN on a PC inside, with password elsewhere."""
    if request.method != "POST" and not request.actor.is_anonymous:
        return HttpResponseRedirect(flow.permitted(request, request.actor, _back(request)))
    return _ask(request, switching=False)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Any) -> HttpResponse:
    """The next user on the same PC, on one screen; nothing of the earlier session is kept."""
    return _ask(request, switching=True)


def _ask(request: Any, *, switching: bool) -> HttpResponse:
    inside = sessions.asks_from_inside(request)
    by_password = not inside or request.GET.get("with", request.POST.get("with")) == PASSWORD
    problem: Reason | None = None
    status = 200
    if request.method == "POST":
        form = SignInForm(request.POST, by_password=by_password)
        if form.is_valid():
            by_password = by_password or not may_be_pin(form.cleaned_data["secret"])
            tried = try_secret(
                badge=form.cleaned_data["badge"],
                secret=Secret(form.cleaned_data["secret"]),
                how=PASSWORD if by_password else PIN,
                address=sessions.address_of(request),
                inside=inside,
            )
            if tried.user is not None and tried.problem is None:
                return _after_secret(request, tried, by_password=by_password)
            problem = tried.problem
            status = LOCKED if tried.locked else 422
            by_password = by_password or (
                problem is not None and problem.code == "access.password_needed"
            )
        else:
            status = 422
        form = SignInForm(
            initial={"badge": request.POST.get("badge", "")[:64]}, by_password=by_password
        )
    else:
        form = SignInForm(by_password=by_password)
    back = _back(request)
    other = {} if by_password else {"with": PASSWORD}
    if back != flow.HOME:
        other["next"] = back
    context = {
        "form": form,
        "switching": switching,
        "other_url": f"{request.path}?{urlencode(other)}",
        "by_password": by_password,
        "inside": inside,
        "problem": problem,
        "back": back,
        "ended": getattr(request, "session_ended", "") or request.GET.get("ended", ""),
    }
    return render(request, "signin/sign_in.html", context, status=status)


def _after_secret(request: Any, tried: Any, *, by_password: bool) -> HttpResponse:
    earlier = None if request.actor.is_anonymous else request.actor.user_id
    how, back = PASSWORD if by_password else PIN, _back(request)
    flow.leave(request, why="switched")
    if tried.second_factor:
        pending.expect(request, tried.user, how=how, back=back, switched_from=earlier)
        enrolled = mfa.has_second_factor(tried.user.pk)
        return HttpResponseRedirect(
            reverse("signin:second_factor" if enrolled else "signin:first_factor")
        )
    return flow.enter(request, tried.user, how=how, factor="", back=back, switched_from=earlier)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: Any) -> HttpResponse:
    """A code of the authenticator app, a recovery code, or a passkey."""
    waiting = pending.expected(request)
    if waiting is None:
        return flow.to_sign_in("took_too_long")
    user = waiting.user
    kinds = {a.type for a in mfa.factors_of(user.pk)}
    problem: Reason | None = None
    status = 200
    if request.method == "POST":
        tried, factor = _try_factor(request, user)
        if tried is not None and tried.problem is None:
            return flow.enter(
                request, user, how=waiting.how, factor=factor, back=waiting.back,
                switched_from=waiting.switched_from,
            )  # fmt: skip
        if tried is not None and tried.locked:
            request.session.flush()
            return flow.to_sign_in("locked")
        problem = tried.problem if tried else Reason("access.code_missing")
        status = 422
    options = None
    if mfa.WEBAUTHN in kinds:
        options = passkeys.authentication_options(user)
    context = {
        "form": CodeForm(),
        "problem": problem,
        "name": user.name,
        "has_app": mfa.TOTP in kinds,
        "options": options,
    }
    return render(request, "signin/second_factor.html", context, status=status)


def _try_factor(request: Any, user: Any) -> tuple[Any, str]:
    address = sessions.address_of(request)
    answer = PasskeyAnswerForm(request.POST)
    if request.POST.get("credential") and answer.is_valid():
        credential = answer.cleaned_data["credential"]
        return (
            try_passkey(
                user=user, address=address,
                check=lambda: passkeys.authentication_holds(user, credential),
            ),
            "webauthn",
        )  # fmt: skip
    form = CodeForm(request.POST)
    if not form.is_valid():
        return None, ""
    code = form.cleaned_data["code"]
    by_app = len("".join(code.split())) == mfa.CODE_DIGITS
    return (
        try_code(user=user, code=Secret(code), address=address),
        "totp" if by_app else "recovery_codes",
    )


@public
@require_POST
def sign_out(request: Any) -> HttpResponse:
    flow.leave(request, why="asked")
    return flow.to_sign_in("asked")


@public
@require_POST
def language(request: Any) -> HttpResponse:
    """The language of this browser, and of the user where one is signed in.

    Chosen before signing in, it is that of the session that follows.
    """
    code = request.POST.get("language", "")
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "")))
    if code not in dict(settings.LANGUAGES):
        return response
    if request.actor.is_anonymous:
        request.session[sessions.LANGUAGE] = code
    else:
        request.session.pop(sessions.LANGUAGE, None)
        set_language(Command(actor=request.actor), user_id=request.actor.user_id, language=code)
    translation.activate(code)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86_400,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


@page(permission=None, methods=("POST",))
def establishment(request: Any) -> HttpResponse:
    """The establishment that the pages show, out of those that the user was granted.

    Back to the same page, where it opens there too; else to the start page of the new place.
    """
    where = request.establishment_id
    chosen = request.POST.get("establishment_id", "")
    if chosen in {str(e.establishment_id) for e in request.establishments}:
        request.session[ESTABLISHMENT] = where = int(chosen)
    back = request.POST.get("next", "")
    return HttpResponseRedirect(
        flow.permitted(request, request.actor, back, establishment_id=where)
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Seconds until the session ends by itself; POST is "I am still here". 401 when it ended.

    Asked with GET and ``X-Pims-Background: 1`` it changes nothing.
    """
    if request.actor.is_anonymous:  # type: ignore[attr-defined]
        return JsonResponse({"signed_in": False, "seconds_left": 0}, status=401)
    return JsonResponse({"signed_in": True, "seconds_left": sessions.idle_left(request.session)})


def _back(request: Any) -> str:
    return str(request.POST.get("next") or request.GET.get("next") or flow.HOME)[:2000]


def _safe(request: Any, address: str) -> str:
    good = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if good else flow.HOME
