"""Second factors: added, used once, removed."""

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn

from pims.foundation.access import mfa
from pims.foundation.access.events import FactorAdded, FactorRemoved
from pims.foundation.access.models import User
from pims.foundation.access.rules import MANAGE
from pims.foundation.access.secrets import Secret
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted

NAME_LENGTH = 60


@service
def add_totp(tx: Transaction, *, user_id: int, secret: Secret, code: Secret) -> None:
    """Bind an authenticator app, proved by one of its codes; makes recovery codes at the first.

    For oneself, or by the system. Raises NotPermitted, InvalidInput (``code``).
    """
    user = _own(tx, user_id)
    counter = mfa.totp_counter(secret.reveal(), code.reveal(), at=tx.now)
    if counter is None:
        raise InvalidInput({"code": Reason("access.code_wrong")})
    if Authenticator.objects.filter(user_id=user_id, type=mfa.TOTP).exists():
        raise InvalidInput({"code": Reason("access.totp_there_already")})
    made = totp.TOTP.activate(user, secret.reveal()).instance
    made.data["last_counter"] = counter
    made.save(update_fields=["data"])
    tx.record(FactorAdded(user_id=user_id, factor="totp"))
    _see_to_recovery_codes(tx, user)


@service
def add_passkey(tx: Transaction, *, user_id: int, name: str, credential: dict[str, object]) -> None:
    """Bind a passkey whose registration was verified against the session's challenge."""
    user = _own(tx, user_id)
    name = " ".join(name.split())[:NAME_LENGTH] or f"Passkey {tx.now:%Y-%m-%d}"
    WebAuthn.add(user, name, credential)
    tx.record(FactorAdded(user_id=user_id, factor="webauthn"))
    _see_to_recovery_codes(tx, user)


@service
def use_totp(tx: Transaction, *, user_id: int, code: Secret) -> bool:
    """Whether the code is right and was not used before: one code opens one door."""
    held = (
        Authenticator.objects.select_for_update(of=("self",))
        .filter(user_id=user_id, type=mfa.TOTP)
        .first()
    )
    if held is None:
        return False
    counter = mfa.totp_counter(decrypt(held.data["secret"]), code.reveal(), at=tx.now)
    if counter is None or counter <= held.data.get("last_counter", -1):
        return False
    held.data["last_counter"] = counter
    held.last_used_at = tx.now
    held.save(update_fields=["data", "last_used_at"])
    return True


@service
def use_recovery_code(tx: Transaction, *, user_id: int, code: Secret) -> bool:
    """Whether the code is one of the user's that was not used before; it is used by this."""
    held = Authenticator.objects.filter(user_id=user_id, type=mfa.RECOVERY).first()
    good = bool(held and held.wrap().validate_code(code.reveal().replace(" ", "")))
    if good and held is not None:
        Authenticator.objects.filter(pk=held.pk).update(last_used_at=tx.now)
    return good


@service
def renew_recovery_codes(tx: Transaction, *, user_id: int) -> None:
    """Fresh recovery codes; the old ones stop working. Raises NotPermitted, NotFound."""
    user = _own(tx, user_id)
    if not mfa.has_second_factor(user_id):
        raise NotFound("factor")
    Authenticator.objects.filter(user_id=user_id, type=mfa.RECOVERY).delete()
    _see_to_recovery_codes(tx, user)


@service
def remove_factor(tx: Transaction, *, user_id: int, authenticator_id: int) -> None:
    """Unbind a factor, one's own or as administrator of somebody who lost it.

    Raises NotPermitted, NotFound.
    """
    if tx.actor.user_id != user_id:
        tx.require(MANAGE)
    held = Authenticator.objects.filter(pk=authenticator_id, user_id=user_id).first()
    if held is None:
        raise NotFound("factor", authenticator_id)
    kind = str(held.type)
    held.delete()
    user = User.objects.get(pk=user_id)
    delete_dangling_recovery_codes(user)
    tx.record(FactorRemoved(user_id=user_id, factor=kind))


def _own(tx: Transaction, user_id: int) -> User:
    """The user, locked. Nobody binds a factor to another: it would open that account to them."""
    if tx.actor.user_id != user_id and not tx.actor.system:
        raise NotPermitted(MANAGE)
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("user", user_id)
    return user


def _see_to_recovery_codes(tx: Transaction, user: User) -> None:
    if not Authenticator.objects.filter(user_id=user.pk, type=mfa.RECOVERY).exists():
        RecoveryCodes.activate(user)
        tx.record(FactorAdded(user_id=user.pk, factor="recovery_codes"))
