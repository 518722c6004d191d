"""Whose release is being prepared, of many people: no scope, constant queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people
from pims.release.models import DischargeCase, Preparation


@dataclass(frozen=True, slots=True)
class Prepared:
    """A preparation, or the case of a discharge at the gate."""

    opened_at: datetime
    closed_at: datetime | None


def prepared(person_ids: Collection[int]) -> dict[int, list[Prepared]]:
    """Person as asked for -> when their release was being prepared; joined records count too."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    found: dict[int, list[Prepared]] = defaultdict(list)
    for person_id, opened, closed in [*_preparations(whose.keys()), *_cases(whose.keys())]:
        found[whose[person_id]].append(Prepared(opened, closed))
    return dict(found)


@compiled
def _preparations(ids: Any) -> QuerySet[Any, Any]:
    rows = Preparation.objects.filter(any_of("person_id", ids)).order_by("opened_at", "pk")
    return rows.values_list("person_id", "opened_at", "closed_at")


@compiled
def _cases(ids: Any) -> QuerySet[Any, Any]:
    rows = DischargeCase.objects.filter(any_of("person_id", ids))
    return rows.order_by("clock_started_at", "pk").values_list(
        "person_id", "clock_started_at", "closed_at"
    )
