"""How every open episode stands at this moment: for the rooms above, which watch over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.custody.models import Absence, Episode, Escort, Placement
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """One open episode with what is open about it; ids and instants are None where nothing is."""

    episode_id: int
    person_id: int
    establishment_id: int
    starts_at: datetime
    admitted: bool
    admission_due_at: datetime
    place_id: int | None
    breach_placement_id: int | None
    breach_since: datetime | None
    escort_id: int | None
    escort_kind: str
    escort_expected_back_at: datetime | None
    at_large_since: datetime | None


def owner_of(episode_id: int) -> tuple[int, int]:
    """The person and the establishment of an episode, open or ended. Raises NotFound."""
    found = Episode.objects.filter(pk=episode_id).values_list("person_id", "establishment_id")
    row = found.first()
    if row is None:
        raise NotFound("episode", episode_id)
    return row


def standing(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> list[Standing]:
    """The open episodes, of one establishment or of some persons. Four queries, no scope."""
    if person_ids is not None:
        found = _episodes_of(set(person_ids))
        if establishment_id is not None:
            found = [e for e in found if e.establishment_id == establishment_id]
    else:
        found = _episodes() if establishment_id is None else _episodes_at(establishment_id)
    ids = {episode.pk for episode in found}
    placements = {p.episode_id: p for p in _placements(ids)}
    escorts = {e.episode_id: e for e in _escorts(ids)}
    absences = {a.episode_id: a for a in _absences(ids)}
    return [
        _standing(
            episode, placements.get(episode.pk), escorts.get(episode.pk), absences.get(episode.pk)
        )
        for episode in found
    ]


@compiled
def _episodes() -> QuerySet[Any, Any]:
    return Episode.objects.filter(ends_at=None).order_by("pk")


@compiled
def _episodes_at(establishment_id: Any) -> QuerySet[Any, Any]:
    return Episode.objects.filter(ends_at=None, establishment_id=establishment_id).order_by("pk")


@compiled
def _episodes_of(person_ids: Any) -> QuerySet[Any, Any]:
    return Episode.objects.filter(any_of("person_id", person_ids), ends_at=None).order_by("pk")


@compiled
def _placements(episode_ids: Any) -> QuerySet[Any, Any]:
    return Placement.objects.filter(any_of("episode_id", episode_ids), ends_at=None)


@compiled
def _escorts(episode_ids: Any) -> QuerySet[Any, Any]:
    return Escort.objects.filter(any_of("episode_id", episode_ids), returned_at=None)


@compiled
def _absences(episode_ids: Any) -> QuerySet[Any, Any]:
    return Absence.objects.filter(any_of("episode_id", episode_ids), ends_at=None)


def _standing(
    episode: Episode, placement: Placement | None, escort: Escort | None, absence: Absence | None
) -> Standing:
    breach = placement if placement is not None and placement.breach else None
    return Standing(
        episode_id=episode.pk,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        starts_at=episode.starts_at,
        admitted=episode.admission_state == Episode.AdmissionState.ADMITTED,
        admission_due_at=episode.admission_due_at,
        place_id=None if placement is None else placement.place_id,
        breach_placement_id=None if breach is None else breach.pk,
        breach_since=None if breach is None else breach.starts_at,
        escort_id=None if escort is None else escort.pk,
        escort_kind="" if escort is None else escort.kind,
        escort_expected_back_at=None if escort is None else escort.expected_back_at,
        at_large_since=None if absence is None else absence.starts_at,
    )
