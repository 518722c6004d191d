"""One person's custody: every episode with its placements, escorts, absences and end."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from pims.custody.models import (
    Absence,
    AdmissionStep,
    BodyReceipt,
    CourtReturn,
    EndOfCustody,
    Episode,
    Escort,
    Injury,
    Placement,
)
from pims.custody.reading import READER
from pims.custody.selectors.briefs import EpisodeBrief, brief
from pims.custody.selectors.ends import EndInfo, end_info
from pims.custody.selectors.movements import (
    AbsenceInfo,
    CourtReturnInfo,
    EscortInfo,
    PlacementInfo,
    absence_info,
    court_return_info,
    escort_info,
    placement_info,
)
from pims.custody.selectors.receptions import (
    InjuryInfo,
    ReceiptInfo,
    StepInfo,
    injury_info,
    receipt_info,
    step_info,
)
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.kernel.asof import AsOf
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """One episode with everything recorded in it, oldest first."""

    episode: EpisodeBrief
    establishment: str
    arrested_at: datetime | None
    arrest_place: str
    arrest_reasons: str
    arresting_officer: str
    admitted_at: datetime | None
    clock_disputed: bool
    placements: tuple[PlacementInfo, ...] = ()
    escorts: tuple[EscortInfo, ...] = ()
    absences: tuple[AbsenceInfo, ...] = ()
    receipts: tuple[ReceiptInfo, ...] = ()
    injuries: tuple[InjuryInfo, ...] = ()
    steps: tuple[StepInfo, ...] = ()
    court_returns: tuple[CourtReturnInfo, ...] = ()
    end: EndInfo | None = None
    taken_back: EndInfo | None = None


def episodes(
    viewer: Actor, person_id: int, as_of: AsOf | None = None, *, places_alone: bool = False
) -> list[EpisodeInfo]:
    """Every episode of a person (of all records that were joined), newest first.

    With `as_of` those that had begun by T, with what had happened by T, as known at K; with
    `places_alone` nothing that happened in them is read but the cell places. Raises NotFound
    where the viewer may not see the person.
    """
    require_visible(viewer, "custody.view", person_id)
    known_at = None if as_of is None else as_of.known_at
    upto = None if as_of is None else as_of.valid_at
    ids = people.persons_of(person_id, known_at=known_at)

    def rows(model: Any, start: str) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        if places_alone and model is not Placement:
            return found
        for row in begun(model, start):
            found[row.episode_id].append(row)
        return found

    def begun(model: Any, start: str) -> list[Any]:
        if upto is None:
            return _of_persons(ids, model=model, start=start, known_at=known_at)
        return _begun(ids, upto, model=model, start=start, known_at=known_at)

    own = begun(Episode, "starts_at")[::-1]
    placements = rows(Placement, "starts_at")
    escorts, absences = rows(Escort, "left_at"), rows(Absence, "starts_at")
    receipts, injuries = rows(BodyReceipt, "received_at"), rows(Injury, "seen_at")
    returns, ends = rows(CourtReturn, "happened_at"), rows(EndOfCustody, "at")
    steps: dict[int, list[Any]] = defaultdict(list)
    if not places_alone:
        for step in _steps({row.id for row in own}, known_at=known_at):
            steps[step.episode_id].append(step)
    labels = facilities.place_labels({p.place_id for found in placements.values() for p in found})
    names = {e.establishment_id: e.name for e in facilities.establishments(READER)}
    return [
        EpisodeInfo(
            episode=brief(row, upto),
            establishment=names.get(row.establishment_id, ""),
            arrested_at=row.arrested_at,
            arrest_place=row.arrest_place,
            arrest_reasons=row.arrest_reasons,
            arresting_officer=row.arresting_officer,
            admitted_at=row.admitted_at if _by(row.admitted_at, upto) else None,
            clock_disputed=row.clock_disputed,
            placements=tuple(placement_info(p, labels, upto) for p in placements[row.id]),
            escorts=tuple(escort_info(e, upto) for e in escorts[row.id]),
            absences=tuple(absence_info(a, upto) for a in absences[row.id]),
            receipts=tuple(receipt_info(r) for r in receipts[row.id]),
            injuries=tuple(injury_info(i) for i in injuries[row.id]),
            steps=tuple(step_info(s, upto) for s in steps[row.id]),
            court_returns=tuple(court_return_info(r) for r in returns[row.id]),
            end=next((end_info(e) for e in ends[row.id] if e.taken_back_at is None), None),
            taken_back=next(
                (end_info(e) for e in ends[row.id] if _by(e.taken_back_at, upto)), None
            ),
        )
        for row in own
    ]


def _by(at: datetime | None, upto: datetime | None) -> bool:
    """Whether it had happened by `upto`, or at all."""
    return at is not None and (upto is None or at <= upto)


@compiled
def _steps(episode_ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(AdmissionStep, known_at, among=any_of("episode_id", episode_ids)).order_by("id")


@compiled
def _of_persons(
    ids: Any, *, model: Any, start: str, known_at: datetime | None
) -> QuerySet[Any, Any]:
    return as_known(model, known_at, among=any_of("person_id", ids)).order_by(start, "id")


@compiled
def _begun(
    ids: Any, upto: Any, *, model: Any, start: str, known_at: datetime | None
) -> QuerySet[Any, Any]:
    rows = as_known(model, known_at, among=any_of("person_id", ids))
    return rows.filter(**{f"{start}__lte": upto}).order_by(start, "id")
