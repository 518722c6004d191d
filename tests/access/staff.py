"""Members of staff for tests of pages: made through the services, signed in for real or at once."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.test import Client
from django.test.client import RequestFactory

from pims.foundation.access import sessions
from pims.foundation.access.models import User
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import system_actor
from pims.foundation.access.services import add_user, grant_role
from pims.foundation.commands.transaction import Command

PIN = "480275"
PASSWORD = "grey heron over the creek"
_numbers = count(1)


def staff(
    *roles: str,
    badge: str = "",
    establishment_id: int | None = None,
    unit_ids: Iterable[int] | None = None,
    labels: Iterable[str] | None = None,
    language: str = "en",
) -> User:
    """A member of staff with a PIN, a password and these roles, from now on and without end."""
    badge = badge or f"S{next(_numbers):05d}"
    made = add_user(
        Command(actor=system_actor()),
        badge=badge,
        name=f"Officer {badge}",
        language=language,
        pin=Secret(PIN),
        password=Secret(PASSWORD),
    )
    for role in roles:
        grant_role(
            Command(actor=system_actor()),
            user_id=made.user_id,
            role=role,
            establishment_id=establishment_id,
            unit_ids=None if unit_ids is None else tuple(unit_ids),
            labels=None if labels is None else tuple(labels),
        )
    return User.objects.get(pk=made.user_id)


def signed_in(user: User, *, strong: bool = True, **defaults: Any) -> Client:
    """A client in a session of the user, opened as sign-in opens it, without the forms."""
    client = Client(**defaults)
    request: Any = RequestFactory().get("/")
    request.session = client.session
    sessions.open_session(request, user, how="password", strong=strong)
    request.session.save()
    client.cookies["pims_session"] = request.session.session_key
    return client


def sign_in(client: Client, user: User, *, pin: str = PIN, **extra: Any) -> Any:
    """Sign in through the page, by badge and PIN."""
    return client.post("/sign-in/", {"badge": user.badge, "secret": pin, **extra})
