"""What higher rooms and pages may ask the vault."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.vault.files import BlobRef, file_refs, iter_file, open_file, open_files
from pims.foundation.vault.models import Erasure, Sealing
from pims.foundation.vault.rules import ERASE, SEAL
from pims.kernel.errors import NotPermitted

__all__ = [
    "BlobRef",
    "ErasureInfo",
    "SealingInfo",
    "Tombstone",
    "erasures",
    "file_refs",
    "iter_file",
    "open_file",
    "open_files",
    "sealings",
    "tombstones",
]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """All that is left to say of an erased person."""

    person_id: int
    order_reference: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class ErasureInfo:
    """An erasure at whatever stage; user ids of the two officers."""

    erasure_id: int
    person_id: int
    order_reference: str
    state: str
    ordered_at: datetime
    ordered_by_id: int
    confirmed_at: datetime | None
    confirmed_by_id: int | None
    erased_at: datetime | None
    scrubbed_at: datetime | None
    counts: dict[str, int]
    by_hand: tuple[str, ...]
    files_left: int


@dataclass(frozen=True, slots=True)
class SealingInfo:
    sealing_id: int
    person_id: int
    reason: str
    order_reference: str
    sealed_at: datetime
    unsealed_at: datetime | None


def tombstones(person_ids: Iterable[int]) -> dict[int, Tombstone]:
    """Which of these persons were erased, for whoever follows an old number."""
    wanted = set(person_ids)
    rows = Erasure.objects.filter(person_ids__overlap=list(wanted), state=Erasure.State.ERASED)
    return {
        person_id: Tombstone(person_id, row.order_reference, row.erased_at)
        for row in rows
        if row.erased_at is not None
        for person_id in row.person_ids
        if person_id in wanted
    }


def erasures(viewer: Actor, *, open_only: bool = False) -> list[ErasureInfo]:
    """Newest first. Raises NotPermitted without `people.erase`."""
    if not viewer.can(ERASE):
        raise NotPermitted(ERASE)
    rows = Erasure.objects.order_by("-pk")
    if open_only:
        rows = rows.filter(state__in=[Erasure.State.ORDERED, Erasure.State.CONFIRMED])
    return [
        ErasureInfo(
            erasure_id=row.pk,
            person_id=row.person_id,
            order_reference=row.order_reference,
            state=row.state,
            ordered_at=row.ordered_at,
            ordered_by_id=row.ordered_by_id,
            confirmed_at=row.confirmed_at,
            confirmed_by_id=row.confirmed_by_id,
            erased_at=row.erased_at,
            scrubbed_at=row.scrubbed_at,
            counts=row.counts,
            by_hand=tuple(row.by_hand),
            files_left=len(row.files_left),
        )
        for row in rows
    ]


def sealings(viewer: Actor, person_id: int) -> list[SealingInfo]:
    """Every sealing of the person, newest first; empty where the viewer may not know of them.

    Raises NotPermitted without `people.seal`.
    """
    if not visible_ids(viewer, SEAL, [person_id]):
        if not viewer.can(SEAL):
            raise NotPermitted(SEAL)
        return []
    return [
        SealingInfo(
            row.pk, row.person_id, row.reason, row.order_reference, row.sealed_at, row.unsealed_at
        )
        for row in Sealing.objects.filter(person_id=person_id).order_by("-pk")
    ]
