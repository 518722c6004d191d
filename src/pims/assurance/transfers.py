"""The open alarms about somebody who was transferred go to the place that holds them now.

What stands for as long as the facts say so is looked at anew there by itself. What an event once
said would stay where nobody may see the record any longer.
"""

from django.db.models import Q

from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import sealed_among, watches
from pims.assurance.raising import OF_PROOF, hand_over
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
    # What the proof raised stands here as there: no sweep raises it anew.
    anew = Q(kind__in=BY_FACT - OF_THE_PERSON) & ~Q(key__startswith=OF_PROOF)
    for alarm in found.exclude(anew).order_by("pk"):
        hand_over(tx, alarm, establishment_id=establishment_id, watch=watch)
