"""The pass by which a page opens the live stream: signed, short-lived, narrow.

The page server knows who is signed in and what they may see; the stream only verifies what it
signed. No Django settings are needed to read a token.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing

from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotPermitted
from pims.live.sight import View, view_from

PERMISSION = "live.view"
# A stream is opened while its page loads; afterwards a new token is asked for.
VALID_SECONDS = 120
_SALT = "pims.live.stream"


@dataclass(frozen=True, slots=True)
class Pass:
    """Who opens the stream, from a page of which origin, and which establishments they see.

    `establishment_ids` None means all of them. `view` says which figures this viewer is sent, if
    any: signed with the rest, so nobody names a fuller one than their own.
    """

    user_id: int
    establishment_ids: frozenset[int] | None
    origin: str
    view: View | None = None

    def sees(self, establishment_id: int | None) -> bool:
        """An event about no establishment says nothing but its kind: everyone may be told."""
        return (
            establishment_id is None
            or self.establishment_ids is None
            or establishment_id in self.establishment_ids
        )


class NotAPass(ValueError):
    """The token was not made here, was changed, or is too old."""


def issue(actor: Actor, *, origin: str, view: View | None = None, key: str | None = None) -> str:
    """A token for the actor. Raises NotPermitted. `key` is the SECRET_KEY of the settings."""
    if not actor.system and not actor.reaches_with(PERMISSION):
        raise NotPermitted(PERMISSION)
    reached = {reach.establishment_id for reach in actor.reaches_with(PERMISSION)}
    ids = None if actor.system or None in reached else sorted(i for i in reached if i is not None)
    claims: dict[str, Any] = {"u": actor.user_id, "e": ids, "o": origin}
    if view is not None:
        claims["v"] = view.claims()
    return signing.dumps(claims, key=key, salt=_SALT)


def read_pass(token: str, *, key: str, max_age: int = VALID_SECONDS) -> Pass:
    """Raises NotAPass."""
    try:
        found = signing.loads(token, key=key, salt=_SALT, max_age=max_age, fallback_keys=[])
        ids = found["e"]
        view = view_from(found["v"]) if "v" in found else None
        establishments = None if ids is None else frozenset(ids)
        return Pass(int(found["u"]), establishments, str(found["o"]), view)
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise NotAPass(str(error)) from error


def stream_url(
    actor: Actor,
    *,
    page_origin: str = "",
    topics: Sequence[str] = (),
    after: int | None = None,
    view: View | None = None,
    again: bool = False,
) -> str:
    """The address for a page's EventSource, with its token. Raises NotPermitted.

    `page_origin` is the page's own (``request.build_absolute_uri("/")`` will do): only from there
    may the stream be read, and on that host it is looked for, at `PIMS_EVENTS_PORT`, unless
    `PIMS_EVENTS_URL` names another place. `topics` are rooms (``custody``) or whole kinds of
    events; none means all. `after` is the feed position that the page shows, by default the
    present one: what happens while the page loads is told too. With a `view` the stream brings
    its figures as well, at once where the page was there before (`again`).
    """
    from pims.foundation.outbox.feed import feed_position

    origin = _origin(page_origin)
    query = {
        "topics": ",".join(topics),
        "after": str(feed_position() if after is None else after),
        "token": issue(actor, origin=origin, view=view),
    }
    if again:
        query["again"] = "1"
    return f"{_base(origin)}/events?{urlencode(query)}"


def stream_origin(page_origin: str) -> str:
    """The origin of the stream, as a page's content policy names it."""
    parts = urlsplit(_base(_origin(page_origin)))
    return f"{parts.scheme}://{parts.netloc}"


def _origin(page: str) -> str:
    if not page:
        page = os.environ.get("PIMS_ORIGINS", "").split(",")[0]
    if not page:
        page = f"http://127.0.0.1:{_page_port()}"
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}"


def _base(origin: str) -> str:
    if named := os.environ.get("PIMS_EVENTS_URL"):
        return named.rstrip("/")
    parts = urlsplit(origin)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = os.environ.get("PIMS_EVENTS_PORT") or str(_page_port() + 1)
    return f"{parts.scheme}://{host}:{port}"


def _page_port() -> int:
    return int(os.environ.get("PIMS_PORT") or os.environ.get("PORT") or 8000)
