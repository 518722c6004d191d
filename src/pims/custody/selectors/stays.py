"""Every stay of many people, with absences and places: no scope, constant queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from pims.custody.models import Absence, CourtReturn, Episode, Escort, Placement
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class Away:
    """At large from `starts_at` on; `ends_at` None: still."""

    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class InUnit:
    unit_id: int
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stay:
    """One episode that was custody. `end_kind` is of `Episode.EndKind`."""

    episode_id: int
    establishment_id: int
    starts_at: datetime
    ends_at: datetime | None
    end_kind: str
    away: tuple[Away, ...]
    units: tuple[InUnit, ...]


def stays_of(person_ids: Collection[int]) -> dict[int, list[Stay]]:
    """Person as asked for -> their stays, oldest first; joined records count with them.

    What never was (entered by mistake) is not among them.
    """
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    away: dict[int, list[Away]] = defaultdict(list)
    for row in _absences(whose.keys()):
        away[row.episode_id].append(Away(row.starts_at, row.ends_at))
    units: dict[int, list[InUnit]] = defaultdict(list)
    for row in _placements(whose.keys()):
        units[row.episode_id].append(InUnit(row.unit_id, row.starts_at, row.ends_at))
    found: dict[int, list[Stay]] = defaultdict(list)
    for row in _episodes(whose.keys()):
        found[whose[row.person_id]].append(
            Stay(
                episode_id=row.pk,
                establishment_id=row.establishment_id,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                end_kind=row.end_kind,
                away=tuple(away.get(row.pk, ())),
                units=tuple(units.get(row.pk, ())),
            )
        )
    return dict(found)


def at_large_of(person_ids: Collection[int]) -> dict[int, list[Away]]:
    """Record -> when that person was at large, oldest first. One query; no scope."""
    found: dict[int, list[Away]] = defaultdict(list)
    for row in _absences(set(person_ids)):
        found[row.person_id].append(Away(row.starts_at, row.ends_at))
    return dict(found)


def persons_held_since(since: datetime | None) -> set[int]:
    """Whoever was on the books at any time from `since` on (None: ever), each by the record that
    joined ones lead to."""
    rows = Episode.objects.exclude(end_kind=Episode.EndKind.NEVER_HELD)
    if since is not None:
        rows = rows.filter(Q(ends_at=None) | Q(ends_at__gte=since))
    return set(people.ids_canonical(rows.values_list("person_id", flat=True)).values())


def last_moved(person_ids: Collection[int]) -> dict[int, datetime]:
    """Person -> the last instant at which a place, an escort or a day at court was recorded."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    found: dict[int, datetime] = {}
    for rows in (_last_placed, _last_out, _last_back, _last_court):
        for person_id, at in rows(whose.keys()):
            root = whose[person_id]
            found[root] = max(at, found.get(root, at))
    return found


@compiled
def _episodes(ids: Any) -> QuerySet[Any, Any]:
    rows = Episode.objects.filter(any_of("person_id", ids))
    return rows.exclude(end_kind=Episode.EndKind.NEVER_HELD).order_by("starts_at", "pk")


@compiled
def _absences(ids: Any) -> QuerySet[Any, Any]:
    rows = Absence.objects.filter(any_of("person_id", ids))
    return rows.exclude(end_kind=Absence.EndKind.NEVER_WAS).order_by("starts_at", "pk")


@compiled
def _placements(ids: Any) -> QuerySet[Any, Any]:
    return Placement.objects.filter(any_of("person_id", ids)).order_by("starts_at", "pk")


@compiled
def _last_placed(ids: Any) -> QuerySet[Any, Any]:
    rows = Placement.objects.filter(any_of("person_id", ids))
    return (
        rows.order_by()
        .values("person_id")
        .annotate(at=Max("starts_at"))
        .values_list("person_id", "at")
    )


@compiled
def _last_out(ids: Any) -> QuerySet[Any, Any]:
    rows = Escort.objects.filter(any_of("person_id", ids))
    return (
        rows.order_by()
        .values("person_id")
        .annotate(at=Max("left_at"))
        .values_list("person_id", "at")
    )


@compiled
def _last_back(ids: Any) -> QuerySet[Any, Any]:
    rows = Escort.objects.filter(any_of("person_id", ids), returned_at__isnull=False)
    return (
        rows.order_by()
        .values("person_id")
        .annotate(at=Max("returned_at"))
        .values_list("person_id", "at")
    )


@compiled
def _last_court(ids: Any) -> QuerySet[Any, Any]:
    rows = CourtReturn.objects.filter(any_of("person_id", ids))
    return (
        rows.order_by()
        .values("person_id")
        .annotate(at=Max("happened_at"))
        .values_list("person_id", "at")
    )
