"""Gathering what the discharge check looks at, from the rooms below."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo, WarrantBrief
from pims.facilities import selectors as facilities
from pims.property import selectors as property_room
from pims.release.models import DischargeCase, DischargeItem
from pims.release.rules import DetainingWarrant, DischargeFacts


def collect_facts(case: DischargeCase, *, at: datetime) -> DischargeFacts:
    """The facts of one open case at `at`: six reads."""
    zone = facilities.time_zone(case.establishment_id)
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    order = next((o for o in orders if o.release_order_id == case.release_order_id), None)
    interests = authority.police_interests([case.person_id]).get(case.person_id, [])
    papers = authority.warrants_of([case.person_id], zone=zone).get(case.person_id, [])
    detaining = [w for w in papers if w.detains_at(at)]
    # A typed day is a final date only where a paper says so; all else is a decision.
    named = any(w.until == case.final_date for w in papers)
    return DischargeFacts(
        basis=case.basis,
        order_state="" if order is None else order.state,
        order_ends=frozenset(
            w.warrant_name_id for w in detaining if any(_ends(o, w) for o in orders if o.is_open)
        ),
        final_date=case.final_date if named else None,
        today=at.astimezone(ZoneInfo(zone)).date(),
        detaining=[
            DetainingWarrant(w.warrant_name_id, w.kind, w.reference, w.final_date)
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
    )


def orders_that_free(case: DischargeCase, *, at: datetime) -> list[int]:
    """The order of the case, and every other that stands by `at`: each ends its own warrants."""
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    return [
        o.release_order_id
        for o in orders
        if o.is_open and (o.release_order_id == case.release_order_id or o.received_at <= at)
    ]


def _ends(order: ReleaseOrderInfo, warrant: WarrantBrief) -> bool:
    if warrant.warrant_name_id in order.warrant_name_ids:
        return True
    # All that was here: not the warrant that came after the order.
    return order.ends_all and warrant.received_at <= order.received_at
