"""Badge and PIN of another officer, given at the screen of whoever is signed in."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from pims.foundation.access import sessions
from pims.foundation.access.actor import Actor
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import actor_for, find_user_id
from pims.foundation.access.signin import try_secret
from pims.kernel.errors import NotFound
from pims.ui import wording


@dataclass(frozen=True, slots=True)
class Officer:
    """`actor` is None for one who was named without a PIN."""

    user_id: int
    actor: Actor | None


def officer_by_pin(request: Any, form: forms.Form, *, badge: str, secret: str) -> Officer | None:
    """The officer whose badge and PIN stand in these two fields of a valid form.

    None, with what is wrong beside its field, where they are not an officer's. Who signs in with
    a second step is not known by the PIN alone, unless it is whoever is signed in here already.
    """
    given: dict[str, str] = form.cleaned_data
    tried = try_secret(
        badge=given[badge],
        secret=Secret(given[secret]),
        how="pin",
        address=sessions.address_of(request),
        inside=sessions.asks_from_inside(request),
    )
    if tried.problem is not None:
        form.add_error(secret, wording.render(tried.problem, get_language() or "en"))
        return None
    assert tried.user is not None
    if tried.user.pk == request.actor.user_id:
        return Officer(tried.user.pk, request.actor)
    if tried.second_factor:
        form.add_error(
            secret, gettext("This officer signs in with a second step: use their own session.")
        )
        return None
    return Officer(tried.user.pk, actor_for(tried.user))


def officer_by_badge(form: forms.Form, *, badge: str) -> Officer | None:
    """An officer who is only named; None, with what is wrong, where nobody has this badge."""
    try:
        return Officer(find_user_id(form.cleaned_data[badge]), None)
    except NotFound:
        form.add_error(badge, gettext("Nobody here has this badge."))
        return None
