"""What higher rooms and pages may ask the vault."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import require_held, visible_ids, visible_persons
from pims.foundation.vault.erasure.preview import ErasurePreview, preview_erasure
from pims.foundation.vault.files import BlobRef, file_refs, iter_file, open_file, open_files
from pims.foundation.vault.models import Erasure, Sealing
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.rules import ERASE, SEAL
from pims.kernel.errors import NotFound

__all__ = [
    "BlobRef",
    "ErasureInfo",
    "ErasurePreview",
    "SealingInfo",
    "Tombstone",
    "erasure",
    "erasures",
    "file_refs",
    "is_sealed",
    "iter_file",
    "open_file",
    "open_files",
    "preview_erasure",
    "sealings",
    "standing_sealings",
    "tombstones",
]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """All that is left to say of an erased person."""

    person_id: int
    order_body: str
    order_reference: str
    order_dated: date | None
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class ErasureInfo:
    """An erasure at whatever stage; user ids of the two officers."""

    erasure_id: int
    person_id: int
    order_body: str
    order_reference: str
    order_dated: date | None
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
    withdrawn_at: datetime | None
    withdrawn_by_id: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class SealingInfo:
    sealing_id: int
    person_id: int
    reason: str
    order_body: str
    order_reference: str
    order_dated: date | None
    sealed_at: datetime
    sealed_by_id: int
    unsealed_at: datetime | None
    unsealed_by_id: int | None
    unseal_reason: str


def tombstones(person_ids: Iterable[int]) -> dict[int, Tombstone]:
    """Which of these persons were erased, for whoever follows an old number."""
    wanted = set(person_ids)
    rows = Erasure.objects.filter(person_ids__overlap=list(wanted), state=Erasure.State.ERASED)
    return {
        person_id: Tombstone(
            person_id, row.order_body, row.order_reference, row.order_dated, row.erased_at
        )
        for row in rows
        if row.erased_at is not None
        for person_id in row.person_ids
        if person_id in wanted
    }


def erasures(viewer: Actor, *, open_only: bool = False) -> list[ErasureInfo]:
    """Newest first: those of persons whom the viewer reaches, and every tombstone.

    Raises NotPermitted without `people.erase`.
    """
    require_held(viewer, ERASE)
    rows = Erasure.objects.order_by("-pk")
    if open_only:
        rows = rows.filter(state__in=[Erasure.State.ORDERED, Erasure.State.CONFIRMED])
    found = list(rows)
    reached = _reached(viewer, found)
    return [_info(row) for row in found if row.pk in reached]


def erasure(viewer: Actor, erasure_id: int) -> ErasureInfo:
    """Raises NotPermitted, and NotFound also for a person beyond the viewer's reach."""
    require_held(viewer, ERASE)
    row = Erasure.objects.filter(pk=erasure_id).first()
    if row is None or row.pk not in _reached(viewer, [row]):
        raise NotFound("erasure", erasure_id)
    return _info(row)


def _reached(viewer: Actor, rows: list[Erasure]) -> set[int]:
    """A tombstone says nothing of the person, and nothing is left to tell whose it would be."""
    if viewer.system:
        return {row.pk for row in rows}
    persons = visible_ids(viewer, ERASE, [row.person_id for row in rows])
    return {row.pk for row in rows if row.state == Erasure.State.ERASED or row.person_id in persons}


def _info(row: Erasure) -> ErasureInfo:
    return ErasureInfo(
        erasure_id=row.pk,
        person_id=row.person_id,
        order_body=row.order_body,
        order_reference=row.order_reference,
        order_dated=row.order_dated,
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
        withdrawn_at=row.withdrawn_at,
        withdrawn_by_id=row.withdrawn_by_id,
        problem=row.problem,
    )


def sealings(viewer: Actor, person_id: int) -> list[SealingInfo]:
    """Every sealing of the person, newest first; empty where the viewer may not know of them.

    Raises NotPermitted without `people.seal`.
    """
    if not visible_ids(viewer, SEAL, [person_id]):
        require_held(viewer, SEAL)
        return []
    found = Sealing.objects.filter(person_id__in=same_human(person_id) or [person_id])
    return [_sealing(row) for row in found.order_by("-pk")]


def standing_sealings(viewer: Actor, *, limit: int = 200) -> list[SealingInfo]:
    """The records that are sealed now and that the viewer may know of, newest first.

    Raises NotPermitted without `people.seal`; empty without `people.view_sealed`.
    """
    require_held(viewer, SEAL)
    reached = visible_persons(viewer, SEAL).filter(sealed=True).values("person_id")
    rows = Sealing.objects.filter(unsealed_at=None, person_id__in=reached).order_by("-pk")
    return [_sealing(row) for row in rows[:limit]]


def is_sealed(person_id: int) -> bool:
    """For a page that already shows this person to a viewer who may see sealed files."""
    return PersonScope.objects.filter(person_id=person_id, sealed=True).exists()


def _sealing(row: Sealing) -> SealingInfo:
    return SealingInfo(
        sealing_id=row.pk,
        person_id=row.person_id,
        reason=row.reason,
        order_body=row.order_body,
        order_reference=row.order_reference,
        order_dated=row.order_dated,
        sealed_at=row.sealed_at,
        sealed_by_id=row.sealed_by_id,
        unsealed_at=row.unsealed_at,
        unsealed_by_id=row.unsealed_by_id,
        unseal_reason=row.unseal_reason,
    )
