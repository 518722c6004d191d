"""What came of court days, as the desk recorded it when people came back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.custody.models import CourtReturn
from pims.custody.selectors.movements import CourtReturnInfo, court_return_info
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people


def court_outcomes(
    person_ids: Collection[int], *, begins: datetime, ends: datetime
) -> list[tuple[int, CourtReturnInfo]]:
    """(person, outcome) from `begins` to before `ends`, for rooms above: no scope. Two queries."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    if not whose:
        return []
    return [
        (whose[row.person_id], court_return_info(row))
        for row in _returns(whose.keys(), begins, ends)
    ]


@compiled
def _returns(ids: Any, begins: Any, ends: Any) -> QuerySet[Any, Any]:
    rows = CourtReturn.objects.filter(any_of("person_id", ids))
    return rows.filter(happened_at__gte=begins, happened_at__lt=ends).order_by("happened_at", "id")
