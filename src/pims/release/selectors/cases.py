"""Open discharge cases: whose clock runs, what a case still waits for, who is due to walk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from pims.authority import selectors as authority
from pims.custody.selectors.standing import standing
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.compiled import compiled
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.release import rules
from pims.release.dated import as_calculated, calculated
from pims.release.facts import collect_facts, last_day
from pims.release.models import Discharge, DischargeCase, DischargeItem
from pims.release.rules import ODD_SECOND, DischargeCheck, DischargeFacts


@dataclass(frozen=True, slots=True)
class ClockRow:
    """An open case, or a discharge that awaits its second signature.

    `odd` are the marks of a second officer who was none.
    """

    case_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    clock_started_at: datetime
    acknowledged_at: datetime | None
    awaits_countersign: bool
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenGround:
    """An open case and its ground."""

    case_id: int
    basis: str
    release_order_id: int | None
    final_date: date | None
    ground: str


@dataclass(frozen=True, slots=True)
class ItemInfo:
    code: str
    state: str
    note: str
    at: datetime | None
    by_id: int | None


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case as the desk sees it. `telephone_from` is when a second may agree by telephone."""

    case_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    basis: str
    state: str
    final_date: date | None
    ground: str
    release_order_id: int | None
    clock_started_at: datetime
    acknowledged_at: datetime | None
    identity_how: str
    identity_at: datetime | None
    second_officer_id: int | None
    telephone_from: datetime
    superintendent_at: datetime
    facts: DischargeFacts | None
    check: DischargeCheck | None
    items: tuple[ItemInfo, ...]
    discharge_id: int | None


@dataclass(frozen=True, slots=True)
class DueRelease:
    """Someone whose last warrant ends on `final_date`, by its own words or by calculation."""

    person_id: int
    episode_id: int
    final_date: date
    case_id: int | None


def clocks(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> list[ClockRow]:
    """What is running, oldest first. Two queries, no scope: for the rooms above."""
    where = Q()
    if establishment_id is not None:
        where &= Q(establishment_id=establishment_id)
    if person_ids is not None:
        where &= Q(person_id__in=list(person_ids))
    rows = [
        ClockRow(
            c.pk, c.person_id, c.episode_id, c.establishment_id, c.clock_started_at,
            c.acknowledged_at, awaits_countersign=False,
        )
        for c in DischargeCase.objects.filter(where, state=DischargeCase.State.OPEN)
    ]  # fmt: skip
    rows += [
        ClockRow(
            d.case_id, d.person_id, d.episode_id, d.establishment_id, d.at, d.at,
            awaits_countersign=True, odd=tuple(mark for mark in d.marks if mark in ODD_SECOND),
        )
        for d in Discharge.objects.filter(
            where, countersigned_at=None, taken_back_at=None
        ).exclude(second_how=Discharge.SecondHow.PRESENT)
        if d.case_id is not None
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.clock_started_at)


def open_cases(viewer: Actor, establishment_id: int) -> list[ClockRow]:
    """The cases and countersignatures that this viewer may see."""
    rows = clocks(establishment_id=establishment_id)
    seen = visible_ids(viewer, "release.view", [row.person_id for row in rows])
    return [row for row in rows if row.person_id in seen]


def open_case_of(viewer: Actor, episode_id: int) -> int | None:
    """The open case of an episode, where the viewer may see its person."""
    for case_id, person_id in _open_of(episode_id):
        return case_id if visible_ids(viewer, "release.view", [person_id]) else None
    return None


@compiled
def _open_of(episode_id: Any) -> QuerySet[Any, Any]:
    open_cases_of = DischargeCase.objects.filter(state=DischargeCase.State.OPEN)
    return open_cases_of.filter(episode_id=episode_id).values_list("id", "person_id")


def open_ground(episode_id: int) -> OpenGround | None:
    """The open case of an episode and what it rests on, for this room's own subscriber."""
    row = DischargeCase.objects.filter(
        episode_id=episode_id, state=DischargeCase.State.OPEN
    ).first()
    if row is None:
        return None
    return OpenGround(row.pk, row.basis, row.release_order_id, row.final_date, row.ground)


def open_case_of_order(release_order_id: int) -> int | None:
    """The open case that rests on an order, for this room's own subscriber."""
    return (
        DischargeCase.objects.filter(
            release_order_id=release_order_id, state=DischargeCase.State.OPEN
        )
        .values_list("id", flat=True)
        .first()
    )


def case_detail(viewer: Actor, case_id: int) -> CaseDetail:
    """One case with its check as of now. Raises NotFound."""
    case = DischargeCase.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound("discharge_case", case_id)
    require_visible(viewer, "release.view", case.person_id)
    facts = check = None
    if case.state == DischargeCase.State.OPEN:
        facts = collect_facts(case, at=clock.now())
        check = rules.discharge_check(facts)
    stored = {item.code: item for item in DischargeItem.objects.filter(case=case)}
    codes = [i.code for i in check.items] if check else [c for c in rules.ITEMS if c in stored]
    settled = {i.code for i in check.items if i.settled} if check else set()
    discharge = Discharge.objects.filter(case=case).first()
    return CaseDetail(
        case_id=case.pk,
        person_id=case.person_id,
        episode_id=case.episode_id,
        establishment_id=case.establishment_id,
        basis=case.basis,
        state=case.state,
        final_date=case.final_date,
        ground=case.ground,
        release_order_id=case.release_order_id,
        clock_started_at=case.clock_started_at,
        acknowledged_at=case.acknowledged_at,
        identity_how=case.identity_how,
        identity_at=case.identity_at,
        second_officer_id=case.second_officer_id,
        telephone_from=rules.telephone_from(case.clock_started_at),
        superintendent_at=case.clock_started_at + rules.SUPERINTENDENT_CALLED_AFTER,
        facts=facts,
        check=check,
        items=tuple(_item(code, stored.get(code), settled) for code in codes),
        discharge_id=None if discharge is None else discharge.pk,
    )


def releases_due(viewer: Actor, establishment_id: int, *, days: int = 7) -> list[DueRelease]:
    """Who is due to walk within so many days, by calculation or the words of their warrants."""
    if not viewer.can_at("release.view", establishment_id):
        return []
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    now = clock.now()
    horizon = now.astimezone(zone).date() + timedelta(days=days)
    rows = standing(establishment_id=establishment_id)
    seen = visible_ids(viewer, "release.view", [row.person_id for row in rows])
    held = authority.warrants_of(seen, zone=zone.key, as_of=AsOf(now))
    counted = calculated(seen, until=horizon)
    cases = dict(
        DischargeCase.objects.filter(
            establishment_id=establishment_id, state=DischargeCase.State.OPEN
        ).values_list("episode_id", "id")
    )
    due = []
    for row in rows:
        papers = as_calculated(held.get(row.person_id, []), counted.get(row.person_id), zone)
        day = last_day(papers, now, zone)
        if day is not None and day <= horizon:
            due.append(DueRelease(row.person_id, row.episode_id, day, cases.get(row.episode_id)))
    return sorted(due, key=lambda d: (d.final_date, d.person_id))


def _item(code: str, row: DischargeItem | None, settled: set[str]) -> ItemInfo:
    if row is None:
        return ItemInfo(code, "done" if code in settled else "open", "", None, None)
    return ItemInfo(code, row.state, row.note, row.at, row.by_id)
