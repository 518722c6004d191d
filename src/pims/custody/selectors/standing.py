"""How every open episode stands: for the identity bar, and the rooms that watch over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from pims.custody.models import Absence, Episode, Escort, Placement
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known, held_at
from pims.kernel.asof import AsOf
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
    escort_not_returned_at: datetime | None
    escort_not_returned_because: str
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
    """The episodes open now, of one establishment or of some persons. Four queries, no scope."""
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


def stood(person_ids: Iterable[int], as_of: AsOf) -> list[Standing]:
    """How the episodes of some persons stood at T, as known at K. Four queries, no scope."""
    asked, at, known_at = set(person_ids), as_of.valid_at, as_of.known_at

    def held(model: type[Model], start: str, end: str) -> list[Any]:
        return _held(asked, at, model=model, start=start, end=end, known_at=known_at)

    placements = {p.episode_id: p for p in held(Placement, "starts_at", "ends_at")}
    escorts = {e.episode_id: e for e in held(Escort, "left_at", "returned_at")}
    absences = {
        a.episode_id: a
        for a in held(Absence, "starts_at", "ends_at")
        if a.end_kind != Absence.EndKind.NEVER_WAS
    }
    return [
        _standing(e, placements.get(e.id), escorts.get(e.id), absences.get(e.id), at)
        for e in held(Episode, "starts_at", "ends_at")
    ]


@compiled
def _held(
    person_ids: Any, at: Any, *, model: type[Model], start: str, end: str, known_at: datetime | None
) -> QuerySet[Any, Any]:
    rows = as_known(model, known_at, among=any_of("person_id", person_ids))
    return rows.filter(held_at(at, start=start, end=end)).order_by("id")


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
    episode: Any,
    placement: Any | None,
    escort: Any | None,
    absence: Any | None,
    at: datetime | None = None,
) -> Standing:
    """Of rows, or of the versions of rows that the history keeps: ``id``, never ``pk``.

    What came after `at` is hidden.
    """
    missed = None if escort is None else escort.not_returned_at
    if missed is not None and at is not None and missed > at:
        missed = None
    breach = placement if placement is not None and placement.breach else None
    return Standing(
        episode_id=episode.id,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        starts_at=episode.starts_at,
        admitted=episode.admitted_at is not None and (at is None or episode.admitted_at <= at),
        admission_due_at=episode.admission_due_at,
        place_id=None if placement is None else placement.place_id,
        breach_placement_id=None if breach is None else breach.id,
        breach_since=None if breach is None else breach.starts_at,
        escort_id=None if escort is None else escort.id,
        escort_kind="" if escort is None else escort.kind,
        escort_expected_back_at=None if escort is None else escort.expected_back_at,
        escort_not_returned_at=missed,
        escort_not_returned_because="" if missed is None else escort.not_returned_because,  # type: ignore[union-attr]
        at_large_since=None if absence is None else absence.starts_at,
    )
