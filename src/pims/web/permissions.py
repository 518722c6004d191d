"""Which pages ask for what. A view that says nothing is closed to everybody."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.http import HttpResponseBase

from pims.foundation.access.actor import Actor
from pims.ui.pages import permission_of

V = TypeVar("V", bound=Callable[..., HttpResponseBase])

PUBLIC: Final = "public"
# Pages of no one establishment: a permission held anywhere opens them.
NOWHERE: Final = frozenset({"signin", "administration"})
# Views of parts that are not ours, which answer before anybody has signed in.
PUBLIC_URL_NAMES: Final = frozenset({"healthz"})


def public(view: V) -> V:
    """Let a view answer those who have not signed in: signing in itself, and little else."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def opens(
    actor: Actor, permission: str | None, view_name: str, establishment_id: int | None
) -> bool:
    """Whether the page opens for the actor who works at that establishment.

    `permission` is what the view asks for, None for anyone signed in. Without an establishment
    what is held anywhere counts: the page then says that there is none to show.
    """
    if permission is None:
        return True
    if establishment_id is None or view_name.partition(":")[0] in NOWHERE:
        return actor.can(permission)
    return actor.can_at(permission, establishment_id)


def asked_by(view: object, url_name: str | None) -> str | None:
    """What a view asks for: a permission, None for anyone signed in, or `PUBLIC`.

    Raises LookupError for a view that does not say.
    """
    if url_name in PUBLIC_URL_NAMES:
        return PUBLIC
    try:
        return permission_of(view)
    except AttributeError:
        raise LookupError(f"{view!r} asks for no permission and is not public") from None
