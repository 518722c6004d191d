"""Reads of releases in error: what was found, what the release had ended, who is not back."""

from dataclasses import dataclass
from datetime import datetime

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.release.dated import SERVED
from pims.release.models import Discharge, ReleaseInError


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """A release in error as it was found; `returned_at` is None for who is not back."""

    error_id: int
    person_id: int
    discovered_at: datetime
    how: str
    police_told_at: datetime | None
    returned_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.returned_at is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Authority:
    """What the release had ended, and whether another paper detains the person now."""

    ended: tuple[WarrantBrief, ...]
    otherwise_detained: bool


def error_of_discharge(viewer: Actor, discharge_id: int) -> ErrorInfo | None:
    """The error that was found in a discharge, if any, for who may see its person."""
    row = ReleaseInError.objects.filter(discharge_id=discharge_id).first()
    if row is None or not visible_ids(viewer, "release.view", [row.person_id]):
        return None
    return ErrorInfo(
        row.pk, row.person_id, row.discovered_at, row.how, row.police_told_at, row.returned_at,
        row.withdrawn_at,
    )  # fmt: skip


def open_error_of(viewer: Actor, person_id: int) -> int | None:
    """The release in error from which this person is not recorded as back."""
    row = ReleaseInError.objects.filter(
        person_id__in=people.persons_of(person_id), returned_at=None, withdrawn_at=None
    ).first()
    if row is None or not visible_ids(viewer, "release.view", [person_id]):
        return None
    return row.pk


def authority_before(viewer: Actor, error_id: int) -> Authority:
    """What detained the person before the release that was an error. Raises NotFound."""
    row = ReleaseInError.objects.select_related("discharge__case").filter(pk=error_id).first()
    if row is None:
        raise NotFound("release_in_error", error_id)
    require_visible(viewer, "release.view", row.person_id)
    zone = facilities.time_zone(row.establishment_id)
    papers = authority.warrants_of([row.person_id], zone=zone).get(row.person_id, [])
    now = clock.now()
    ended = [] if row.discharge is None else warrants_ended(row.discharge, papers)
    return Authority(tuple(ended), any(paper.detains_at(now) for paper in papers))


def orders_of(discharge: Discharge) -> list[int]:
    """The orders on which the person was let go."""
    if discharge.orders_acted_on:
        return list(discharge.orders_acted_on)
    own = None if discharge.case is None else discharge.case.release_order_id
    return [] if own is None else [own]


def warrants_ended(discharge: Discharge, papers: list[WarrantBrief]) -> list[WarrantBrief]:
    """Those of the person's papers that a discharge ended: by its orders as they were acted on,
    or because by the calculation their sentences were served."""
    ended = authority.warrants_ended_by(
        orders_of(discharge), people.persons_of(discharge.person_id), acted_at=discharge.at
    )
    return [
        paper
        for paper in papers
        if paper.warrant_name_id in ended
        or (paper.end_basis == SERVED and paper.ends_at == max(discharge.at, paper.starts_at))
    ]


def errors_open(viewer: Actor, establishment_id: int) -> list[tuple[int, int, datetime]]:
    """Releases in error whose person is not back: (error id, person id, left at)."""
    rows = ReleaseInError.objects.filter(
        establishment_id=establishment_id, returned_at=None, withdrawn_at=None
    )
    seen = visible_ids(viewer, "release.view", [row.person_id for row in rows])
    return [(row.pk, row.person_id, row.left_at) for row in rows if row.person_id in seen]


def error_person(viewer: Actor, error_id: int) -> int:
    """The person of a release in error. Raises NotFound."""
    row = ReleaseInError.objects.filter(pk=error_id).first()
    if row is None:
        raise NotFound("release_in_error", error_id)
    require_visible(viewer, "release.view", row.person_id)
    return row.person_id
