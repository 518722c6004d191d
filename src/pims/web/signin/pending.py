"""Between the first secret and the second factor: nobody is signed in, one person is expected."""

from dataclasses import dataclass
from typing import Any

from django.utils.crypto import constant_time_compare

from pims.foundation.access.backends import BadgeBackend
from pims.foundation.access.models import User
from pims.kernel import clock

KEY = "pims_pending"
SECONDS = 5 * 60


@dataclass(frozen=True, slots=True)
class Pending:
    """Who gave the first secret, how, and where they were going."""

    user: User
    how: str
    back: str
    switched_from: int | None


def expect(request: Any, user: User, *, how: str, back: str, switched_from: int | None) -> None:
    """Begin a session that holds nothing but this expectation."""
    request.session.flush()
    request.session[KEY] = {
        "user": user.pk,
        "mark": user.get_session_auth_hash(),
        "at": clock.now().timestamp(),
        "how": how,
        "back": back,
        "switched_from": switched_from,
    }


def expected(request: Any) -> Pending | None:
    """Who is expected, for five minutes; None after that, or where their secrets changed."""
    held = request.session.get(KEY)
    if not held or clock.now().timestamp() - held["at"] > SECONDS:
        return None
    user = BadgeBackend().get_user(held["user"])
    if user is None or not constant_time_compare(held["mark"], user.get_session_auth_hash()):
        return None
    return Pending(user, held["how"], held["back"], held["switched_from"])
