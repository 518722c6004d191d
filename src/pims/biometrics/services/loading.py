"""Many people's fingers at once, as templates alone: for a load, never for a desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from pims.biometrics import events, rules
from pims.biometrics.models import Enrolment, FingerRecord, Subject
from pims.biometrics.stored import FINGERS
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.values import seal_values

ENROL = "biometrics.enrol"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One person's fingers: position -> (packed template, minutiae); `engine` says whence."""

    person_id: int
    taken_at: datetime
    engine: str
    fingers: Mapping[int, tuple[bytes, int]] = field(repr=False)


@service
def load_fingers(tx: Transaction, *, people: Sequence[Loaded]) -> int:
    """Keep an enrolment, finished, of each of these people; give how many fingers.

    Nobody of them may have fingers already. Raises NotPermitted.
    """
    ids = [one.person_id for one in people]
    tx.lock_persons(ids)
    for person_id in ids:
        tx.require_person(ENROL, person_id)
    where = dict(
        PersonScope.objects.filter(person_id__in=ids).values_list("person_id", "establishment_id")
    )
    made = Enrolment.objects.bulk_create(
        Enrolment(
            person_id=one.person_id,
            establishment_id=where.get(one.person_id),
            state=rules.COMPLETE,
            started_at=one.taken_at,
            finished_at=one.taken_at,
            recorded_by_id=tx.actor.user_id,
        )
        for one in people
    )
    Subject.objects.bulk_create(Subject(person_id=person_id) for person_id in ids)
    rows: list[FingerRecord] = []
    for one, enrolment in zip(people, made, strict=True):
        rows += _fingers(tx, one, enrolment)
        tx.record(
            events.FingersTaken(
                person_id=one.person_id,
                establishment_id=where.get(one.person_id),
                enrolment_id=enrolment.pk,
                positions=",".join(str(position) for position in one.fingers),
            )
        )
    FingerRecord.objects.bulk_create(rows)
    return len(rows)


def _fingers(tx: Transaction, one: Loaded, enrolment: Enrolment) -> list[FingerRecord]:
    ids = {position: uuid4() for position in one.fingers}
    sealed = seal_values(
        one.person_id,
        [(ids[position], template) for position, (template, _) in one.fingers.items()],
        table=FINGERS,
        column="template",
    )
    return [
        FingerRecord(
            id=ids[position],
            enrolment=enrolment,
            person_id=one.person_id,
            position=position,
            template=template,
            minutiae=minutiae,
            engine=one.engine,
            source="load",
            taken_at=one.taken_at,
            recorded_by_id=tx.actor.user_id,
        )
        for (position, (_, minutiae)), template in zip(one.fingers.items(), sealed, strict=True)
    ]
