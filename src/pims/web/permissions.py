"""Which pages ask for what. A view that says nothing is closed to everybody."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.http import HttpResponseBase

from pims.ui.pages import permission_of

V = TypeVar("V", bound=Callable[..., HttpResponseBase])

PUBLIC: Final = "public"
# Views of parts that are not ours, which answer before anybody has signed in.
PUBLIC_URL_NAMES: Final = frozenset({"healthz"})


def public(view: V) -> V:
    """Let a view answer those who have not signed in: signing in itself, and little else."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


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
