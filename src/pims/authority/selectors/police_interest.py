"""Who wants to know when someone leaves. It informs; it never detains."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pims.authority.models import PoliceInterest
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


def police_interests(person_ids: Iterable[int]) -> dict[int, list[PoliceInterestInfo]]:
    """The standing interests in the persons and in records joined to them, oldest first."""
    ids = set(person_ids)
    joined = people.joined_records(ids)
    found: dict[int, list[PoliceInterestInfo]] = defaultdict(list)
    rows = PoliceInterest.objects.filter(
        person_id__in=ids | joined.keys(), withdrawn_at=None
    ).order_by("raised_at")
    for row in rows:
        found[joined.get(row.person_id, row.person_id)].append(
            PoliceInterestInfo(
                row.pk, row.person_id, row.agency, row.reference, row.note, row.telephone,
                row.raised_at, row.informed_at,
            )
        )  # fmt: skip
    return dict(found)
