"""What an order does to custody: the warrant or the release order that it is in the authority room.

All of it follows from a fact that was recorded, so it asks for no permission of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.selectors import WarrantBrief
from pims.authority.services import WarrantNameInput
from pims.courts.models import CourtOrder
from pims.courts.rules.defects import to_ask_about
from pims.courts.rules.terms import review_day
from pims.courts.services.order_facts import Order
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.ui import wording

# What a charge becomes by an order that names it.
CHARGE_STATES: Mapping[str, str] = {
    "charge_withdrawn": "withdrawn", "discharge": "discharged", "acquittal": "acquitted",
    "appeal_allowed": "quashed", "commitment_sentence": "convicted", "time_served": "convicted",
    "non_custodial": "convicted", "fine_default": "convicted", "life_minimum": "convicted",
    "compensation_default": "convicted", "convicted_for_sentence": "convicted",
    "retrial": "open",
}  # fmt: skip
# What an end of a warrant is called by the effect of the order that took its place.
_END_KIND = {Effect.SENTENCE: "sentenced", Effect.DETAINS: "replaced"}


@dataclass(frozen=True, slots=True)
class Named:
    """One person on the paper: what is written of them, and the warrants that it is about."""

    order: CourtOrder
    until: date | None
    charges: str
    warrant_name_ids: tuple[int, ...]
    ends_all: bool
    keyed: WarrantBrief | None = None


def worded(defects: Collection[str], language: str) -> list[str]:
    """What is wrong, in words for a letter to a court."""
    return [
        wording.render(Reason(f"courts.defect_{code}"), language) for code in to_ask_about(defects)
    ]


def open_warrants(person_id: int, establishment_id: int) -> dict[int, WarrantBrief]:
    """Those of the person's warrants that nothing has ended."""
    zone = facilities.time_zone(establishment_id)
    root = people.canonical_id(person_id)
    briefs = authority.warrants_of([root], zone=zone).get(root, [])
    return {brief.warrant_name_id: brief for brief in briefs if brief.ends_at is None}


def detain(
    tx: Transaction,
    written: Order,
    named: Sequence[Named],
    *,
    starts_at: datetime,
    as_written: str,
    scan: bytes | None,
) -> None:
    """One warrant for all whom the paper names; what it takes the place of ends as it begins.

    Of whoever the paper was keyed for already that warrant is the order's.
    """
    kind = warrant_kinds()[written.kind.warrant]
    appears = written.next_date
    if appears is None and "review" in kind.needs:
        appears = review_day(written.dated or written.received_on, written.review_months)
    for one in named:
        if one.keyed is not None:
            _rest_on(tx, written, one, one.keyed, appears=appears)
            _end_others(tx, written, one, at=starts_at)
    named = [one for one in named if one.keyed is None]
    if not named:
        return
    asked = {code for one in named for code in to_ask_about(one.order.defects)}
    # A day that is not there is told by the authority room itself.
    asked -= {"no_date", "date_in_the_future", "date_before_birth"}
    paper = authority_services.record_warrant(
        tx.beyond_scope(),
        establishment_id=written.establishment_id,
        kind=kind.code,
        body_id=written.body.body_id,
        reference=written.reference,
        dated=written.dated,
        received_at=written.received_at,
        as_written=as_written,
        defects=("other",) if asked else (),
        remarks=worded(asked, tx.actor.language),
        scan=scan,
        names=[
            WarrantNameInput(
                person_id=one.order.person_id,
                name_as_written=one.order.name_as_written,
                starts_at=starts_at,
                until=one.until,
                next_appearance=appears,
                charges=one.charges,
                amount_cents=written.amount_cents,
            )
            for one in named
        ],
    )
    for one, warrant_name_id in zip(named, paper.warrant_name_ids, strict=True):
        one.order.warrant_name_id = warrant_name_id
        if scan is not None:
            held = open_warrants(one.order.person_id, one.order.establishment_id)
            one.order.scan_blob_id = _blob(held[warrant_name_id].scan_blob_id)
        _end_others(tx, written, one, at=starts_at)


def _end_others(tx: Transaction, written: Order, one: Named, *, at: datetime) -> None:
    """The warrants whose place the order's own takes."""
    end_warrants(
        tx,
        one.order,
        [i for i in one.warrant_name_ids if i != one.order.warrant_name_id],
        at=at,
        end_kind=_END_KIND[written.kind.effect],
    )


def _rest_on(
    tx: Transaction,
    written: Order,
    one: Named,
    keyed: WarrantBrief,
    *,
    appears: date | None,
) -> None:
    """The order's warrant is the one that was keyed from this paper at the gate or the desk.

    It reads as the order does where they differ: whoever keys an order has read the paper itself.
    Where the order has nothing to say the warrant stays as it is.
    """
    one.order.warrant_name_id = keyed.warrant_name_id
    until, appears = one.until or keyed.until, appears or keyed.next_appearance
    amount = keyed.amount_cents if written.amount_cents is None else written.amount_cents
    if (until, appears, amount) == (keyed.until, keyed.next_appearance, keyed.amount_cents):
        return
    authority_services.amend_warrant_name(
        tx.beyond_scope(),
        warrant_name_id=keyed.warrant_name_id,
        version=keyed.version,
        reason=written.reference or written.body.name,
        name_as_written=keyed.name_as_written,
        charges=keyed.charges,
        starts_at=keyed.starts_at,
        until=until,
        next_appearance=appears,
        amount_cents=amount,
    )


def end_warrants(
    tx: Transaction,
    order: CourtOrder,
    warrant_name_ids: Sequence[int],
    *,
    at: datetime,
    end_kind: str,
) -> None:
    """End what the order takes the place of, and keep which, should it turn out never to have
    been."""
    if not warrant_name_ids:
        return
    held = open_warrants(order.person_id, order.establishment_id)
    ending = [i for i in dict.fromkeys(warrant_name_ids) if i in held]
    for warrant_name_id in ending:
        authority_services.end_warrant_by_fact(
            tx.beyond_scope(),
            warrant_name_id=warrant_name_id,
            end_kind=end_kind,
            at=at,
            basis=order.reference or order.body.name,
        )
    order.ended_warrant_name_ids = [*order.ended_warrant_name_ids, *ending]


def free(
    tx: Transaction, written: Order, one: Named, *, as_written: str, scan: bytes | None
) -> None:
    """A release order, to be verified by calling the registry; it frees nobody by itself."""
    if one.order.release_order_id is not None:
        return
    if not one.warrant_name_ids and not one.ends_all:
        return
    made = authority_services.record_release_order(
        tx.beyond_scope(),
        establishment_id=written.establishment_id,
        person_id=one.order.person_id,
        kind=written.kind.release,
        body_id=written.body.body_id,
        received_at=written.received_at,
        warrant_name_ids=() if one.ends_all else one.warrant_name_ids,
        ends_all=one.ends_all,
        reference=written.reference,
        dated=written.dated,
        as_written=as_written,
        conditions=written.conditions,
        scan=scan,
    )
    one.order.release_order_id = made.release_order_id
    if scan is not None:
        root = people.canonical_id(one.order.person_id)
        for kept in authority.release_orders([root]).get(root, []):
            if kept.release_order_id == made.release_order_id:
                one.order.scan_blob_id = _blob(kept.scan_blob_id)


def _blob(blob_id: str | None) -> UUID | None:
    """The scan that the authority room keeps: one file, whichever page shows it."""
    return None if blob_id is None else UUID(blob_id)


def freed_by_default(order: CourtOrder, charge_ids: Collection[int]) -> list[int]:
    """The warrants of the same case that an order frees from, where it names none.

    A warrant for charges that the order is not about holds on: one of two charges withdrawn frees
    nobody.
    """
    if order.case_id is None:
        return []
    held = open_warrants(order.person_id, order.establishment_id)
    rows = CourtOrder.objects.filter(
        case_id=order.case_id,
        person_id__in=people.persons_of(order.person_id),
        warrant_name_id__in=list(held),
    ).prefetch_related("charges")
    found = []
    for row in rows.order_by("pk"):
        left = {c.pk for c in row.charges.all() if c.state in ("open", "convicted")}
        if charge_ids and not left <= set(charge_ids):
            continue
        if row.warrant_name_id is not None:
            found.append(row.warrant_name_id)
    return found


def effect_of(kind: str) -> Effect:
    return order_kinds()[kind].effect
