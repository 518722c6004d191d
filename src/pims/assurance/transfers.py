"""The open alarms about somebody who was transferred go to the place that holds them now.

What stands for as long as the facts say so is looked at anew there by itself. What an event once
said would stay where nobody may see the record any longer.
"""

from pims.assurance import events
from pims.assurance.kinds import alarm_kinds
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import owner_of, sealed_among, watches
from pims.assurance.services import BY_FACT
from pims.custody.selectors.standing import standing
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import lock_same_human

# By fact, but about an order: the same alarm here and there.
OF_THE_PERSON = {"order_in_doubt", "freed_without_order"}


@service
def follow_person(tx: Transaction, *, person_id: int) -> None:
    """Give the open alarms about the person to where they are held now, to be seen anew there."""
    tx.require("assurance.sweep")
    one_at_a_time()
    persons = lock_same_human(tx, [person_id])
    held = standing(person_ids=persons)
    if not held:
        return
    establishment_id = held[0].establishment_id
    found = Alarm.objects.select_for_update().filter(person_id__in=list(persons), ended_at=None)
    found = found.exclude(establishment_id=establishment_id).filter(establishment__isnull=False)
    watch = watches([establishment_id])[establishment_id] if sealed_among(persons) else None
    for alarm in found.exclude(kind__in=BY_FACT - OF_THE_PERSON).order_by("pk"):
        before, alarm.establishment_id = alarm.owner_role, establishment_id
        alarm.owner_role = owner_of(alarm_kinds()[alarm.kind], alarm.step, watch)
        alarm.acknowledged_at = alarm.acknowledged_by_id = None
        alarm.save(
            update_fields=["establishment", "owner_role", "acknowledged_at", "acknowledged_by_id"]
        )
        tx.record(
            events.AlarmHandedOver(
                person_id=alarm.person_id,
                establishment_id=establishment_id,
                alarm_id=alarm.pk,
                alarm_kind=alarm.kind,
                owner_role=alarm.owner_role,
                was_role=before,
            )
        )
