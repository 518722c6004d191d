"""What the views of sign-in share."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from pims.foundation.access import sessions
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.services import record_sign_in, record_sign_out
from pims.foundation.commands.transaction import Command
from pims.web.permissions import PUBLIC, asked_by, opens

HOME = "/"


def enter(
    request: Any, user: User, *, how: str, factor: str, back: str, switched_from: int | None
) -> HttpResponse:
    """Open the user's session, record it, and lead to where they were going if they may."""
    sessions.open_session(request, user, how=how, strong=bool(factor))
    actor = sessions.actor_of(user, request.session)
    record_sign_in(
        Command(actor=actor),
        how=how,
        factor=factor,
        address=sessions.address_of(request),
        switched_from=switched_from,
    )
    request.actor = actor
    translation.activate(actor.language)
    return HttpResponseRedirect(permitted(request, actor, back))


def leave(request: Any, *, why: str) -> None:
    """End the session and whatever it held. Nothing happens where nobody is signed in."""
    if not request.actor.is_anonymous:
        record_sign_out(Command(actor=request.actor), why=why)
    request.session.flush()


def permitted(request: Any, actor: Actor, back: str, *, establishment_id: int | None = None) -> str:
    """The address, where it is one of our pages and the actor may open it; else home.

    `establishment_id` is where they work from now on, None where that is not known yet.
    """
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return HOME
    try:
        match = resolve(urlsplit(back).path)
        asked = asked_by(match.func, match.view_name)
    except (Resolver404, LookupError):
        return HOME
    if asked == PUBLIC or not opens(actor, asked, match.view_name, establishment_id):
        return HOME
    return back


def to_sign_in(ended: str = "") -> HttpResponse:
    address = reverse("signin:sign_in")
    return HttpResponseRedirect(f"{address}?ended={ended}" if ended else address)
