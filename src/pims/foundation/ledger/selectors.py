"""Reading the ledger: what was recorded about a person, and who has read about them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import User
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.ledger.entries import DISCLOSED, READ
from pims.foundation.ledger.models import LedgerCheckpoint, LedgerDetail, LedgerEntry

SEE_PERSON = "people.view"
SEE_READERS = "ledger.view"
MOST = 500


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of the ledger about a person.

    `body` holds ids and codes; `details` the values beside it, None where there are none, where
    the viewer may not see whom they are about, or where they were erased. `serial` goes into
    `before` for the next page; `position` is the place in the tree, None for a moment after the
    change.
    """

    serial: int
    id: UUID
    kind: str
    recorded_at: datetime
    actor_id: int
    actor_name: str
    establishment_id: int | None
    person_ids: tuple[int, ...]
    body: Mapping[str, Any]
    details: Mapping[str, Any] | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read a page that showed the person, alone or among `persons` others."""

    serial: int
    recorded_at: datetime
    actor_id: int
    actor_name: str
    page: str
    persons: int


@dataclass(frozen=True, slots=True)
class FileUse:
    """How often something was done with a file, and by how many people."""

    times: int
    people: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class UseOfFile:
    """For the person whom the file is about: how it was used, and no name of who did."""

    changed: FileUse
    read: FileUse


@dataclass(frozen=True, slots=True)
class SignedTree:
    """The newest checkpoint: how much was signed, and when."""

    size: int
    root: str
    signed_at: datetime


def entries_for_person(
    viewer: Actor,
    person_id: int,
    limit: int = 50,
    before: int | None = None,
    *,
    merged_ids: Iterable[int] = (),
) -> list[TimelineEntry]:
    """What was recorded about the person, newest first, readings left out.

    `merged_ids` are the other records that were joined to this one. Raises NotPermitted or
    NotFound.
    """
    require_visible(viewer, SEE_PERSON, person_id)
    ids = [person_id, *merged_ids]
    changes = _changes(LedgerEntry.objects.filter(person_ids__overlap=ids))
    rows = list(_page(changes, limit, before).select_related("leaf"))
    details = _visible_details(viewer, rows)
    names = _names(row.actor_id for row in rows)
    return [
        TimelineEntry(
            serial=row.serial,
            id=row.id,
            kind=row.kind,
            recorded_at=row.recorded_at,
            actor_id=row.actor_id,
            actor_name=names.get(row.actor_id, ""),
            establishment_id=row.establishment_id,
            person_ids=tuple(row.person_ids),
            body=json.loads(row.body)["body"],
            details=details.get(row.id),
            position=row.leaf.position if hasattr(row, "leaf") else None,
        )
        for row in rows
    ]


def who_read(
    viewer: Actor, person_id: int, limit: int = 50, before: int | None = None
) -> list[Reading]:
    """Who read pages that showed the person, newest first.

    For whoever answers for the record, so it needs `ledger.view` too. Raises NotPermitted or
    NotFound.
    """
    require_visible(viewer, SEE_READERS, person_id)
    require_visible(viewer, SEE_PERSON, person_id)
    readings = LedgerEntry.objects.filter(kind=READ, person_ids__contains=[person_id])
    rows = list(_page(readings, limit, before))
    names = _names(row.actor_id for row in rows)
    return [
        Reading(
            serial=row.serial,
            recorded_at=row.recorded_at,
            actor_id=row.actor_id,
            actor_name=names.get(row.actor_id, ""),
            page=json.loads(row.body)["body"].get("page", ""),
            persons=len(row.person_ids) - 1,
        )
        for row in rows
    ]


def use_of_file(viewer: Actor, person_id: int, *, joined_ids: Iterable[int] = ()) -> UseOfFile:
    """How often the person's file was changed and read. Raises NotPermitted or NotFound.

    `joined_ids` are the other records that were joined to this one. Two queries.
    """
    require_visible(viewer, SEE_PERSON, person_id)
    own = LedgerEntry.objects.filter(person_ids__overlap=list({person_id, *joined_ids}))
    return UseOfFile(_use(_changes(own)), _use(own.filter(kind=READ)))


def _changes(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """What was done, without what was only looked at, here or by another agency."""
    return entries.exclude(kind=READ).exclude(kind=DISCLOSED)


def _use(entries: QuerySet[LedgerEntry]) -> FileUse:
    found = entries.aggregate(
        times=Count("pk"),
        people=Count("actor_id", distinct=True),
        first_at=Min("recorded_at"),
        last_at=Max("recorded_at"),
    )
    return FileUse(**found)


def newest_checkpoint() -> SignedTree | None:
    row = LedgerCheckpoint.objects.order_by("-tree_size").first()
    if row is None:
        return None
    return SignedTree(row.tree_size, bytes(row.root).hex(), row.signed_at)


def _page(entries: QuerySet[LedgerEntry], limit: int, before: int | None) -> QuerySet[LedgerEntry]:
    if before is not None:
        entries = entries.filter(serial__lt=before)
    return entries.order_by("-serial")[: max(0, min(limit, MOST))]


def _visible_details(viewer: Actor, rows: Sequence[LedgerEntry]) -> dict[UUID, Any]:
    """The details of those rows whose person the viewer may see: not always the one asked for."""
    found = list(LedgerDetail.objects.filter(entry_id__in=[row.id for row in rows]))
    about = {detail.person_id for detail in found if detail.person_id is not None}
    seen = visible_ids(viewer, SEE_PERSON, about)
    return {
        detail.entry_id: json.loads(detail.details)
        for detail in found
        if detail.person_id is None or detail.person_id in seen
    }


def _names(actor_ids: Iterable[int]) -> dict[int, str]:
    found = User.objects.filter(pk__in=set(actor_ids))
    return dict(found.values_list("pk", "name"))
