"""How long a session lasts, kept by the server; and who it belongs to.

A session ends after standing idle, after a whole shift, when its user is deactivated or gets a
new secret, and when it turns up outside the prison's network without a second factor.
"""

from collections.abc import MutableMapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.selectors import actor_for
from pims.kernel import clock

BACKEND = "pims.foundation.access.backends.BadgeBackend"
SIGNED_IN, SEEN, STRONG, CONFIRMED, HOW = (
    "pims_signed_in", "pims_seen", "pims_strong", "pims_confirmed", "pims_how"
)  # fmt: skip
# The language of this session, where it is another than its user's own.
LANGUAGE = "pims_language"
CONFIRMATION_SECONDS = 5 * 60
# Seen is written this often at most, so that reading pages does not write a row each time.
_SEEN_STEP = 30

Session = MutableMapping[str, Any]


def idle_seconds() -> int:
    return int(getattr(settings, "PIMS_IDLE_SECONDS", 15 * 60))


def longest_seconds() -> int:
    return int(getattr(settings, "PIMS_SESSION_SECONDS", 12 * 60 * 60))


def open_session(request: HttpRequest, user: User, *, how: str, strong: bool) -> None:
    """Begin a session of the user that holds nothing of any earlier one, under a new key.

    But the language that was chosen before signing in: it is this session's.
    """
    anonymous = request.session.get(SIGNED_IN) is None
    chosen = request.session.get(LANGUAGE) if anonymous else None
    request.session.flush()
    login(request, user, backend=BACKEND)
    now = _now()
    request.session.update({SIGNED_IN: now, SEEN: now, STRONG: strong, CONFIRMED: now, HOW: how})
    if chosen is not None:
        request.session[LANGUAGE] = chosen
    request.session.set_expiry(longest_seconds())


def ended_because(session: Session, *, inside: bool) -> str:
    """``idle``, ``too_long`` or ``left_the_network``; "" for a session that goes on."""
    now = _now()
    seen, begun = session.get(SEEN), session.get(SIGNED_IN)
    if seen is None or begun is None or now - begun >= longest_seconds():
        return "too_long"
    # A clock that was put back further than that says no more how long nobody was there.
    if abs(now - seen) >= idle_seconds():
        return "idle"
    return "" if inside or session.get(STRONG) else "left_the_network"


def touch(session: Session) -> None:
    """The user did something: idle time starts again.

    A clock that was put back must not make the session last longer: what it then holds of the
    future becomes the present.
    """
    now = _now()
    if abs(now - session.get(SEEN, 0)) >= _SEEN_STEP:
        session[SEEN] = now
    if session.get(SIGNED_IN, 0) > now:
        session[SIGNED_IN] = now


def idle_left(session: Session) -> int:
    """Whole seconds until the session ends by itself."""
    now = _now()
    idle = session.get(SEEN, 0) + idle_seconds() - now
    return max(0, int(min(idle, session.get(SIGNED_IN, 0) + longest_seconds() - now)))


def confirm(session: Session) -> None:
    session[CONFIRMED] = _now()


def recently_confirmed(session: Session) -> bool:
    """Whether the secret was entered again lately; one from the future, by a clock that was put
    back since, counts no longer than its time.
    """
    confirmed: float = session.get(CONFIRMED, 0.0)
    return abs(_now() - confirmed) < CONFIRMATION_SECONDS


def actor_of(user: User, session: Session) -> Actor:
    actor = actor_for(user, strong=bool(session.get(STRONG)), confirmed_at=session.get(CONFIRMED))
    return replace(actor, language=session.get(LANGUAGE, actor.language))


def address_of(request: HttpRequest) -> str:
    """The address that asks: of the peer, or as told by a proxy that the settings name."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted = set(getattr(settings, "PIMS_TRUSTED_PROXIES", ()))
    if peer not in trusted:
        return peer
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for address in (part.strip() for part in reversed(told)):
        if address and address not in trusted:
            return address
    return peer


def asks_from_inside(request: HttpRequest) -> bool:
    """Whether the request comes from the prison's own network.

    Forwarded by a proxy that the settings do not name counts as outside.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded and peer not in getattr(settings, "PIMS_TRUSTED_PROXIES", ()):
        return False
    return is_inside(address_of(request))


def is_inside(address: str) -> bool:
    """Whether an address lies in one of `PIMS_LOCAL_NETWORKS`. A malformed one does not."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in ip_network(net) for net in settings.PIMS_LOCAL_NETWORKS)


def _now() -> float:
    return clock.now().timestamp()
