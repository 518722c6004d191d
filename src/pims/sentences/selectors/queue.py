"""Whose dates can't be worked out, in the order in which somebody must have decided."""

from dataclasses import dataclass
from datetime import date

from pims.custody.selectors import standing
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.bulk import any_of
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.sentences.models import HandCalculation
from pims.sentences.selectors.dates import VIEW, release_dates

REFUSED = ("invalid", "unsupported", "needs_person", "pending")


@dataclass(frozen=True, slots=True)
class NotCalculable:
    """One prisoner without a date. `earliest_arguable` None: no such day can be told, so that the
    case is for a person at once. `hand_calculation_id` is one that waits for the second officer."""

    person_id: int
    status: str
    earliest_arguable: date | None
    reasons: tuple[Reason, ...]
    hand_calculation_id: int | None = None


def not_calculable(viewer: Actor, establishment_id: int | None) -> list[NotCalculable]:
    """Those in custody there whose dates nobody can tell: at once first, then by the day."""
    require_held(viewer, VIEW)
    held = {one.person_id for one in standing(establishment_id=establishment_id)}
    seen = held if viewer.system else visible_ids(viewer, VIEW, held)
    dates = release_dates(viewer, seen)
    without = {i: one for i, one in dates.items() if one.status in REFUSED}
    roots = people.ids_canonical(without)
    waiting = dict(
        HandCalculation.objects.filter(
            any_of("person_id", list(roots.values())), ended_at=None, second_at=None
        ).values_list("person_id", "pk")
    )
    rows = [
        NotCalculable(
            person_id=i,
            status=one.status,
            earliest_arguable=one.earliest_arguable,
            reasons=one.reasons,
            hand_calculation_id=waiting.get(roots.get(i, i)),
        )
        for i, one in without.items()
    ]
    return sorted(rows, key=lambda one: (one.earliest_arguable or date.min, one.person_id))
