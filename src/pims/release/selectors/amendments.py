"""What was put right of a person's discharges, for the timeline of the person page."""

from dataclasses import dataclass, field
from datetime import datetime

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.release.models import Discharge, DischargeCorrection


@dataclass(frozen=True, slots=True)
class Amendment:
    """`code` has its words in the wording; `params` are what they need."""

    at: datetime
    code: str
    discharge_id: int
    params: dict[str, object] = field(default_factory=dict)


def discharges_put_right(
    viewer: Actor, person_id: int, as_of: AsOf | None = None
) -> list[Amendment]:
    """Every correction of each discharge, and its taking back, as far as recorded by then."""
    if not visible_ids(viewer, "release.view", [person_id]):
        return []
    known_at = None if as_of is None else as_of.known_at
    ids = people.persons_of(person_id, known_at=known_at)
    found = [
        _corrected(row) for row in DischargeCorrection.objects.filter(discharge__person_id__in=ids)
    ]
    for row in Discharge.objects.filter(person_id__in=ids):
        if row.taken_back_at is not None:
            params: dict[str, object] = {"reason": row.taken_back_reason}
            code = "release.timeline_discharge_taken_back"
            found.append(Amendment(row.taken_back_at, code, row.pk, params))
    return [fact for fact in found if known_at is None or fact.at <= known_at]


def _corrected(row: DischargeCorrection) -> Amendment:
    code, params = "release.timeline_discharge_corrected", {"reason": row.reason}
    if row.moved_from is not None:
        code = "release.timeline_discharge_moved"
        params["before"] = row.moved_from.isoformat()
    return Amendment(row.corrected_at, code, row.discharge_id, dict(params))
