"""Roles granted and grants ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps

from pims.foundation.access import rules
from pims.foundation.access.actor import LABELS
from pims.foundation.access.events import GrantEnded, RoleGranted
from pims.foundation.access.models import Grant, User
from pims.foundation.access.roles import definitions
from pims.foundation.access.selectors import administrators
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound

RESOLUTION = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RoleGiven:
    grant_id: int


@service
def grant_role(
    tx: Transaction,
    *,
    user_id: int,
    role: str,
    establishment_id: int | None = None,
    unit_ids: tuple[int, ...] | None = None,
    labels: tuple[str, ...] | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> RoleGiven:
    """Grant a role: everywhere or at one establishment, in all or some of its units.

    `labels` of None are those that the role offers. Nobody grants to themself. Raises
    NotPermitted, NotFound, InvalidInput (``role``, ``establishment_id``), Refused.
    """
    tx.require(rules.MANAGE)
    known = definitions().get(role)
    if known is None:
        raise InvalidInput({"role": Reason("access.unknown_role", {"role": role})})
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise NotFound("user", user_id)
    if establishment_id is not None and not _exists("Establishment", establishment_id):
        raise InvalidInput({"establishment_id": Reason("access.unknown_establishment")})
    starts_at = starts_at or tx.now
    labels = known.labels if labels is None else labels
    rules.decide_grant(
        rules.GrantFacts(
            actor_id=tx.actor.user_id,
            user_id=user_id,
            user_active=user.is_active,
            user_is_staff=user.kind == User.Kind.STAFF,
            establishment_given=establishment_id is not None,
            unit_ids=None if unit_ids is None else frozenset(unit_ids),
            units_of_establishment=_units(establishment_id) if unit_ids else frozenset(),
            labels=frozenset(labels),
            known_labels=frozenset(LABELS),
            starts_at=starts_at,
            ends_at=ends_at,
        ),
        as_of=tx.now,
    ).require()
    grant = Grant.objects.create(
        user=user,
        role_id=role,
        establishment_id=establishment_id,
        unit_ids=None if unit_ids is None else sorted(set(unit_ids)),
        labels=[label for label in LABELS if label in labels],
        starts_at=starts_at,
        ends_at=ends_at,
        granted_by_id=tx.actor.user_id,
    )
    tx.record(
        RoleGranted(
            user_id=user_id, grant_id=grant.pk, role=role, establishment_id=establishment_id
        )
    )
    return RoleGiven(grant.pk)


@service
def end_grant(tx: Transaction, *, grant_id: int, user_id: int | None = None) -> None:
    """End a grant now; one that has not begun never begins. Ending twice changes nothing.

    `user_id` is whose it is, where the caller knows. Refused where it would leave nobody to manage
    access. Raises NotPermitted, NotFound (no such grant, or another user's).
    """
    tx.require(rules.MANAGE)
    grant = Grant.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    if grant is None or user_id not in (None, grant.user_id):
        raise NotFound("grant", grant_id)
    if grant.ends_at is not None and grant.ends_at <= tx.now:
        return
    managing = administrators()
    list(User.objects.filter(pk__in=managing).order_by("pk").select_for_update())
    still = Grant.objects.exclude(pk=grant_id).filter(
        user_id__in=managing,
        user__is_active=True,
        role__permissions__permission=rules.MANAGE,
        establishment__isnull=True,
        starts_at__lte=tx.now,
        ends_at__isnull=True,
    )
    remaining = set(still.values_list("user_id", flat=True))
    rules.decide_end_of_administration(
        user_id=0,
        other_administrators=remaining,
        ends_administration=grant.user_id in managing and grant.user_id not in remaining,
    ).require()
    if grant.starts_at >= tx.now:
        # A period may not be empty: what never began ends a moment after it would have.
        grant.starts_at = tx.now - RESOLUTION
    grant.ends_at = tx.now
    grant.save(update_fields=["starts_at", "ends_at"])
    tx.record(
        GrantEnded(
            user_id=grant.user_id,
            grant_id=grant.pk,
            role=grant.role_id,
            establishment_id=grant.establishment_id,
        )
    )


def _exists(model: str, pk: int) -> bool:
    found: bool = apps.get_model("facilities", model)._base_manager.filter(pk=pk).exists()
    return found


def _units(establishment_id: int | None) -> frozenset[int]:
    if establishment_id is None:
        return frozenset()
    units = apps.get_model("facilities", "Unit")._base_manager
    return frozenset(units.filter(establishment_id=establishment_id).values_list("pk", flat=True))
