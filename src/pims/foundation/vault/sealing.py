"""Sealing: the record stays, and only holders of `people.view_sealed` know of it.

For juveniles after release (Beijing Rules 21.1, 21.2) and whoever a court's order names.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.events import PersonSealed, PersonUnsealed
from pims.foundation.vault.models import Sealing
from pims.foundation.vault.persons import lock_same_human
from pims.foundation.vault.rules import SEAL
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Sealed:
    sealing_id: int
    person_id: int


@service
def seal_person(
    tx: Transaction,
    *,
    person_id: int,
    reason: str,
    order_body: str = "",
    order_reference: str = "",
    order_dated: date | None = None,
) -> Sealed:
    """Hide the person from everyone without `people.view_sealed`, from this commit on.

    `reason` is what the order says; the rest is who gave it, under what reference, of what date.
    Every record merged with the person's is hidden with it.
    Raises NotPermitted, NotFound, InvalidInput, Refused (sealed already).
    """
    persons = lock_same_human(tx, [person_id])
    tx.require_person(SEAL, person_id)
    scope = _scope(person_id)
    reason = _reason(reason)
    no_later_than(tx, order_dated)
    if scope.sealed:
        refuse(Reason("vault.sealed_already")).require()
    row = Sealing.objects.create(
        person_id=person_id,
        reason=reason,
        order_body=" ".join(order_body.split())[:200],
        order_reference=order_reference.strip()[:120],
        order_dated=order_dated,
        sealed_at=tx.now,
        sealed_by_id=tx.actor.user_id,
    )
    PersonScope.objects.filter(person_id__in=persons).update(sealed=True)
    tx.record(
        PersonSealed(
            person_id=person_id, establishment_id=scope.establishment_id, sealing_id=row.pk
        ),
        details={
            "reason": reason,
            "order_body": row.order_body,
            "order_reference": row.order_reference,
            "order_dated": None if order_dated is None else order_dated.isoformat(),
        },
    )
    return Sealed(row.pk, person_id)


@service
def unseal_person(tx: Transaction, *, person_id: int, reason: str) -> Sealed:
    """Show the person again, to whom scope allows.

    Needs `people.view_sealed` beside the permission to seal: what one may not know of, one can't
    open. Raises NotPermitted, NotFound, InvalidInput, Refused (not sealed).
    """
    persons = lock_same_human(tx, [person_id])
    tx.require_person(SEAL, person_id)
    scope = _scope(person_id)
    reason = _reason(reason)
    row = Sealing.objects.filter(person_id__in=persons, unsealed_at=None).first()
    if not scope.sealed or row is None:
        refuse(Reason("vault.not_sealed")).require()
        raise AssertionError
    row.unsealed_at, row.unsealed_by_id, row.unseal_reason = tx.now, tx.actor.user_id, reason
    row.save(update_fields=["unsealed_at", "unsealed_by_id", "unseal_reason"])
    PersonScope.objects.filter(person_id__in=persons).update(sealed=False)
    tx.record(
        PersonUnsealed(
            person_id=person_id, establishment_id=scope.establishment_id, sealing_id=row.pk
        ),
        details={"reason": reason},
    )
    return Sealed(row.pk, person_id)


def no_later_than(tx: Transaction, dated: date | None) -> None:
    """Raise InvalidInput for an order of a day that nowhere on earth has begun."""
    if dated is not None and dated > (tx.now + timedelta(hours=14)).date():
        raise InvalidInput({"dated": Reason("vault.order_in_the_future")})


def _scope(person_id: int) -> PersonScope:
    found = PersonScope.objects.filter(person_id=person_id).first()
    if found is None:
        raise NotFound("person")
    return found


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > 300:
        raise InvalidInput({"reason": Reason("vault.reason_needed", {"most": 300})})
    return text
