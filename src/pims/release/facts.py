"""Gathering what the discharge check looks at, from the rooms below."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo, WarrantBrief
from pims.courts import selectors as courts
from pims.custody.selectors.standing import owner_of
from pims.facilities import selectors as facilities
from pims.property import selectors as property_room
from pims.release.dated import as_calculated, calculated
from pims.release.denials import denials_in
from pims.release.models import DischargeCase, DischargeItem, Preparation
from pims.release.one_custody import ThisCustody, this_custody
from pims.release.rules import (
    DetainingWarrant,
    DischargeFacts,
    Holding,
    StandingOrder,
    UndecidedWarrant,
    clock_start,
)
from pims.release.rules.preparing import DateDoubts

# At what hour of the final date a prisoner should walk. Working practice, unconfirmed: the
# service's legal officer has yet to say; only the alarm's clock depends on it, never the gate.
RELEASE_HOUR = time(8, 0)


def collect_facts(case: DischargeCase, *, at: datetime) -> DischargeFacts:
    """The facts of one open case at `at`: a constant number of reads, however many papers."""
    zone = facilities.time_zone(case.establishment_id)
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    interests = authority.police_interests([case.person_id]).get(case.person_id, [])
    written = authority.warrants_of([case.person_id], zone=zone).get(case.person_id, [])
    counted = calculated([case.person_id]).get(case.person_id)
    papers = as_calculated(written, counted, ZoneInfo(zone))
    custody_now = this_custody(case.episode_id)
    own = (o for o in orders if o.release_order_id == case.release_order_id)
    order = next((o for o in own if _grounds(o, custody_now, papers)), None)
    detaining = [w for w in papers if w.detains_at(at)]
    said_no = denials_in(custody_now)
    today = at.astimezone(ZoneInfo(zone)).date()
    detaining += [w for w in papers if _follows_on(w, at, today, ZoneInfo(zone))]
    in_doubt = [w for w in papers if w.may_detain_at(at)]
    # A typed day is a final date only where a paper of this custody says so.
    named = case.final_date in final_dates(papers, custody_now)
    on_paper = case.final_date in final_dates(written, custody_now)
    doubted = courts.reading_doubts([case.person_id]).get(case.person_id, ())
    return DischargeFacts(
        basis=case.basis,
        order_state="" if order is None else order.state,
        order_ends=frozenset(
            w.warrant_name_id
            for w in [*detaining, *in_doubt]
            if any(w.warrant_name_id in o.warrant_name_ids for o in orders if o.is_open)
        ),
        final_date=case.final_date if named else None,
        today=today,
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
        denied_by=sorted({who for no in said_no if no.stands for who in no.officers}),
        denied_once=any(not no.stands for no in said_no),
        dates=DateDoubts(
            provisional=case.basis == DischargeCase.Basis.FINAL_DATE
            and counted is not None
            and counted.provisional
            and not on_paper,
            differ=Preparation.objects.filter(
                episode_id=case.episode_id, state=Preparation.State.OPEN, settled_at=None
            )
            .exclude(differences=[])
            .exists(),
            unread=sum(one.why != "not_blind" for one in doubted),
            not_blind=sum(one.why == "not_blind" for one in doubted),
        ),
    )


def orders_that_free(
    case: DischargeCase, *, at: datetime, acted_on: Collection[int] = ()
) -> list[int]:
    """The order of the case, and every other that stands by `at`: each ends its own warrants.

    Of those `acted_on` before, whose hour is put right, also one that fell only after `at`.
    """
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])

    def freed(order: ReleaseOrderInfo) -> bool:
        own = order.release_order_id == case.release_order_id
        if order.is_open:
            return own or order.received_at <= at
        fell = order.withdrawn_at
        return order.release_order_id in acted_on and fell is not None and fell > at

    return [order.release_order_id for order in orders if freed(order)]


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
    written = authority.warrants_of([person_id], zone=zone.key).get(person_id, [])
    papers = as_calculated(written, calculated([person_id]).get(person_id), zone)
    custody_now = this_custody(episode_id)
    return clock_start(
        [
            Holding(w.warrant_name_id, w.detains.start, w.detains.end, _final_at(w, zone))
            for w in papers
            if w.detains is not None
        ],
        [
            StandingOrder(o.release_order_id, o.received_at, frozenset(o.warrant_name_ids))
            for o in orders
            if _grounds(o, custody_now, papers)
        ],
        own=release_order_id,
        held_since=custody_now.since,
        as_of=at,
        earlier=earlier,
    )


def release_hour(day: date, zone: ZoneInfo) -> datetime:
    """The instant of a final date at which its prisoner should walk."""
    return datetime.combine(day, RELEASE_HOUR, zone)


def last_day(papers: Iterable[WarrantBrief], at: datetime, zone: ZoneInfo) -> date | None:
    """The last day that the papers in force name together, with those that follow on them.

    None where nothing is in force, or anything among them waits for a court or names no day.
    """
    known = list(papers)
    counted = [paper for paper in known if paper.detains_at(at)]
    if not counted:
        return None
    last: date | None = None
    while counted:
        for paper in counted:
            if paper.final_date is None:
                return None
            last = paper.final_date if last is None else max(last, paper.final_date)
            known.remove(paper)
        assert last is not None
        counted = [paper for paper in known if _follows_on(paper, at, last, zone)]
    return last


def _follows_on(warrant: WarrantBrief, at: datetime, last: date, zone: ZoneInfo) -> bool:
    """Whether a warrant begins so soon after `last` that whoever goes then would be taken again: a
    consecutive sentence begins on the day after the one before it ends."""
    if warrant.detains is None or warrant.detains.start <= at:
        return False
    return warrant.detains.start.astimezone(zone).date() <= last + timedelta(days=1)


def _final_at(warrant: WarrantBrief, zone: ZoneInfo) -> datetime | None:
    return None if warrant.final_date is None else release_hour(warrant.final_date, zone)


def orders_that_ground(episode_id: int) -> list[ReleaseOrderInfo]:
    """The orders on which the person may be let go from this custody, newest first: a few reads."""
    person_id, establishment_id = owner_of(episode_id)
    zone = facilities.time_zone(establishment_id)
    papers = authority.warrants_of([person_id], zone=zone).get(person_id, [])
    custody_now = this_custody(episode_id)
    orders = authority.release_orders([person_id]).get(person_id, [])
    return [order for order in orders if _grounds(order, custody_now, papers)]


def final_dates(papers: Iterable[WarrantBrief], custody_now: ThisCustody) -> set[date]:
    """The last days that papers name which held in this custody: a sentence served before it
    ended then, and lets nobody go a second time."""
    return {
        paper.until
        for paper in papers
        if paper.until is not None and _reaches_into(paper, custody_now)
    }


def _grounds(
    order: ReleaseOrderInfo, custody_now: ThisCustody, papers: Iterable[WarrantBrief]
) -> bool:
    """Whether an order is a ground to let somebody go from this custody.

    One that has let the person go before, or that fell, is none. One that came before custody
    last ended speaks of papers of that time: it is one only where it names a paper that holds now.
    """
    if not order.is_open:
        return False
    if custody_now.left_before is None or order.received_at > custody_now.left_before:
        return True
    return any(
        paper.warrant_name_id in order.warrant_name_ids and _reaches_into(paper, custody_now)
        for paper in papers
    )


def _reaches_into(paper: WarrantBrief, custody_now: ThisCustody) -> bool:
    end = None if paper.detains is None else paper.detains.end
    return paper.detains is not None and (end is None or end > custody_now.since)
