"""Gathering what the discharge check looks at, from the rooms below."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.facilities import selectors as facilities
from pims.property import selectors as property_room
from pims.release.models import DischargeCase, DischargeItem
from pims.release.rules import DetainingWarrant, DischargeFacts


def collect_facts(case: DischargeCase, *, at: datetime) -> DischargeFacts:
    """The facts of one open case at `at`: six reads."""
    zone = facilities.time_zone(case.establishment_id)
    order = None
    if case.release_order_id is not None:
        orders = authority.release_orders([case.person_id]).get(case.person_id, [])
        order = next(o for o in orders if o.release_order_id == case.release_order_id)
    interests = authority.police_interests([case.person_id]).get(case.person_id, [])
    detaining = authority.detaining_warrants(case.person_id, zone=zone, at=at)
    return DischargeFacts(
        basis=case.basis,
        order_state="" if order is None else order.state,
        order_ends=frozenset()
        if order is None
        else frozenset(w.warrant_name_id for w in detaining if w.received_at <= order.received_at)
        if order.ends_all  # not the warrant that came after the order
        else frozenset(order.warrant_name_ids),
        final_date=case.final_date,
        today=at.astimezone(ZoneInfo(zone)).date(),
        detaining=[
            DetainingWarrant(w.warrant_name_id, w.kind, w.reference, w.until)
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
