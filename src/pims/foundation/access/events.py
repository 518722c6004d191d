"""What happens to users and their access, in ids; a PIN or password is never in one."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class UserEvent(Event):
    """Base of the events about one user."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class UserAdded(UserEvent):
    kind: ClassVar[str] = "access.user_added"


@dataclass(frozen=True, kw_only=True)
class UserAmended(UserEvent):
    kind: ClassVar[str] = "access.user_amended"


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(UserEvent):
    kind: ClassVar[str] = "access.user_deactivated"


@dataclass(frozen=True, kw_only=True)
class UserReactivated(UserEvent):
    kind: ClassVar[str] = "access.user_reactivated"


@dataclass(frozen=True, kw_only=True)
class UserUnlocked(UserEvent):
    kind: ClassVar[str] = "access.user_unlocked"


@dataclass(frozen=True, kw_only=True)
class SecretSet(UserEvent):
    """`what` is ``pin``, ``password`` or ``card``."""

    kind: ClassVar[str] = "access.secret_set"
    what: str


@dataclass(frozen=True, kw_only=True)
class FactorAdded(UserEvent):
    """`factor` is ``totp``, ``webauthn`` or ``recovery_codes``."""

    kind: ClassVar[str] = "access.factor_added"
    factor: str


@dataclass(frozen=True, kw_only=True)
class FactorRemoved(UserEvent):
    kind: ClassVar[str] = "access.factor_removed"
    factor: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(UserEvent):
    kind: ClassVar[str] = "access.role_granted"
    grant_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class GrantEnded(UserEvent):
    kind: ClassVar[str] = "access.grant_ended"
    grant_id: int
    role: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(UserEvent):
    """`how` is ``pin`` or ``password``; `factor` the second one, or empty."""

    kind: ClassVar[str] = "access.signed_in"
    how: str
    factor: str
    switched_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignedOut(UserEvent):
    """`why` is ``asked``, ``switched``, ``idle``, ``too_long``,
    ``left_the_network`` or ``locked``."""

    kind: ClassVar[str] = "access.signed_out"
    why: str


@dataclass(frozen=True, kw_only=True)
class Confirmed(UserEvent):
    """The secret was entered again before a dangerous step."""

    kind: ClassVar[str] = "access.confirmed"
    how: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """`user_id` is None for a badge that nobody has; `step` is what was wrong or refused."""

    kind: ClassVar[str] = "access.sign_in_failed"
    user_id: int | None
    step: str


@dataclass(frozen=True, kw_only=True)
class LockedOut(Event):
    """`what` is ``user``, ``badge`` (of nobody) or ``address``."""

    kind: ClassVar[str] = "access.locked_out"
    user_id: int | None
    what: str
    until: str
