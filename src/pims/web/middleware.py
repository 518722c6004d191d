"""Around every page: who asks, how far they reach, and what happens when something goes wrong."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from pims.facilities.selectors import EstablishmentInfo, establishments
from pims.foundation.access import sessions
from pims.foundation.access.actor import ANONYMOUS, Actor
from pims.foundation.access.services import record_sign_out
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import NotFound, NotPermitted
from pims.live.token import stream_origin
from pims.ui.fields import LARGEST
from pims.web import faults
from pims.web.permissions import PUBLIC, asked_by

Answer = Callable[[HttpRequest], HttpResponseBase]

BACKGROUND = "X-Pims-Background"
ESTABLISHMENT = "pims_establishment"
# The pages of every other room show one establishment, and there must be one to show.
NEEDS_NO_ESTABLISHMENT = ("signin", "administration", "facilities")
# Of the pages that belong to no room, those that show one too.
NEEDS_ESTABLISHMENT = ("visiting_sample",)


class ActorMiddleware:
    """Sets `request.actor`, `establishments`, `establishment` and `establishment_id`.

    Ends sessions that have lasted or stood idle too long. Requests that a page makes by itself
    carry the header ``X-Pims-Background: 1`` and do not keep a session from standing idle.
    Whoever has not signed in reaches only the views marked public; a view that asks for nothing
    and is not public is closed.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.csp_nonce = secrets.token_urlsafe(16)
        request.actor, request.session_ended = ANONYMOUS, ""
        request.establishments, request.establishment = (), None
        request.establishment_id = None
        with timezone.override(None):
            if request.user.is_authenticated:
                self._recognise(request)
            response = self.get_response(request)
        return _with_headers(request, response)

    def process_view(
        self, request: Any, view: object, args: object, kwargs: Mapping[str, object]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        try:
            asked = asked_by(view, match.view_name if match else None)
        except LookupError:
            return faults.refusal(request, NotPermitted("access.manage"))
        if asked == PUBLIC:
            return None
        if request.actor.is_anonymous:
            return faults.sign_in_needed(request)
        nowhere = request.establishment is None and _shows_establishment(match)
        if nowhere and (asked is None or request.actor.can(asked)):
            return faults.refusal(request, faults.NoEstablishment())
        if any(isinstance(part, int) and part > LARGEST for part in kwargs.values()):
            return faults.refusal(request, NotFound("page"))  # no row has such a number
        return None

    def _recognise(self, request: Any) -> None:
        session = request.session
        why = sessions.ended_because(session, inside=sessions.asks_from_inside(request))
        actor = sessions.actor_of(request.user, session)
        if why:
            record_sign_out(Command(actor=actor), why=why)
            session.flush()
            request.user, request.session_ended = AnonymousUser(), why
            return
        if not _asks_by_itself(request):
            sessions.touch(session)
        request.actor = actor
        request.establishments = tuple(establishments(actor)) if actor.reaches else ()
        request.establishment = chosen_establishment(request)
        if request.establishment is not None:
            request.establishment_id = request.establishment.establishment_id
            timezone.activate(request.establishment.time_zone)
        translation.activate(actor.language)
        request.LANGUAGE_CODE = translation.get_language()


class FaultMiddleware:
    """Turns what a view raises into a page that says what happened and what was saved."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        return faults.answer(request, exception)


def chosen_establishment(request: Any) -> EstablishmentInfo | None:
    """The establishment that the viewer works at: the one chosen, else the one first granted."""
    found: dict[int, EstablishmentInfo] = {e.establishment_id: e for e in request.establishments}
    chosen = request.session.get(ESTABLISHMENT)
    if chosen in found:
        return found[chosen]
    actor: Actor = request.actor
    for reach in actor.reaches:
        if reach.establishment_id in found:
            return found[reach.establishment_id]
    return next(iter(found.values()), None)


def _shows_establishment(match: Any) -> bool:
    if match is None or match.namespace == "":
        return match is not None and match.url_name in NEEDS_ESTABLISHMENT
    return match.namespace not in NEEDS_NO_ESTABLISHMENT


def _asks_by_itself(request: HttpRequest) -> bool:
    """Whether the page asks rather than the user; an event stream is opened again and again."""
    streams = request.headers.get("Accept", "").startswith("text/event-stream")
    return streams or request.headers.get(BACKGROUND) == "1"


def _with_headers(request: Any, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Content-Security-Policy", _content_policy(request))
    response.headers.setdefault(
        "Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
    )
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    # Pages name prisoners: no shared PC keeps one for the next user.
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _content_policy(request: Any) -> str:
    nonce = f"'nonce-{request.csp_nonce}'"
    live = stream_origin(f"{request.scheme}://{request.get_host()}")
    # A page that speaks with the scanner on the officer's own PC says so.
    beside = getattr(request, "connects_to", "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            f"connect-src 'self' {live} {beside}".rstrip(),
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
