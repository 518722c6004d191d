"""Gathering what the discharge check looks at, from the rooms below."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.property import selectors as property_room
from pims.release.models import DischargeCase, DischargeItem
from pims.release.rules import (
    DetainingWarrant,
    DischargeFacts,
    Holding,
    StandingOrder,
    UndecidedWarrant,
    clock_start,
)

# At what hour of the final date a prisoner should walk. Working practice, unconfirmed: the
# service's legal officer has yet to say; only the alarm's clock depends on it, never the gate.
RELEASE_HOUR = time(8, 0)


def collect_facts(case: DischargeCase, *, at: datetime) -> DischargeFacts:
    """The facts of one open case at `at`: six reads."""
    zone = facilities.time_zone(case.establishment_id)
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    order = next((o for o in orders if o.release_order_id == case.release_order_id), None)
    interests = authority.police_interests([case.person_id]).get(case.person_id, [])
    papers = authority.warrants_of([case.person_id], zone=zone).get(case.person_id, [])
    detaining = [w for w in papers if w.detains_at(at)]
    detaining += [w for w in papers if _follows_on(w, at, ZoneInfo(zone))]
    in_doubt = [w for w in papers if w.may_detain_at(at)]
    # A typed day is a final date only where a paper says so; all else is a decision.
    named = any(w.until == case.final_date for w in papers)
    return DischargeFacts(
        basis=case.basis,
        order_state="" if order is None else order.state,
        order_ends=frozenset(
            w.warrant_name_id
            for w in [*detaining, *in_doubt]
            if any(w.warrant_name_id in o.warrant_name_ids for o in orders if o.is_open)
        ),
        final_date=case.final_date if named else None,
        today=at.astimezone(ZoneInfo(zone)).date(),
        detaining=[
            DetainingWarrant(
                w.warrant_name_id,
                w.kind,
                w.reference,
                w.final_date,
                keyed_later=any(o.ends_all and o.is_open for o in orders),
                begins=None
                if w.detains_at(at) or w.detains is None
                else w.detains.start.astimezone(ZoneInfo(zone)).date(),
            )
            for w in detaining
        ],
        identity_how=case.identity_how,
        clock_started_at=case.clock_started_at,
        property_held=len(property_room.held_items([case.person_id]).get(case.person_id, [])),
        police_interests=len(interests),
        police_informed=sum(
            1
            for i in interests
            if i.informed_at is not None and i.informed_at >= case.clock_started_at
        ),
        settled=frozenset(
            DischargeItem.objects.filter(case=case)
            .exclude(state=DischargeItem.State.OPEN)
            .values_list("code", flat=True)
        ),
        second_officer=case.second_officer_id is not None,
        undecided=[
            UndecidedWarrant(w.warrant_name_id, w.warrant_id, w.kind, w.reference) for w in in_doubt
        ],
        order_in_doubt=any(o.in_doubt for o in orders),
    )


def orders_that_free(case: DischargeCase, *, at: datetime) -> list[int]:
    """The order of the case, and every other that stands by `at`: each ends its own warrants."""
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    return [
        o.release_order_id
        for o in orders
        if o.is_open and (o.release_order_id == case.release_order_id or o.received_at <= at)
    ]


def clock_of(
    person_id: int,
    *,
    episode_id: int,
    establishment_id: int,
    release_order_id: int | None,
    at: datetime,
    earlier: Sequence[datetime] = (),
) -> datetime | None:
    """Since when the person is free to go, as `rules.clock_start` counts it: a few reads."""
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    orders = authority.release_orders([person_id]).get(person_id, [])
    papers = authority.warrants_of([person_id], zone=zone.key).get(person_id, [])
    held_since, left_before = _this_custody(person_id, episode_id)
    return clock_start(
        [
            Holding(w.warrant_name_id, w.detains.start, w.detains.end, _final_at(w, zone))
            for w in papers
            if w.detains is not None
        ],
        [
            StandingOrder(o.release_order_id, o.received_at, frozenset(o.warrant_name_ids))
            for o in orders
            if o.is_open and (left_before is None or o.received_at > left_before)
        ],
        own=release_order_id,
        held_since=held_since,
        as_of=at,
        earlier=earlier,
    )


def release_hour(day: date, zone: ZoneInfo) -> datetime:
    """The instant of a final date at which its prisoner should walk."""
    return datetime.combine(day, RELEASE_HOUR, zone)


def _follows_on(warrant: WarrantBrief, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a warrant begins so soon that whoever goes now would be taken again: a consecutive
    sentence begins on the day after the one before it ends."""
    if warrant.detains is None or warrant.detains.start <= at:
        return False
    today = at.astimezone(zone).date()
    return warrant.detains.start.astimezone(zone).date() <= today + timedelta(days=1)


def _final_at(warrant: WarrantBrief, zone: ZoneInfo) -> datetime | None:
    return None if warrant.final_date is None else release_hour(warrant.final_date, zone)


def _this_custody(person_id: int, episode_id: int) -> tuple[datetime, datetime | None]:
    """Since when this custody has lasted, transfers included, and when the one before it ended."""
    briefs = custody.episode_briefs([person_id]).get(person_id, [])
    since = next(brief.starts_at for brief in briefs if brief.episode_id == episode_id)
    for brief in reversed(briefs):
        if brief.end_kind == "transferred" and brief.ends_at == since:
            since = brief.starts_at
    before = [brief.ends_at for brief in briefs if brief.ends_at and brief.ends_at <= since]
    return since, max(before, default=None)
