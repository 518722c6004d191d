"""Users: added, amended, given secrets, deactivated."""

from dataclasses import dataclass

from django.db.models import F

from pims.foundation.access import rules
from pims.foundation.access.events import (
    SecretSet,
    UserAdded,
    UserAmended,
    UserDeactivated,
    UserReactivated,
    UserUnlocked,
)
from pims.foundation.access.models import SignInState, User
from pims.foundation.access.secrets import Secret, card_digest, hash_pin
from pims.foundation.access.selectors import administrators
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted

MANAGE = rules.MANAGE
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class UserAddedResult:
    user_id: int
    badge: str


@service
def add_user(
    tx: Transaction,
    *,
    badge: str,
    name: str,
    email: str = "",
    language: str = "en",
    pin: Secret | None = None,
    password: Secret | None = None,
    card: Secret | None = None,
) -> UserAddedResult:
    """Add a member of staff, who can do nothing yet. Raises NotPermitted, InvalidInput."""
    tx.require(MANAGE)
    badge, name = badge.strip(), " ".join(name.split())
    wrong: dict[str, Reason] = {}
    if not badge or len(badge) > 32 or not badge.isprintable() or " " in badge:
        wrong["badge"] = Reason("access.badge_form")
    elif User.objects.filter(badge__iexact=badge).exists():
        wrong["badge"] = Reason("access.badge_taken", {"badge": badge})
    _check_name(name, wrong)
    _check_language(language, wrong)
    user = User(badge=badge, name=name, email=email.strip(), language=language, created_at=tx.now)
    if pin is not None:
        _put_pin(user, pin, wrong)
    user.set_unusable_password()
    if password is not None:
        _put_password(user, password, wrong)
    if card is not None:
        _put_card(user, card, wrong)
    if wrong:
        raise InvalidInput(wrong)
    user.save(force_insert=True)
    tx.record(UserAdded(user_id=user.pk), details={"badge": badge, "name": name})
    return UserAddedResult(user.pk, badge)


@service
def add_office(tx: Transaction, *, badge: str, name: str) -> UserAddedResult:
    """The user in whose name another office's acts stand in the ledger; nobody signs in as it.

    Raises NotPermitted, InvalidInput.
    """
    tx.require(MANAGE)
    if User.objects.filter(badge__iexact=badge).exists():
        raise InvalidInput({"badge": Reason("access.badge_taken", {"badge": badge})})
    user = User(badge=badge, name=name, kind=User.Kind.SYSTEM, created_at=tx.now)
    user.set_unusable_password()
    user.save(force_insert=True)
    tx.record(UserAdded(user_id=user.pk), details={"badge": badge, "name": name})
    return UserAddedResult(user.pk, badge)


@service
def amend_user(tx: Transaction, *, user_id: int, name: str, email: str, language: str) -> None:
    """Correct a user's name, address and language. Raises NotPermitted, InvalidInput."""
    tx.require(MANAGE)
    user = _locked(user_id)
    wrong: dict[str, Reason] = {}
    user.name = " ".join(name.split())
    _check_name(user.name, wrong)
    _check_language(language, wrong)
    if wrong:
        raise InvalidInput(wrong)
    user.email, user.language = email.strip(), language
    user.save(update_fields=["name", "email", "language"])
    tx.record(UserAmended(user_id=user_id), details={"name": user.name})


@service
def set_language(tx: Transaction, *, user_id: int, language: str) -> None:
    """The language of a user's pages; for oneself or as administrator."""
    _own_or_managed(tx, user_id)
    wrong: dict[str, Reason] = {}
    _check_language(language, wrong)
    if wrong:
        raise InvalidInput(wrong)
    user = _locked(user_id)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        tx.record(UserAmended(user_id=user_id))


@service
def set_pin(tx: Transaction, *, user_id: int, pin: Secret) -> None:
    """A new PIN, which ends the user's sessions; for oneself or as administrator.

    Raises NotPermitted, InvalidInput (``pin``).
    """
    _own_or_managed(tx, user_id)
    user = _locked(user_id)
    wrong: dict[str, Reason] = {}
    _put_pin(user, pin, wrong)
    if wrong:
        raise InvalidInput(wrong)
    _save_secret(tx, user, "pin")


@service
def set_password(tx: Transaction, *, user_id: int, password: Secret) -> None:
    """A new password, which ends the user's sessions; for oneself or as administrator."""
    _own_or_managed(tx, user_id)
    user = _locked(user_id)
    wrong: dict[str, Reason] = {}
    _put_password(user, password, wrong)
    if wrong:
        raise InvalidInput(wrong)
    _save_secret(tx, user, "password")


@service
def set_card(tx: Transaction, *, user_id: int, serial: Secret) -> None:
    """Bind a card to a user, or none with an empty serial. Raises InvalidInput if it is bound."""
    tx.require(MANAGE)
    user = _locked(user_id)
    wrong: dict[str, Reason] = {}
    _put_card(user, serial, wrong)
    if wrong:
        raise InvalidInput(wrong)
    _save_secret(tx, user, "card")


@service
def deactivate_user(tx: Transaction, *, user_id: int) -> None:
    """End a user's access and sessions at once; what they did stays theirs.

    Refused for the last administrator. Raises NotPermitted, NotFound.
    """
    tx.require(MANAGE)
    _lock_in_order(administrators() | {user_id})
    user, managing = _locked(user_id), administrators()
    rules.decide_end_of_administration(
        user_id=user_id, other_administrators=managing, ends_administration=user_id in managing
    ).require()
    if not user.is_active:
        return
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    tx.record(UserDeactivated(user_id=user_id))


@service
def reactivate_user(tx: Transaction, *, user_id: int) -> None:
    """Let a user sign in again, with the grants that still hold. Raises NotPermitted, NotFound."""
    tx.require(MANAGE)
    user = _locked(user_id)
    if tx.actor.user_id == user_id:
        raise NotPermitted(MANAGE)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        tx.record(UserReactivated(user_id=user_id))


@service
def unlock_user(tx: Transaction, *, user_id: int) -> None:
    """End a lock-out before its time. Raises NotPermitted, NotFound."""
    tx.require(MANAGE)
    _locked(user_id)
    SignInState.objects.filter(key=f"user:{user_id}").update(
        failures=0, first_failed_at=None, locked_until=None
    )
    tx.record(UserUnlocked(user_id=user_id))


def _locked(user_id: int) -> User:
    user = (
        User.objects.select_for_update(of=("self",))
        .filter(pk=user_id, kind=User.Kind.STAFF)
        .first()
    )
    if user is None:
        raise NotFound("user", user_id)
    return user


def _lock_in_order(user_ids: set[int]) -> None:
    """Lock users by id, so that two administrators can neither remove each other nor deadlock."""
    list(
        User.objects.filter(pk__in=user_ids)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )


def _own_or_managed(tx: Transaction, user_id: int) -> None:
    if tx.actor.user_id != user_id:
        tx.require(MANAGE)


def _save_secret(tx: Transaction, user: User, what: str) -> None:
    user.session_epoch = F("session_epoch") + 1
    user.save()
    tx.record(SecretSet(user_id=user.pk, what=what))


def _check_name(name: str, wrong: dict[str, Reason]) -> None:
    if not name or len(name) > 200 or not name.isprintable():
        wrong["name"] = Reason("access.name_form")


def _check_language(language: str, wrong: dict[str, Reason]) -> None:
    if language not in LANGUAGES:
        wrong["language"] = Reason("access.unknown_language")


def _put_pin(user: User, pin: Secret, wrong: dict[str, Reason]) -> None:
    faults = rules.pin_faults(pin.reveal(), badge=user.badge)
    if faults:
        wrong["pin"] = faults[0]
    else:
        user.pin = hash_pin(pin.reveal())


def _put_password(user: User, password: Secret, wrong: dict[str, Reason]) -> None:
    faults = rules.password_faults(password.reveal(), badge=user.badge, name=user.name)
    if faults:
        wrong["password"] = faults[0]
    else:
        user.set_password(password.reveal())


def _put_card(user: User, serial: Secret, wrong: dict[str, Reason]) -> None:
    digest = card_digest(serial.reveal())
    if digest and User.objects.filter(card_digest=digest).exclude(pk=user.pk).exists():
        wrong["card"] = Reason("access.card_taken")
    user.card_digest = digest
