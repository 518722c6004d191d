"""What every view has in common: a permission, and the methods it answers.

``@page(permission="custody.place")`` refuses whoever holds the permission nowhere before the
view runs; services and selectors then decide about the person and the place. The permission of
every view is readable from `permission_of`, so that a test can walk all pages by all roles.

A page that shows people (`ledger.reads.shows`; the identity bar says it) writes one read entry
that lists them, under its own name, before it is sent: without the entry there is no page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from pims.foundation.access.actor import Actor
from pims.foundation.ledger.append import append_read
from pims.foundation.ledger.reads import reading
from pims.kernel import clock
from pims.kernel.errors import NotPermitted

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

ANY_SIGNED_IN = None


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in actor, put there by the actor middleware."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def page(
    *, permission: str | None, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[P]], View[P]]:
    """Make a view of a function; `permission` of None admits anyone who is signed in."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if permission is not None and not actor_of(request).can(permission):
                raise NotPermitted(permission)
            with reading() as read:
                answered = view(request, *args, **kwargs)
                if read.unwritten and not 300 <= answered.status_code < 400:
                    _record(request, read.unwritten)
            return answered

        guarded = require_http_methods(list(methods))(answer)
        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return decorate


def _record(request: HttpRequest, person_ids: list[int]) -> None:
    match = request.resolver_match
    append_read(
        actor_id=actor_of(request).user_id,
        page="" if match is None else match.view_name.replace(":", "."),
        person_ids=person_ids,
        establishment_id=getattr(request, "establishment_id", None),
        at=clock.now(),
    )


def permission_of(view: object) -> str | None:
    """The permission that a view made by `page` asks for.

    Raises AttributeError for a view that was not: such a view guards nothing.
    """
    return view.permission  # type: ignore[attr-defined,no-any-return]
