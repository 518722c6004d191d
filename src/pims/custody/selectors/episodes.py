"""One person's custody: every episode with its placements, escorts, absences and end."""

from collections import defaultdict
from collections.abc import Iterable
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
    IdentityCheck,
    Injury,
    Placement,
)
from pims.custody.reading import READER
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.kernel.asof import AsOf
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class EpisodeBrief:
    """An episode for the rooms above; `ends_at` None is open."""

    episode_id: int
    person_id: int
    establishment_id: int
    starts_at: datetime
    ends_at: datetime | None
    end_kind: str
    reception_kind: str
    admitted: bool
    admission_due_at: datetime
    version: int

    @property
    def is_open(self) -> bool:
        return self.ends_at is None


@dataclass(frozen=True, slots=True)
class PlacementInfo:
    placement_id: int
    place_id: int
    place: str
    unit_id: int
    starts_at: datetime
    ends_at: datetime | None
    basis: str
    reason: str
    breach: bool
    breach_reasons: tuple[str, ...]
    clock_disputed: bool


@dataclass(frozen=True, slots=True)
class EscortInfo:
    escort_id: int
    kind: str
    destination: str
    destination_body_id: int | None
    purpose: str
    left_at: datetime
    expected_back_at: datetime | None
    returned_at: datetime | None
    outcome: str
    officers: tuple[str, ...]
    restraints: str
    condition_out: str
    condition_back: str
    medication: str
    risk_notes: str
    handed_to: str
    returned_from: str
    received_back_by: str
    not_returned_at: datetime | None
    not_returned_because: str
    clock_disputed: bool
    version: int


@dataclass(frozen=True, slots=True)
class AbsenceInfo:
    absence_id: int
    starts_at: datetime
    ends_at: datetime | None
    end_kind: str
    circumstances: str
    recapture_place: str


@dataclass(frozen=True, slots=True)
class ReceiptInfo:
    receipt_id: int
    van_id: int
    received_at: datetime
    name_as_given: str
    warrant_state: str
    injuries: str
    complaint: bool
    handed_over_by: str
    received_by: str
    found: str


@dataclass(frozen=True, slots=True)
class InjuryInfo:
    injury_id: int
    seen_at: datetime
    body_area: str
    description: str
    complaint_of_ill_treatment: bool
    complaint: str
    by_whom: str
    photographed: bool


@dataclass(frozen=True, slots=True)
class StepInfo:
    step: str
    state: str
    done_by_id: int | None
    done_at: datetime | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IdentityCheckInfo:
    identity_check_id: int
    how: str
    officers: tuple[str, ...]
    matched: bool
    at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class CourtReturnInfo:
    court_return_id: int
    escort_id: int | None
    outcome: str
    happened_at: datetime
    data: dict[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class EndInfo:
    end_id: int
    kind: str
    at: datetime
    release_order_id: int | None
    order_seen: str
    by_whom: str
    destination: str
    country: str
    place_of_death: str
    found_by: str
    circumstances: str
    coroner_told_at: datetime | None
    coroner_reference: str
    family_told_at: datetime | None
    body_released_to: str
    body_released_at: datetime | None
    property_waiting: bool
    version: int
    receiving_authority: str
    countersigned_at: datetime | None
    taken_back_at: datetime | None
    taken_back_reason: str

    @property
    def wants_second(self) -> bool:
        """Whether one officer alone may not stand for it: no order, or taken off the books."""
        unordered = self.kind == Episode.EndKind.REMOVED and not self.order_seen
        return unordered or self.kind == Episode.EndKind.NEVER_HELD


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """One episode with everything recorded in it, oldest first."""

    episode: EpisodeBrief
    establishment: str
    arrested_at: datetime | None
    arrest_place: str
    arrest_reasons: str
    arresting_officer: str
    admission_state: str
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


def current_episode(person_id: int) -> EpisodeBrief | None:
    """The open episode, for services and rooms above; they check what the viewer may see."""
    return current_episodes([person_id]).get(person_id)


def current_episodes(person_ids: Iterable[int]) -> dict[int, EpisodeBrief]:
    """The open episodes of the persons. One query."""
    rows = Episode.objects.filter(person_id__in=list(person_ids), ends_at=None)
    return {row.person_id: brief(row) for row in rows}


def episode_brief(viewer: Actor, episode_id: int) -> EpisodeBrief | None:
    """One episode, or None where there is none that the viewer may see."""
    row = Episode.objects.filter(pk=episode_id).first()
    if row is None:
        return None
    seen = viewer.system or visible_ids(viewer, "custody.view", [row.person_id])
    return brief(row) if seen else None


def episode_briefs(person_ids: Iterable[int]) -> dict[int, list[EpisodeBrief]]:
    """All episodes of the persons, oldest first, for rooms above. One query."""
    found: dict[int, list[EpisodeBrief]] = defaultdict(list)
    rows = Episode.objects.filter(person_id__in=list(person_ids)).order_by("starts_at")
    for row in rows:
        found[row.person_id].append(brief(row))
    return dict(found)


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
        for step in AdmissionStep.objects.filter(episode__person_id__in=ids).order_by("pk"):
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
            admission_state=row.admission_state,
            admitted_at=row.admitted_at,
            clock_disputed=row.clock_disputed,
            placements=tuple(_placement(p, labels, upto) for p in placements[row.id]),
            escorts=tuple(escort_info(e, upto) for e in escorts[row.id]),
            absences=tuple(_absence(a, upto) for a in absences[row.id]),
            receipts=tuple(_receipt(r) for r in receipts[row.id]),
            injuries=tuple(_injury(i) for i in injuries[row.id]),
            steps=tuple(
                StepInfo(s.step, s.state, s.done_by_id, s.done_at, s.data) for s in steps[row.id]
            ),
            court_returns=tuple(
                CourtReturnInfo(r.id, r.escort_id, r.outcome, r.happened_at, r.data, r.note)
                for r in returns[row.id]
            ),
            end=next((end_info(e) for e in ends[row.id] if e.taken_back_at is None), None),
            taken_back=next((end_info(e) for e in ends[row.id] if e.taken_back_at), None),
        )
        for row in own
    ]


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


def brief(row: Any, upto: datetime | None = None) -> EpisodeBrief:
    """`upto` hides an end that had not come by then."""
    ended = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return EpisodeBrief(
        episode_id=row.id,
        person_id=row.person_id,
        establishment_id=row.establishment_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at if ended else None,
        end_kind=row.end_kind if ended else "",
        reception_kind=row.reception_kind,
        admitted=row.admitted_at is not None and (upto is None or row.admitted_at <= upto),
        admission_due_at=row.admission_due_at,
        version=row.version,
    )


def escort_info(row: Any, upto: datetime | None = None) -> EscortInfo:
    """`upto` hides a return that had not come by then."""
    back = row.returned_at is not None and (upto is None or row.returned_at <= upto)
    return EscortInfo(
        escort_id=row.id,
        kind=row.kind,
        destination=row.destination,
        destination_body_id=row.destination_body_id,
        purpose=row.purpose,
        left_at=row.left_at,
        expected_back_at=row.expected_back_at,
        returned_at=row.returned_at if back else None,
        outcome=row.outcome if back else "",
        officers=tuple(row.officers),
        restraints=row.restraints,
        condition_out=row.condition_out,
        condition_back=row.condition_back if back else "",
        medication=row.medication,
        risk_notes=row.risk_notes,
        handed_to=row.handed_to,
        returned_from=row.returned_from if back else "",
        received_back_by=row.received_back_by if back else "",
        not_returned_at=row.not_returned_at,
        not_returned_because=row.not_returned_because,
        clock_disputed=row.clock_disputed,
        version=row.version,
    )


def _placement(row: Any, labels: dict[int, str], upto: datetime | None) -> PlacementInfo:
    left = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return PlacementInfo(
        row.id, row.place_id, labels.get(row.place_id, ""), row.unit_id, row.starts_at,
        row.ends_at if left else None, row.basis, row.reason, row.breach,
        tuple(row.breach_reasons), row.clock_disputed,
    )  # fmt: skip


def _absence(row: Any, upto: datetime | None) -> AbsenceInfo:
    back = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return AbsenceInfo(
        row.id, row.starts_at, row.ends_at if back else None, row.end_kind if back else "",
        row.circumstances, row.recapture_place if back else "",
    )  # fmt: skip


def _receipt(row: Any) -> ReceiptInfo:
    return ReceiptInfo(
        row.id, row.van_id, row.received_at, row.name_as_given, row.warrant_state, row.injuries,
        row.complaint, row.handed_over_by, row.received_by, row.found,
    )  # fmt: skip


def _injury(row: Any) -> InjuryInfo:
    return InjuryInfo(
        row.id, row.seen_at, row.body_area, row.description, row.complaint_of_ill_treatment,
        row.complaint, row.by_whom, row.photo_id is not None,
    )  # fmt: skip


def end_info(row: Any) -> EndInfo:
    return EndInfo(
        row.id, row.kind, row.at, row.release_order_id, row.order_seen, row.by_whom,
        row.destination, row.country, row.place_of_death, row.found_by, row.circumstances,
        row.coroner_told_at, row.coroner_reference, row.family_told_at, row.body_released_to,
        row.body_released_at, row.property_waiting, row.version, row.receiving_authority,
        row.countersigned_at, row.taken_back_at, row.taken_back_reason,
    )  # fmt: skip


def identity_checks(viewer: Actor, person_id: int) -> list[IdentityCheckInfo]:
    """The checks of a person's identity, newest first. Raises NotFound."""
    require_visible(viewer, "custody.view", person_id)
    return [
        IdentityCheckInfo(c.pk, c.how, tuple(c.officers), c.matched, c.at, c.purpose)
        for c in IdentityCheck.objects.filter(person_id=person_id).order_by("-at")
    ]
