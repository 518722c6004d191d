"""The decisions of access and sign-in, as pure functions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pims.kernel.decisions import Decision, Reason, refuse_if_any

PIN_DIGITS = range(6, 13)
PASSWORD_CHARACTERS = range(12, 257)
# So many characters of a password must come from elsewhere than its owner's name and badge.
_OWN_PART = 8
MANAGE = "access.manage"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within a time lock for a time."""

    failures: int
    within: timedelta
    lock: timedelta


USER_LIMIT = Limit(failures=5, within=timedelta(hours=24), lock=timedelta(minutes=15))
# A shared PC serves a whole shift, so an address only waits, and not for long.
ADDRESS_LIMIT = Limit(failures=20, within=timedelta(minutes=10), lock=timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Failures:
    """How sign-in has failed lately for one user, badge or address."""

    count: int = 0
    first_at: datetime | None = None
    locked_until: datetime | None = None


def is_locked(failures: Failures, *, as_of: datetime) -> bool:
    return failures.locked_until is not None and as_of < failures.locked_until


def count_attempt(failures: Failures, limit: Limit, *, as_of: datetime) -> Failures:
    """The state with one more attempt counted as if it had failed.

    Counting before the secret is looked at leaves no room for guesses made side by side; a
    success takes its own count back. Counting starts again after a lock has passed.
    """
    stale = failures.first_at is None or as_of - failures.first_at >= limit.within
    if stale or failures.locked_until is not None:
        failures = Failures()
    count = failures.count + 1
    return Failures(
        count=count,
        first_at=failures.first_at or as_of,
        locked_until=as_of + limit.lock if count >= limit.failures else None,
    )


def attempts_left(failures: Failures, limit: Limit) -> int:
    return max(0, limit.failures - failures.count)


def may_be_pin(text: str) -> bool:
    """Whether what somebody typed is a PIN: digits as on the keys, and nothing else.

    Anything else is meant as a password, wherever it was typed.
    """
    return text.isascii() and text.isdigit()


def pin_faults(pin: str, *, badge: str) -> list[Reason]:
    """What is wrong with a PIN that somebody chose; none for a good one."""
    if not may_be_pin(pin) or len(pin) not in PIN_DIGITS:
        return [Reason("access.pin_digits", {"least": PIN_DIGITS.start, "most": PIN_DIGITS[-1]})]
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {9}) or pin in badge:
        return [Reason("access.pin_guessable")]
    return []


def password_faults(password: str, *, badge: str, name: str) -> list[Reason]:
    """What is wrong with a password that somebody chose; none for a good one."""
    if len(password) not in PASSWORD_CHARACTERS:
        return [Reason("access.password_length", {"least": PASSWORD_CHARACTERS.start})]
    folded = rest = password.casefold()
    for own in sorted({badge.casefold(), *name.casefold().split()}, key=len, reverse=True):
        rest = rest.replace(own, "") if len(own) > 3 else rest
    if len(set(folded)) < 5 or len(rest) < _OWN_PART:
        return [Reason("access.password_guessable")]
    return []


def second_factor_needed(
    *, has_factor: bool, always_strong: bool, inside: bool, by_password: bool
) -> bool:
    """Whether this sign-in asks for a second factor.

    Always for an administrator and from outside; else for whoever has one, where they use the
    password. Card and PIN on a PC inside stand alone.
    """
    return always_strong or not inside or (by_password and has_factor)


def pin_suffices(*, always_strong: bool, inside: bool) -> bool:
    return inside and not always_strong


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What a request to grant a role rests on."""

    actor_id: int
    user_id: int
    user_active: bool
    user_is_staff: bool
    establishment_given: bool
    unit_ids: frozenset[int] | None
    units_of_establishment: frozenset[int]
    labels: frozenset[str]
    known_labels: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None


def decide_grant(facts: GrantFacts, *, as_of: datetime) -> Decision:
    """Whether the role may be granted so."""
    reasons = []
    if facts.actor_id == facts.user_id:
        reasons.append(Reason("access.grant_to_self", decided_by=MANAGE))
    if not facts.user_active or not facts.user_is_staff:
        reasons.append(Reason("access.user_inactive", decided_by=MANAGE))
    if facts.unit_ids is not None:
        if not facts.establishment_given:
            reasons.append(Reason("access.units_need_establishment"))
        elif not facts.unit_ids or facts.unit_ids - facts.units_of_establishment:
            reasons.append(Reason("access.units_elsewhere"))
    if not facts.labels or facts.labels - facts.known_labels:
        reasons.append(Reason("access.unknown_label"))
    if facts.ends_at is not None and facts.ends_at <= max(facts.starts_at, as_of):
        reasons.append(Reason("access.grant_ends_before_it_starts"))
    return refuse_if_any(reasons)


def decide_end_of_administration(
    *, user_id: int, other_administrators: Collection[int], ends_administration: bool
) -> Decision:
    """Somebody must always be able to manage access."""
    if ends_administration and not set(other_administrators) - {user_id}:
        return refuse_if_any([Reason("access.last_administrator")])
    return refuse_if_any([])
