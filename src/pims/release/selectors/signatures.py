"""Reads of who stands for a discharge: the two officers, and those who know the prisoner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import NotFound
from pims.release.models import Vouching
from pims.release.selectors.discharges import DischargeInfo


@dataclass(frozen=True, slots=True)
class Officers:
    """The names of the two officers of a discharge, as the record or its paper gives them."""

    first: str
    second: str
    typed_by: str


def officers_of(rows: Iterable[DischargeInfo]) -> dict[int, Officers]:
    """Of each discharge. Of one on paper: whom the paper names, never whoever typed it in."""
    found = list(rows)
    ids = {i for r in found for i in (r.first_officer_id, r.second_officer_id, r.recorded_by_id)}
    names = user_names(i for i in ids if i is not None)
    return {
        row.discharge_id: Officers(
            first=row.first_name or names.get(row.first_officer_id or 0, ""),
            second=_second(row, names),
            typed_by=names.get(row.recorded_by_id, "") if row.entered_from_paper else "",
        )
        for row in found
    }


def _second(row: DischargeInfo, names: Mapping[int, str]) -> str:
    signed = names.get(row.second_officer_id or 0, "")
    if row.second_officer_id is not None and row.second_officer_id == row.reached_officer_id:
        return row.second_name
    if row.second_name and signed and signed != row.second_name:
        return f"{row.second_name}; {signed}"
    return signed or row.second_name


@dataclass(frozen=True, slots=True)
class VouchingInfo:
    """An officer who was named as knowing a prisoner at the gate."""

    vouching_id: int
    case_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    user_id: int
    officer: str
    named_at: datetime
    signed_at: datetime | None
    denied_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.signed_at is None and self.denied_at is None


def vouchings(
    *,
    case_id: int | None = None,
    establishment_id: int | None = None,
    person_ids: Iterable[int] | None = None,
    waiting: bool = False,
) -> list[VouchingInfo]:
    """Who vouched, or, `waiting`, who has yet to answer. Two queries, no scope."""
    rows = Vouching.objects.select_related("case").order_by("pk")
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    if establishment_id is not None:
        rows = rows.filter(case__establishment_id=establishment_id)
    if person_ids is not None:
        rows = rows.filter(case__person_id__in=list(person_ids))
    if waiting:
        rows = rows.filter(signed_at=None, denied_at=None)
    found = list(rows)
    names = user_names(row.user_id for row in found)
    return [
        VouchingInfo(
            row.pk, row.case_id, row.case.person_id, row.case.episode_id,
            row.case.establishment_id, row.user_id, names.get(row.user_id, "—"), row.named_at,
            row.signed_at, row.denied_at,
        )
        for row in found
    ]  # fmt: skip


def vouching(viewer: Actor, vouching_id: int) -> VouchingInfo:
    """One officer's word. Raises NotFound."""
    case_id = Vouching.objects.filter(pk=vouching_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound("vouching", vouching_id)
    found = next(v for v in vouchings(case_id=case_id) if v.vouching_id == vouching_id)
    require_visible(viewer, "release.view", found.person_id)
    return found
