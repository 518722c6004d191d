"""Photographs: front, profile, and of marks."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.kernel.errors import NotFound
from pims.people import events
from pims.people.models import Mark, Photograph
from pims.people.services._common import not_in_future, one_of, open_person, touch


@dataclass(frozen=True, slots=True)
class PhotographResult:
    photograph_id: int
    blob_id: str
    version: int


@service
def add_photograph(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    data: bytes,
    taken_at: datetime | None = None,
    mark_id: int | None = None,
    version: int | None = None,
) -> PhotographResult:
    """Keep a photograph, encrypted; the newest front one heads the file.

    The same picture again is the same photograph. Raises InvalidInput (not a picture, too large,
    taken in the future), NotFound for a mark that is not the person's, Stale.
    """
    person = open_person(tx, person_id, version)
    one_of("kind", kind, Photograph.Kind.values)
    taken = taken_at or tx.now
    not_in_future(tx, "taken_at", taken)
    if mark_id is not None and not Mark.objects.filter(pk=mark_id, person=person).exists():
        raise NotFound("mark", mark_id)
    blob = store_file(tx, person_id=person_id, kind="photo", data=data, name="photograph")
    same = Photograph.objects.filter(
        Q(mark__isnull=True) if mark_id is None else Q(mark_id=mark_id),
        person=person,
        kind=kind,
        blob_id=blob.blob_id,
        withdrawn_at__isnull=True,
    ).first()
    if same is not None:
        return PhotographResult(same.pk, str(blob.blob_id), person.version)
    photograph = Photograph.objects.create(
        person=person,
        kind=kind,
        mark_id=mark_id,
        blob_id=blob.blob_id,
        taken_at=taken,
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    touch(person)
    tx.record(events.PhotographTaken(person_id=person_id, photograph_id=photograph.pk, view=kind))
    return PhotographResult(photograph.pk, str(blob.blob_id), person.version)
