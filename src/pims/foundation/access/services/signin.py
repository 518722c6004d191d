"""Sign-in as facts: attempts counted, successes and failures recorded, lock-outs told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session

from pims.foundation.access import rules
from pims.foundation.access.events import (
    Confirmed,
    LockedOut,
    SignedIn,
    SignedOut,
    SignInFailed,
)
from pims.foundation.access.models import SignInState
from pims.foundation.commands.transaction import Transaction, service


@dataclass(frozen=True, slots=True)
class AttemptOpened:
    """Whether the secret may be looked at; else until when nothing will be, and for what.

    `locked` is ``""``, ``user`` (or a badge that nobody has) or ``address``; `left` is how many
    more failures the badge has before it is locked, should this one fail.
    """

    locked: str
    until: datetime | None
    left: int


@service
def open_attempt(
    tx: Transaction, *, user_id: int | None, badge_digest: str, address: str
) -> AttemptOpened:
    """Count one attempt before its secret is looked at."""
    limits = {_badge_key(user_id, badge_digest): rules.USER_LIMIT}
    if address:
        limits[f"address:{address}"] = rules.ADDRESS_LIMIT
    rows = _states_locked(limits)
    left = rules.USER_LIMIT.failures
    for key, row in rows.items():
        if rules.is_locked(_failures(row), as_of=tx.now):
            what = "address" if key.startswith("address:") else "user"
            return AttemptOpened(what, row.locked_until, 0)
    for key, row in rows.items():
        counted = rules.count_attempt(_failures(row), limits[key], as_of=tx.now)
        _write(row, counted)
        if not key.startswith("address:"):
            left = rules.attempts_left(counted, limits[key])
    return AttemptOpened("", None, left)


@service
def record_failure(
    tx: Transaction, *, user_id: int | None, badge_digest: str, address: str, step: str
) -> None:
    """Record a failure that `open_attempt` has counted, and the lock-out if it was one too many.

    `step` is ``secret``, ``totp``, ``recovery_code``, ``passkey``, ``confirmation``, ``locked``
    or ``refused``.
    """
    tx.record(
        SignInFailed(user_id=user_id, step=step),
        details={"address": address} if address else None,
    )
    if step == "locked":
        return
    keys = [_badge_key(user_id, badge_digest), f"address:{address}"]
    for row in SignInState.objects.filter(key__in=keys):
        if rules.is_locked(_failures(row), as_of=tx.now) and row.locked_until is not None:
            known = "user" if user_id is not None else "badge"
            tx.record(
                LockedOut(
                    user_id=None if row.key.startswith("address:") else user_id,
                    what="address" if row.key.startswith("address:") else known,
                    until=row.locked_until.isoformat(),
                )
            )


@service
def record_sign_in(
    tx: Transaction,
    *,
    how: str,
    factor: str = "",
    address: str = "",
    switched_from: int | None = None,
) -> None:
    """The actor signed in: forget the failures, and record it."""
    user_id = tx.actor.user_id
    _succeed(tx, user_id, address, steps=2 if factor else 1)
    _tidy(tx)
    tx.record(
        SignedIn(user_id=user_id, how=how, factor=factor, switched_from=switched_from),
        details={"address": address} if address else None,
    )


@service
def record_confirmation(tx: Transaction, *, how: str, address: str = "") -> None:
    """The actor entered their secret again."""
    _succeed(tx, tx.actor.user_id, address, steps=1)
    tx.record(Confirmed(user_id=tx.actor.user_id, how=how))


@service
def record_sign_out(tx: Transaction, *, why: str) -> None:
    tx.record(SignedOut(user_id=tx.actor.user_id, why=why))


def _tidy(tx: Transaction) -> None:
    """Remove sessions that are over, and failures of strangers that no limit counts any more."""
    Session.objects.filter(expire_date__lt=tx.now).delete()
    SignInState.objects.exclude(key__startswith="user:").filter(
        first_failed_at__lt=tx.now - rules.USER_LIMIT.within
    ).delete()


def _badge_key(user_id: int | None, digest: str) -> str:
    return f"badge:{digest}" if user_id is None else f"user:{user_id}"


def _states_locked(keys: Iterable[str]) -> dict[str, SignInState]:
    wanted = sorted(keys)
    SignInState.objects.bulk_create([SignInState(key=key) for key in wanted], ignore_conflicts=True)
    rows = SignInState.objects.select_for_update().filter(key__in=wanted).order_by("key")
    return {row.key: row for row in rows}


def _failures(row: SignInState) -> rules.Failures:
    return rules.Failures(row.failures, row.first_failed_at, row.locked_until)


def _write(row: SignInState, state: rules.Failures) -> None:
    row.failures, row.first_failed_at = state.count, state.first_at
    row.locked_until = state.locked_until
    row.save(update_fields=["failures", "first_failed_at", "locked_until"])


def _succeed(tx: Transaction, user_id: int, address: str, *, steps: int) -> None:
    """Forget the user's failures; take from the address only what this success had counted."""
    keys = [f"user:{user_id}", *([f"address:{address}"] if address else [])]
    for key, row in _states_locked(keys).items():
        if key.startswith("user:"):
            row.last_success_at = tx.now
            row.failures, row.first_failed_at, row.locked_until = 0, None, None
        else:
            row.failures = max(0, row.failures - steps)
            if row.failures < rules.ADDRESS_LIMIT.failures:
                row.locked_until = None
        row.save()
