"""Where somebody was within an episode: cell places, escorts and what came of them, absences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


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
class CourtReturnInfo:
    court_return_id: int
    escort_id: int | None
    outcome: str
    happened_at: datetime
    data: dict[str, Any]
    note: str


def escort_info(row: Any, upto: datetime | None = None) -> EscortInfo:
    """`upto` hides a return that had not come by then, and that it was waited for in vain."""
    back = row.returned_at is not None and (upto is None or row.returned_at <= upto)
    missed = row.not_returned_at is not None and (upto is None or row.not_returned_at <= upto)
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
        not_returned_at=row.not_returned_at if missed else None,
        not_returned_because=row.not_returned_because if missed else "",
        clock_disputed=row.clock_disputed,
        version=row.version,
    )


def placement_info(row: Any, labels: dict[int, str], upto: datetime | None) -> PlacementInfo:
    left = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return PlacementInfo(
        row.id, row.place_id, labels.get(row.place_id, ""), row.unit_id, row.starts_at,
        row.ends_at if left else None, row.basis, row.reason, row.breach,
        tuple(row.breach_reasons), row.clock_disputed,
    )  # fmt: skip


def absence_info(row: Any, upto: datetime | None) -> AbsenceInfo:
    back = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return AbsenceInfo(
        row.id, row.starts_at, row.ends_at if back else None, row.end_kind if back else "",
        row.circumstances, row.recapture_place if back else "",
    )  # fmt: skip


def court_return_info(row: Any) -> CourtReturnInfo:
    return CourtReturnInfo(row.id, row.escort_id, row.outcome, row.happened_at, row.data, row.note)
