"""Which next appearance stood at an instant that is past."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from pims.authority.models import CourtDate
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.asof import AsOf

# Nearer than this is now: the date named last is the one that stands.
_NOW = timedelta(minutes=1)


def next_appearances(
    warrant_name_ids: Collection[int], as_of: AsOf | None
) -> dict[int, date | None]:
    """Name on a warrant -> the next appearance that stood at T, as known at K.

    Empty where T is now. A name of which no date was ever kept is absent. One query.
    """
    if as_of is None or as_of.valid_at > clock.now() - _NOW:
        return {}
    named: dict[int, list[tuple[datetime, date | None]]] = defaultdict(list)
    for name_id, given_at, appears_on in _dates(warrant_name_ids, known_at=as_of.known_at):
        named[name_id].append((given_at, appears_on))
    return {
        name_id: next((day for at, day in reversed(dates) if at <= as_of.valid_at), dates[0][1])
        for name_id, dates in named.items()
    }


@compiled
def _dates(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return (
        as_known(CourtDate, known_at, among=any_of("warrant_name_id", ids))
        .filter(taken_back_at=None)
        .order_by("given_at", "id")
        .values_list("warrant_name_id", "given_at", "appears_on")
    )
