"""Users, roles as data, grants, and where each person falls for scope."""

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from pims.foundation.history import recorded, recorded_without


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(badge=username)


@recorded_without("pin", "password", "card_digest", "session_epoch")
class User(AbstractBaseUser):
    """A member of staff, or a part of the system that acts in its own name.

    `badge` is the number on the card; `card_digest` a keyed hash of the card's own serial. The
    password is for remote and administrative sign-in, the PIN for a shared PC inside the prison;
    both argon2. A new `session_epoch` ends every session of the user.
    """

    class Kind(models.TextChoices):
        STAFF = "staff"
        SYSTEM = "system"

    badge = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.STAFF)
    pin = models.CharField(max_length=256, blank=True)
    card_digest = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    last_login = None  # when and from where is in the ledger

    USERNAME_FIELD = "badge"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        db_table = "access_user"
        constraints = [
            models.UniqueConstraint(
                fields=["card_digest"], condition=~Q(card_digest=""), name="one_user_a_card"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.badge})"

    def get_session_auth_hash(self) -> str:
        """What a session must match: a new PIN, password or epoch ends it at once."""
        return salted_hmac(
            "pims.access.session",
            f"{self.password}|{self.pin}|{self.session_epoch}|{self.is_active}",
            algorithm="sha256",
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return iter(())


class SignInState(models.Model):
    """How often sign-in has lately failed, for one user, unknown badge or address.

    `key` is ``user:<id>``, ``badge:<keyed hash>`` or ``address:<address>``. One row a key, so
    that guesses made at the same moment wait for each other and are all counted.
    """

    key = models.CharField(max_length=90, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    first_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_sign_in_state"


class Role(models.Model):
    """A role; its permissions are rows. Loaded from `roles.toml` at migration."""

    code = models.CharField(max_length=40, primary_key=True)
    name_en = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80)
    always_strong = models.BooleanField(default=False)

    class Meta:
        db_table = "access_role"


class RolePermission(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions")
    permission = models.CharField(max_length=60)

    class Meta:
        db_table = "access_role_permission"
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="role_permission_once")
        ]


@recorded
class Grant(models.Model):
    """A role given to a user: where, for whom, from when until when, by whom."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit_ids = ArrayField(models.BigIntegerField(), null=True)
    labels = ArrayField(models.CharField(max_length=20))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="grants_given"
    )

    class Meta:
        db_table = "access_grant"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="grant_ends_after_start",
            )
        ]


class PersonScope(models.Model):
    """Where a person falls for scope: the only thing that scope and row security look at.

    Kept by the write services of the rooms above in the transaction that changes it. After
    release the last establishment stays and `unit_id` is null. `labels` never holds "ordinary".
    """

    person = models.OneToOneField(
        "people.Person", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    establishment = models.ForeignKey(
        "facilities.Establishment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        "facilities.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    labels = ArrayField(models.CharField(max_length=20), default=list)
    sealed = models.BooleanField(default=False)

    class Meta:
        db_table = "person_scope"
        indexes = [
            models.Index(fields=["establishment", "unit"]),
            GinIndex(fields=["labels"], name="person_scope_labels"),
        ]
