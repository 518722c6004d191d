"""What the any-order test lets a refusal of a fact say, and how it looks whether that is so."""

from datetime import datetime, timedelta

import pghistory.models
from django.apps import apps
from django.db import connection
from django.db.models import Q

from pims.custody.models import Absence, Episode
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Refused
from pims.release.models import Discharge

# What a fact of now may meet: where the person is, and what is recorded already. No clock and no
# rule about who may be where is here.
OUT_OF_PLACE = {
    "custody.after_the_end", "custody.at_large", "custody.at_large_already", "custody.not_held",
    "custody.not_out", "custody.not_at_large", "custody.episode_ended", "custody.returned_already",
    "custody.other_establishment", "release.not_in_custody", "release.error_already_recorded",
    "release.discharge_taken_back",
}  # fmt: skip
# What cannot have been at an hour that somebody gave.
OF_ITS_HOUR = {
    "custody.in_the_future", "custody.before_reception", "custody.end_before_reception",
    "custody.return_before_departure", "custody.recapture_before_escape",
    "custody.start_after_placed", "custody.start_after_sent_out", "custody.start_after_escaped",
    "custody.start_after_end", "custody.inside_then", "custody.inside_until",
    "custody.episodes_would_overlap", "custody.expected_before_departure",
    "custody.warrant_does_not_detain", "release.before_reception",
    "release.return_before_release", "release.found_before_release",
}  # fmt: skip


def reasons_of(problem: Refused | InvalidInput) -> list[Reason]:
    return [
        *(problem.fields.values() if isinstance(problem, InvalidInput) else ()),
        *problem.reasons(),
    ]


def is_true(code: str, person_id: int, establishment_id: int, hour: datetime | None) -> bool:
    """Whether what a refusal says of a person is so at that hour, None for now."""
    stays = Episode.objects.filter(person_id=person_id)
    if code == "custody.before_reception":
        if hour is None:
            return False
        next_minute = hour.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return stays.filter(starts_at__gte=next_minute).exists()
    if code == "custody.at_large":
        return Absence.objects.filter(_covers(hour), person_id=person_id).exists()
    if code == "custody.not_held":
        return not stays.filter(_covers(hour), establishment_id=establishment_id).exists()
    if code == "release.discharge_taken_back":
        return Discharge.objects.filter(person_id=person_id, taken_back_at__isnull=False).exists()
    return True


def row_versions() -> int:
    """How many versions of rows the history keeps: one more for every change."""
    models = [m for m in apps.get_models() if issubclass(m, pghistory.models.Event)]
    counts = " + ".join(f'(SELECT count(*) FROM "{m._meta.db_table}")' for m in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        (found,) = cursor.fetchone()
    return int(found)


def _covers(hour: datetime | None) -> Q:
    if hour is None:
        return Q(ends_at=None)
    return Q(starts_at__lte=hour) & (Q(ends_at=None) | Q(ends_at__gt=hour))
