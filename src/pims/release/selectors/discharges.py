"""The discharge book: each discharge with every time that it was put right."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel.errors import NotFound
from pims.release.models import Discharge, DischargeCorrection


@dataclass(frozen=True, slots=True)
class CorrectionInfo:
    """One time that a discharge was put right; the hours are None where its own stood."""

    moved_from: datetime | None
    moved_to: datetime | None
    reason: str
    corrected_at: datetime
    corrected_by_id: int


@dataclass(frozen=True, slots=True)
class DischargeInfo:
    """One line of the discharge book. `corrections` are in the order in which they were made.

    `reached_officer_id` is who was reached by telephone, where that is a user.
    """

    discharge_id: int
    case_id: int | None
    person_id: int
    episode_id: int
    establishment_id: int
    at: datetime
    basis: str
    release_order_id: int | None
    final_date: date | None
    first_officer_id: int | None
    first_name: str
    second_officer_id: int | None
    second_how: str
    second_name: str
    reached_officer_id: int | None
    order_seen: str
    recorded_by_id: int
    countersigned_at: datetime | None
    destination: str
    minutes_from_order: int
    entered_from_paper: bool
    marks: tuple[str, ...]
    left_open: tuple[str, ...]
    error_id: int | None
    version: int
    corrections: tuple[CorrectionInfo, ...]
    taken_back_at: datetime | None
    taken_back_by_id: int | None
    taken_back_reason: str

    @property
    def stands(self) -> bool:
        return self.taken_back_at is None

    @property
    def signed(self) -> bool:
        return self.countersigned_at is not None or self.second_how == "present"

    @property
    def may_not_sign(self) -> int:
        """Who cannot be the second officer: the first, or whoever typed what the paper says."""
        return self.recorded_by_id if self.first_officer_id is None else self.first_officer_id


def discharges(
    viewer: Actor, establishment_id: int, *, since: datetime, until: datetime
) -> list[DischargeInfo]:
    """The discharge book between two instants, oldest first.

    What was taken back is in it, as is what ever stood here before its hour was put right.
    """
    stood = DischargeCorrection.objects.filter(moved_from__gte=since, moved_from__lt=until)
    here = Q(at__gte=since, at__lt=until) | Q(pk__in=stood.values("discharge_id"))
    found = _whole(Discharge.objects.filter(here, establishment_id=establishment_id))
    rows = list(found.order_by("at"))
    seen = visible_ids(viewer, "release.view", [row.person_id for row in rows])
    return [_discharge(row) for row in rows if row.person_id in seen]


def discharge(viewer: Actor, discharge_id: int) -> DischargeInfo:
    """One discharge. Raises NotFound."""
    row = _whole(Discharge.objects.filter(pk=discharge_id)).first()
    if row is None:
        raise NotFound("discharge", discharge_id)
    require_visible(viewer, "release.view", row.person_id)
    return _discharge(row)


def discharge_of_episode(viewer: Actor, episode_id: int) -> DischargeInfo | None:
    """The discharge that ended an episode; none that was taken back."""
    stands = Discharge.objects.filter(episode_id=episode_id, taken_back_at=None)
    row = _whole(stands).first()
    if row is None or not visible_ids(viewer, "release.view", [row.person_id]):
        return None
    return _discharge(row)


def _whole(rows: QuerySet[Discharge]) -> QuerySet[Discharge]:
    """With what `_discharge` reads: two queries for any number of rows."""
    corrections = Prefetch("corrections", DischargeCorrection.objects.order_by("pk"))
    return rows.select_related("case", "error").prefetch_related(corrections)


def _correction(row: DischargeCorrection) -> CorrectionInfo:
    return CorrectionInfo(
        row.moved_from, row.moved_to, row.reason, row.corrected_at, row.corrected_by_id
    )


def _discharge(row: Discharge) -> DischargeInfo:
    error = getattr(row, "error", None)
    return DischargeInfo(
        discharge_id=row.pk,
        case_id=row.case_id,
        person_id=row.person_id,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        at=row.at,
        basis="" if row.case is None else row.case.basis,
        release_order_id=None if row.case is None else row.case.release_order_id,
        final_date=None if row.case is None else row.case.final_date,
        first_officer_id=row.first_officer_id,
        first_name=row.first_name,
        second_officer_id=row.second_officer_id,
        second_how=row.second_how,
        second_name=row.second_name,
        reached_officer_id=row.reached_officer_id,
        order_seen=row.order_seen,
        recorded_by_id=row.recorded_by_id,
        countersigned_at=row.countersigned_at,
        destination=row.destination,
        minutes_from_order=row.minutes_from_order,
        entered_from_paper=row.entered_from_paper,
        marks=tuple(row.marks),
        left_open=tuple(row.left_open),
        error_id=None if error is None else error.pk,
        version=row.version,
        corrections=tuple(_correction(c) for c in row.corrections.all()),
        taken_back_at=row.taken_back_at,
        taken_back_by_id=row.taken_back_by_id,
        taken_back_reason=row.taken_back_reason,
    )
