"""Papers that the gate or the desk recorded and nobody has keyed as an order of a court yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo, WarrantBrief
from pims.courts.models import CourtOrder
from pims.courts.rules.keyed import kinds_of_release, kinds_of_warrant
from pims.courts.selectors.cases import VIEW
from pims.custody.selectors.standing import standing
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.people import selectors as people

AWAITED = "paper_to_come"


@dataclass(frozen=True, slots=True)
class UnkeyedPaper:
    """One person's name on one paper. Exactly one of the two ids is there.

    `person_id` is the person's own record now; `order_kinds` are the kinds of order that the paper
    can be, those most often met first; empty where it is none of a court's.
    """

    warrant_name_id: int | None
    release_order_id: int | None
    person_id: int
    kind: str
    body_id: int | None
    body_name: str
    reference: str
    dated: date | None
    received_at: datetime
    until: date | None
    next_appearance: date | None
    amount_cents: int | None
    charges: str
    order_kinds: tuple[str, ...]


def papers_not_keyed(
    viewer: Actor, establishment_id: int, *, held: Iterable[int] | None = None
) -> list[UnkeyedPaper]:
    """Papers in force about those held here that no order rests on, the longest waiting first.

    A constant number of queries. A commitment that was told of and whose paper is still to come is
    not among them: there is nothing to key. Nor is a paper that has ended, or a release order that
    was acted on, struck out or withdrawn. `held` are those on the books here, where the page has
    read them already.
    """
    if not viewer.can_at(VIEW, establishment_id):
        return []
    if held is None:
        held = (row.person_id for row in standing(establishment_id=establishment_id))
    persons = set(held)
    if not viewer.system:
        persons &= set(visible_ids(viewer, VIEW, persons))
    return unkeyed_of(persons, zone=facilities.time_zone(establishment_id))


def unkeyed_of(person_ids: Iterable[int], *, zone: str) -> list[UnkeyedPaper]:
    """The same for these persons, for rooms above: no scope."""
    roots = set(people.ids_canonical(set(person_ids)).values())
    of_record = {**{root: root for root in roots}, **people.joined_records(roots)}
    names = authority.open_names(roots)
    rest_on = CourtOrder.objects.exclude(state=CourtOrder.State.VOID)
    keyed = set(
        rest_on.filter(any_of("warrant_name_id", names.keys())).values_list(
            "warrant_name_id", flat=True
        )
    )
    # Only the papers of those are read about whom there is something to key.
    owing = {
        of_record.get(person_id, person_id) for one, person_id in names.items() if one not in keyed
    }
    briefs = [
        brief
        for of_one in (authority.warrants_of(owing, zone=zone) if owing else {}).values()
        for brief in of_one
        if brief.warrant_name_id not in keyed
        and brief.ends_at is None
        and brief.detains is not None
        and AWAITED not in brief.defects
    ]
    releases = [
        one
        for of_one in authority.release_orders(list(roots)).values()
        for one in of_one
        if one.is_open
    ]
    orders = {one.release_order_id for one in releases}
    keyed_orders = set(
        rest_on.filter(any_of("release_order_id", orders)).values_list(
            "release_order_id", flat=True
        )
    )
    found = [_warrant(one, of_record.get(one.person_id, one.person_id)) for one in briefs]
    found += [
        _release(one, of_record.get(one.person_id, one.person_id))
        for one in releases
        if one.release_order_id not in keyed_orders
    ]
    return sorted(found, key=lambda p: (p.received_at, p.person_id, p.warrant_name_id or 0))


def _warrant(brief: WarrantBrief, person_id: int) -> UnkeyedPaper:
    return UnkeyedPaper(
        warrant_name_id=brief.warrant_name_id,
        release_order_id=None,
        person_id=person_id,
        kind=brief.kind,
        body_id=brief.body_id,
        body_name=brief.body_name,
        reference=brief.reference,
        dated=brief.dated,
        received_at=brief.received_at,
        until=brief.until,
        next_appearance=brief.next_appearance,
        amount_cents=brief.amount_cents,
        charges=brief.charges,
        order_kinds=kinds_of_warrant(brief.kind),
    )


def _release(info: ReleaseOrderInfo, person_id: int) -> UnkeyedPaper:
    return UnkeyedPaper(
        warrant_name_id=None,
        release_order_id=info.release_order_id,
        person_id=person_id,
        kind=info.kind,
        body_id=None,
        body_name=info.body_name,
        reference=info.reference,
        dated=info.dated,
        received_at=info.received_at,
        until=None,
        next_appearance=None,
        amount_cents=None,
        charges="",
        order_kinds=kinds_of_release(info.kind),
    )
