"""Who wants to know when someone leaves. It informs; it never detains."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.authority.models import PoliceInterest
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class PoliceInterestInfo:
    police_interest_id: int
    person_id: int
    agency: str
    reference: str
    note: str
    telephone: str
    raised_at: datetime
    informed_at: datetime | None


def police_interests(
    person_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, list[PoliceInterestInfo]]:
    """The standing interests in the persons and in records joined to them, oldest first.

    With `known_at` those that stood on the record then.
    """
    ids = set(person_ids)
    joined = people.joined_records(ids, known_at=known_at)
    found: dict[int, list[PoliceInterestInfo]] = defaultdict(list)
    for row in _standing(ids | joined.keys(), known_at=known_at):
        found[joined.get(row.person_id, row.person_id)].append(
            PoliceInterestInfo(
                row.id, row.person_id, row.agency, row.reference, row.note, row.telephone,
                row.raised_at, row.informed_at,
            )
        )  # fmt: skip
    return dict(found)


@compiled
def _standing(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(PoliceInterest, known_at, among=any_of("person_id", ids))
    return rows.filter(withdrawn_at__isnull=True).order_by("raised_at")
