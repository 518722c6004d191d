"""Reading users, grants and roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q

from pims.foundation.access.actor import Actor, Reach
from pims.foundation.access.models import Grant, SignInState, User
from pims.foundation.access.roles import SYSTEM_BADGE, RoleDefinition, definitions
from pims.foundation.access.scope import require_held
from pims.kernel import clock
from pims.kernel.errors import NotFound

VIEW = "access.view"


def _active(at: datetime) -> Q:
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def actor_for(user: User, *, strong: bool = False, confirmed_at: float | None = None) -> Actor:
    """The user with every grant that holds now, in one query.

    A role that always needs a second factor reaches nothing unless `strong`.
    """
    grants = (
        Grant.objects.filter(_active(clock.now()), user_id=user.pk)
        .annotate(
            codes=ArrayAgg(
                "role__permissions__permission",
                filter=Q(role__permissions__isnull=False),
                default=[],
            )
        )
        .order_by("pk")
    )
    if not strong:
        grants = grants.filter(role__always_strong=False)
    return Actor(
        user_id=user.pk,
        name=user.name,
        badge=user.badge,
        reaches=tuple(
            Reach(
                role=grant.role_id,
                permissions=frozenset(grant.codes),
                establishment_id=grant.establishment_id,
                unit_ids=None if grant.unit_ids is None else frozenset(grant.unit_ids),
                labels=frozenset(grant.labels),
            )
            for grant in grants
        ),
        strong=strong,
        confirmed_at=confirmed_at,
        language=user.language,
    )


def system_actor() -> Actor:
    """The part of the system that acts in its own name: worker, sweeps, loading, command line.

    Raises NotFound before the first migration has made its user.
    """
    user = User.objects.filter(badge=SYSTEM_BADGE, kind=User.Kind.SYSTEM).first()
    if user is None:
        raise NotFound("user", SYSTEM_BADGE)
    return Actor(user_id=user.pk, name=user.name, badge=user.badge, strong=True, system=True)


@dataclass(frozen=True, slots=True)
class GrantInfo:
    """A grant as written; `holds` says whether it holds now."""

    grant_id: int
    role: str
    establishment_id: int | None
    unit_ids: tuple[int, ...] | None
    labels: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    granted_by: str
    holds: bool

    def role_name(self, language: str) -> str:
        return role_name(self.role, language)


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A user as administrators see one: never a secret, only whether there is one."""

    user_id: int
    badge: str
    name: str
    email: str
    language: str
    active: bool
    has_pin: bool
    has_password: bool
    has_card: bool
    factors: tuple[str, ...]
    locked_until: datetime | None
    last_success_at: datetime | None
    grants: tuple[GrantInfo, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(g.role for g in self.grants if g.holds))

    def role_names(self, language: str) -> str:
        return ", ".join(role_name(role, language) for role in self.roles)


def list_users(
    viewer: Actor, *, text: str = "", active: bool | None = None, limit: int = 200
) -> list[UserInfo]:
    """Staff whose name or badge holds `text`, by name. Raises NotPermitted."""
    require_held(viewer, VIEW)
    users = User.objects.filter(kind=User.Kind.STAFF)
    for word in text.replace("\0", "").split()[:8]:
        users = users.filter(Q(name__icontains=word) | Q(badge__icontains=word))
    if active is not None:
        users = users.filter(is_active=active)
    return _infos(users.order_by("name", "badge")[:limit])


def get_user(viewer: Actor, user_id: int) -> UserInfo:
    """One member of staff. Raises NotFound, and NotPermitted for anyone but themself."""
    if viewer.user_id != user_id:
        require_held(viewer, VIEW)
    found = _infos(User.objects.filter(pk=user_id, kind=User.Kind.STAFF))
    if not found:
        raise NotFound("user", user_id)
    return found[0]


def user_names(user_ids: Iterable[int]) -> dict[int, str]:
    """Names of those who did something, for lines such as "placed by"."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class StaffBrief:
    """An officer as others may name one: who it is and whether the account is in use."""

    user_id: int
    name: str
    badge: str
    active: bool


def staff_briefs(user_ids: Iterable[int]) -> dict[int, StaffBrief]:
    """Those of the ids that are members of staff. One query."""
    rows = User.objects.filter(pk__in=set(user_ids), kind=User.Kind.STAFF)
    return {row.pk: StaffBrief(row.pk, row.name, row.badge, row.is_active) for row in rows}


def find_user_id(badge: str) -> int:
    """The id of a badge. Raises NotFound."""
    found = User.objects.filter(badge=badge.strip()).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("user", badge)
    return found


def role_name(code: str, language: str) -> str:
    role = definitions().get(code)
    return role.name(language) if role else code


def roles_in_order() -> tuple[RoleDefinition, ...]:
    return tuple(definitions().values())


def deciders(permission: str, establishment_id: int | None) -> tuple[str, ...]:
    """The roles that hold the permission and that somebody holds there now, in the file's order.

    Where nobody does, all roles that would: the reader must at least learn whom to look for.
    """
    able = [role.code for role in definitions().values() if permission in role.permissions]
    grants = Grant.objects.filter(_active(clock.now()), role_id__in=able, user__is_active=True)
    if establishment_id is not None:
        grants = grants.filter(
            Q(establishment_id=establishment_id) | Q(establishment_id__isnull=True)
        )
    held = set(grants.values_list("role_id", flat=True).distinct())
    return tuple(code for code in able if code in held) or tuple(able)


def always_strong(user_id: int) -> bool:
    """Whether a role that the user holds now always needs a second factor."""
    return Grant.objects.filter(
        _active(clock.now()), user_id=user_id, role__always_strong=True
    ).exists()


def administrators() -> set[int]:
    """Active users who may manage access everywhere, now and without an end in sight."""
    return set(
        Grant.objects.filter(
            _active(clock.now()),
            ends_at__isnull=True,
            establishment__isnull=True,
            role__permissions__permission="access.manage",
            user__is_active=True,
        ).values_list("user_id", flat=True)
    )


def _infos(users: Iterable[User]) -> list[UserInfo]:
    """Three more queries whatever the number of users."""
    users = list(users)
    ids = [user.pk for user in users]
    now = clock.now()
    grants: dict[int, list[GrantInfo]] = {pk: [] for pk in ids}
    rows = Grant.objects.filter(user_id__in=ids).select_related("granted_by")
    for row in rows.order_by("-starts_at", "-pk"):
        grants[row.user_id].append(
            GrantInfo(
                grant_id=row.pk,
                role=row.role_id,
                establishment_id=row.establishment_id,
                unit_ids=None if row.unit_ids is None else tuple(row.unit_ids),
                labels=tuple(row.labels),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                granted_by=row.granted_by.name if row.granted_by else "",
                holds=row.starts_at <= now and (row.ends_at is None or now < row.ends_at),
            )
        )
    factors: dict[int, list[str]] = {pk: [] for pk in ids}
    for user_id, kind in Authenticator.objects.filter(user_id__in=ids).values_list(
        "user_id", "type"
    ):
        factors[user_id].append(str(kind))
    states = _states(ids)
    return [
        UserInfo(
            user_id=user.pk,
            badge=user.badge,
            name=user.name,
            email=user.email,
            language=user.language,
            active=user.is_active,
            has_pin=bool(user.pin),
            has_password=user.has_usable_password() and bool(user.password),
            has_card=bool(user.card_digest),
            factors=tuple(sorted(factors[user.pk])),
            locked_until=_lock_of(states.get(user.pk), now),
            last_success_at=states[user.pk].last_success_at if user.pk in states else None,
            grants=tuple(grants[user.pk]),
        )
        for user in users
    ]


def _states(user_ids: Iterable[int]) -> Mapping[int, SignInState]:
    keys = {f"user:{pk}": pk for pk in user_ids}
    return {keys[row.key]: row for row in SignInState.objects.filter(key__in=keys)}


def _lock_of(state: SignInState | None, now: datetime) -> datetime | None:
    until = state.locked_until if state else None
    return until if until is not None and until > now else None


def users_with_permission(permission: str, establishment_id: int | None) -> dict[int, str]:
    """Active staff who hold the permission there now, by id, in order of name: second officers."""
    grants = Grant.objects.filter(
        _active(clock.now()), user=OuterRef("pk"), role__permissions__permission=permission
    )
    if establishment_id is not None:
        grants = grants.filter(
            Q(establishment_id=establishment_id) | Q(establishment_id__isnull=True)
        )
    return dict(
        User.objects.filter(Exists(grants), is_active=True, kind=User.Kind.STAFF)
        .order_by("name")
        .values_list("pk", "name")
    )


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody in service holds now; `establishment_id` None is everywhere."""

    user_id: int
    name: str
    role: str
    establishment_id: int | None


def roles_held(permissions: Iterable[str]) -> tuple[HeldRole, ...]:
    """Who holds a role with any of the permissions now, by name. One query, for all places."""
    wanted = set(permissions)
    able = [role.code for role in definitions().values() if wanted & set(role.permissions)]
    grants = Grant.objects.filter(
        _active(clock.now()),
        role_id__in=able,
        user__is_active=True,
        user__kind=User.Kind.STAFF,
    )
    rows = grants.order_by("user__name", "user_id", "pk")
    return tuple(
        HeldRole(*row)
        for row in rows.values_list("user_id", "user__name", "role_id", "establishment_id")
    )
