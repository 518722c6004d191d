"""The steps of signing in, each counted before it is tried and recorded after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from pims.foundation.access import mfa, rules
from pims.foundation.access.backends import find_user, secret_matches
from pims.foundation.access.models import User
from pims.foundation.access.secrets import Secret, badge_digest
from pims.foundation.access.selectors import actor_for, always_strong, system_actor
from pims.foundation.access.services import (
    open_attempt,
    record_confirmation,
    record_failure,
    use_recovery_code,
    use_totp,
)
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.decisions import Reason

PIN, PASSWORD = "pin", "password"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step: the user, or why not in a reason to show.

    `locked` tells that nothing was looked at; `second_factor` that this step alone is not enough.
    """

    user: User | None = None
    problem: Reason | None = None
    locked: bool = False
    second_factor: bool = False


def try_secret(*, badge: str, secret: Secret, how: str, address: str, inside: bool) -> Outcome:
    """Badge or card with PIN or password.

    `how` is ``pin`` or ``password``; `inside` whether the request comes from the prison's own
    network. A success is not yet recorded as a sign-in: a second factor may have to follow.
    """
    if how == PIN and not inside:
        return Outcome(problem=Reason("access.pin_only_inside"))
    user = find_user(badge)
    tried = _try(user, badge, address, step="secret", check=lambda: _check(user, secret, how))
    if user is None or tried.problem is not None:
        return tried
    strong = always_strong(user.pk)
    if how == PIN and not rules.pin_suffices(always_strong=strong, inside=inside):
        return Outcome(problem=Reason("access.password_needed"))
    return Outcome(
        user=user,
        second_factor=rules.second_factor_needed(
            has_factor=mfa.has_second_factor(user.pk),
            always_strong=strong,
            inside=inside,
            by_password=how == PASSWORD,
        ),
    )


def try_code(*, user: User, code: Secret, address: str) -> Outcome:
    """A code of the authenticator app, or a recovery code where it has that form."""
    digits = "".join(code.reveal().split())
    recovery = len(digits) != mfa.CODE_DIGITS
    use, step = (use_recovery_code, "recovery_code") if recovery else (use_totp, "totp")
    command = Command(actor=actor_for(user))
    return _try(
        user,
        user.badge,
        address,
        step=step,
        check=lambda: use(command, user_id=user.pk, code=Secret(digits)),
    )


def try_passkey(*, user: User, address: str, check: Callable[[], bool]) -> Outcome:
    """A passkey's answer; `check` verifies it against the challenge of this session."""
    return _try(user, user.badge, address, step="passkey", check=check)


def try_confirmation(*, user: User, secret: Secret, address: str, inside: bool) -> Outcome:
    """The signed-in user's PIN (inside) or password again, before a dangerous step."""
    digits = rules.may_be_pin(secret.reveal()) and bool(user.pin)
    how = PIN if digits and inside and not always_strong(user.pk) else PASSWORD
    tried = _try(
        user, user.badge, address, step="confirmation", check=lambda: _check(user, secret, how)
    )
    if tried.problem is None:
        record_confirmation(Command(actor=actor_for(user)), how=how, address=address)
    return tried


def _check(user: User | None, secret: Secret, how: str) -> bool:
    if how == PIN:
        return secret_matches(user, pin=secret)
    return secret_matches(user, password=secret)


def _try(
    user: User | None, badge: str, address: str, *, step: str, check: Callable[[], bool]
) -> Outcome:
    system = system_actor()
    user_id, digest = user.pk if user else None, badge_digest(badge)
    opened = open_attempt(
        Command(actor=system), user_id=user_id, badge_digest=digest, address=address
    )
    if not opened.locked and check():
        return Outcome(user=user)
    record_failure(
        Command(actor=system),
        user_id=user_id,
        badge_digest=digest,
        address=address,
        step="locked" if opened.locked else step,
    )
    if opened.locked == "address":
        return Outcome(problem=_waiting("access.address_waits", opened.until), locked=True)
    if opened.locked or opened.left == 0:
        until = opened.until or clock.now() + rules.USER_LIMIT.lock
        return Outcome(problem=_waiting("access.badge_locked", until), locked=True)
    code = "access.sign_in_failed" if step == "secret" else f"access.{step}_wrong"
    return Outcome(problem=Reason(code, {"left": opened.left}))


def _waiting(code: str, until: datetime | None) -> Reason:
    seconds = (until - clock.now()).total_seconds() if until else 60.0
    return Reason(code, {"minutes": max(1, ceil(seconds / 60))}, decided_by=rules.MANAGE)
