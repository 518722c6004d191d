"""Sealing a record that has open alarms: each goes to somebody who may see sealed records.

Nobody else would know of them any more, and what nobody knows of nobody mends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pims.assurance import events
from pims.assurance.kinds import alarm_kinds
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import Watch, owner_of, sealed_among, watches
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import lock_same_human, same_human
from pims.foundation.vault.sealing import seal_person
from pims.kernel.decisions import Reason, refuse


@dataclass(frozen=True, slots=True)
class HandedOver:
    alarm_id: int
    kind: str
    owner_role: str


@dataclass(frozen=True, slots=True)
class SealedWithAlarms:
    """`handed` are the open alarms about the record, each with whose it is from now on."""

    sealing_id: int
    person_id: int
    handed: tuple[HandedOver, ...]


@service
def seal_with_alarms(
    tx: Transaction,
    *,
    person_id: int,
    reason: str,
    order_body: str = "",
    order_reference: str = "",
    order_dated: date | None = None,
) -> SealedWithAlarms:
    """Seal a record by order, and hand over its open alarms in the same transaction.

    Raises what `seal_person` raises, and Refused where an alarm is open that nobody there could
    see: somebody must be given the role first.
    """
    one_at_a_time()
    sealed = seal_person(
        tx,
        person_id=person_id,
        reason=reason,
        order_body=order_body,
        order_reference=order_reference,
        order_dated=order_dated,
    )
    about = _open_about(same_human(person_id))
    there = watches(alarm.establishment_id for alarm in about)
    if any(not watch.watchers for watch in there.values()):
        refuse(
            Reason(
                "assurance.nobody_sees_sealed", {"count": len(about)}, decided_by="access.manage"
            )
        ).require()
    _hand_over(tx, about, there)
    handed = tuple(HandedOver(alarm.pk, alarm.kind, alarm.owner_role) for alarm in about)
    return SealedWithAlarms(sealed.sealing_id, person_id, handed)


@service
def own_anew(tx: Transaction, *, person_id: int) -> None:
    """Give the open alarms about a person to whom they belong, sealed or open again."""
    tx.require("assurance.sweep")
    one_at_a_time()
    persons = lock_same_human(tx, [person_id])
    about = _open_about(persons)
    sealed = sealed_among(persons)
    _hand_over(tx, about, watches(a.establishment_id for a in about) if sealed else {})


def _open_about(person_ids: Iterable[int]) -> list[Alarm]:
    rows = Alarm.objects.select_for_update().filter(person_id__in=list(person_ids), ended_at=None)
    return list(rows.order_by("pk"))


def _hand_over(tx: Transaction, alarms: Iterable[Alarm], there: Mapping[int | None, Watch]) -> None:
    """`there` are the watches of their establishments; empty where the record is not sealed."""
    for alarm in alarms:
        owner = owner_of(alarm_kinds()[alarm.kind], alarm.step, there.get(alarm.establishment_id))
        if owner == alarm.owner_role:
            continue
        before, alarm.owner_role = alarm.owner_role, owner
        alarm.acknowledged_at = alarm.acknowledged_by_id = None
        alarm.save(update_fields=["owner_role", "acknowledged_at", "acknowledged_by_id"])
        tx.record(
            events.AlarmHandedOver(
                person_id=alarm.person_id,
                establishment_id=alarm.establishment_id,
                alarm_id=alarm.pk,
                alarm_kind=alarm.kind,
                owner_role=owner,
                was_role=before,
            )
        )
