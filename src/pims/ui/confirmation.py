"""The secret once more, before a dangerous step.

::

    @page(permission="release.discharge", methods=("GET", "POST"))
    @require_recent_confirmation
    def discharge(request): ...

A POST from somebody who has not entered their PIN or password within five minutes is answered
with a page that asks for it and carries everything that was typed; entering it resumes the POST,
command_id and all. A form may also ask at once, with a field named `SECRET_FIELD`. Files can't be
carried over: a form that takes files uses ``before_form=True``, which asks when it is opened.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast, overload
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from pims.foundation.access import sessions
from pims.foundation.access.secrets import Secret
from pims.foundation.access.services import record_sign_out
from pims.foundation.access.signin import try_confirmation
from pims.foundation.commands.transaction import Command

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SECRET_FIELD = "confirm_secret"
OPENING_FIELD = "confirm_opening"
FROM_FIELD = "confirm_from"
_NOT_CARRIED = {SECRET_FIELD, OPENING_FIELD, FROM_FIELD, "csrfmiddlewaretoken"}


@overload
def require_recent_confirmation(view: View[P]) -> View[P]: ...
@overload
def require_recent_confirmation(
    view: None = None, *, before_form: bool = False
) -> Callable[[View[P]], View[P]]: ...
def require_recent_confirmation(
    view: View[P] | None = None, *, before_form: bool = False
) -> View[P] | Callable[[View[P]], View[P]]:
    """Ask for the PIN or password again unless it was entered within five minutes."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in ("GET", "HEAD") and not before_form:
                return view(request, *args, **kwargs)
            asked = confirmation_asked(request)
            if asked is not None:
                return asked
            if OPENING_FIELD in request.POST:
                return HttpResponseRedirect(request.get_full_path())
            return view(request, *args, **kwargs)

        return cast(View[P], answer)

    return decorate if view is None else decorate(view)


def confirmation_asked(request: Any) -> HttpResponseBase | None:
    """The page that asks for the secret; None where it was entered lately or just now.

    For views that need it in some cases only. Takes the secret out of `request.POST`.
    """
    given = request.POST.get(SECRET_FIELD, "")
    problem = None
    if given:
        tried = try_confirmation(
            user=request.user,
            secret=Secret(given),
            address=sessions.address_of(request),
            inside=sessions.asks_from_inside(request),
        )
        problem = tried.problem
        if tried.locked:
            record_sign_out(Command(actor=request.actor), why="locked")
            request.session.flush()
            return HttpResponseRedirect("/sign-in/?ended=locked")
        if problem is None:
            sessions.confirm(request.session)
            request.actor = replace(request.actor, confirmed_at=request.session[sessions.CONFIRMED])
    if problem is None and sessions.recently_confirmed(request.session):
        _forget_secret(request)
        return None
    return render(
        request,
        "ui/confirm.html",
        {
            "carried": _carried(request),
            "lost_files": [file.name for file in request.FILES.values()],
            "problem": problem,
            "opening": request.method in ("GET", "HEAD") or OPENING_FIELD in request.POST,
            "by_pin": bool(request.user.pin) and sessions.asks_from_inside(request),
            "names": {"secret": SECRET_FIELD, "opening": OPENING_FIELD, "from": FROM_FIELD},
            "back": _came_from(request),
        },
        status=403,
    )


def _carried(request: Any) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_CARRIED
        for value in values
    ]


def page_before(request: Any) -> str:
    """The page of ours from which the request was made; "" where that is not known."""
    told = str(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    parts = urlsplit(told)
    if not parts.path or parts.netloc != request.get_host():
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _came_from(request: Any) -> str:
    """Where "Cancel" leads: the page with the form, never an address that only takes a POST.

    A second try comes from the page that asks; it brings along what the first was told.
    """
    told = request.POST.get(FROM_FIELD, "") or page_before(request)
    ours = told.startswith("/") and not told.startswith(("//", "/\\"))
    return told if ours else "/"


def _forget_secret(request: Any) -> None:
    if {SECRET_FIELD, FROM_FIELD} & request.POST.keys():
        rest = request.POST.copy()
        rest.pop(SECRET_FIELD, None)
        rest.pop(FROM_FIELD, None)
        rest._mutable = False
        request.POST = rest
