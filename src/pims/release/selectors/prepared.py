"""Whose release is being prepared, and how far, of many people: no scope, constant queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people
from pims.release.models import (
    AgencyTold,
    DateReading,
    DischargeCase,
    Preparation,
    PreparationItem,
)
from pims.release.rules.preparing import Told, owed


@dataclass(frozen=True, slots=True)
class Prepared:
    """A preparation, or the case of a discharge at the gate, which owes nothing more.

    `owed` are the parts of `preparing.PARTS` still to be done; `ready_at` when the last was.
    """

    opened_at: datetime
    closed_at: datetime | None
    owed: tuple[str, ...]
    ready_at: datetime | None


def prepared(person_ids: Collection[int]) -> dict[int, list[Prepared]]:
    """Person as asked for -> how their release was being prepared; joined records count too."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    found: dict[int, list[Prepared]] = defaultdict(list)
    rows = list(_preparations(whose.keys()))
    keys = {row.pk for row in rows}
    readings: dict[int, list[datetime]] = defaultdict(list)
    things: dict[int, dict[str, datetime]] = defaultdict(dict)
    told: dict[int, list[Told]] = defaultdict(list)
    for key, at in _readings(keys):
        readings[key].append(at)
    for key, code, at in _things(keys):
        things[key][code] = at
    for key, stage, kind, at in _told(keys):
        told[key].append(Told(stage, kind, at))
    for row in rows:
        parts, ready_at = owed(
            readings[row.pk],
            differs=bool(row.differences) and row.settled_at is None,
            settled_at=row.settled_at,
            things=things[row.pk],
            told=told[row.pk],
        )
        found[whose[row.person_id]].append(Prepared(row.opened_at, row.closed_at, parts, ready_at))
    for person_id, opened, closed in _cases(whose.keys()):
        found[whose[person_id]].append(Prepared(opened, closed, (), opened))
    return dict(found)


@compiled
def _preparations(ids: Any) -> QuerySet[Any, Any]:
    return Preparation.objects.filter(any_of("person_id", ids)).order_by("opened_at", "pk")


@compiled
def _readings(keys: Any) -> QuerySet[Any, Any]:
    rows = DateReading.objects.filter(any_of("preparation_id", keys))
    return rows.values_list("preparation_id", "at")


@compiled
def _things(keys: Any) -> QuerySet[Any, Any]:
    rows = PreparationItem.objects.filter(any_of("preparation_id", keys))
    return rows.values_list("preparation_id", "code", "at")


@compiled
def _told(keys: Any) -> QuerySet[Any, Any]:
    rows = AgencyTold.objects.filter(any_of("preparation_id", keys))
    return rows.values_list("preparation_id", "stage", "kind", "told_at")


@compiled
def _cases(ids: Any) -> QuerySet[Any, Any]:
    rows = DischargeCase.objects.filter(any_of("person_id", ids))
    return rows.order_by("clock_started_at", "pk").values_list(
        "person_id", "clock_started_at", "closed_at"
    )
