"""What an order does to custody: the warrant or the release order that it is in the authority room.

All of it follows from a fact that was recorded, so it asks for no permission of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pims.authority import services as authority_services
from pims.authority.selectors import WarrantBrief
from pims.authority.services import WarrantNameInput
from pims.courts.law import law_in_force, month_rule
from pims.courts.models import CourtOrder, Hearing, OrderDeed
from pims.courts.rules.defects import to_ask_about
from pims.courts.rules.terms import review_day
from pims.courts.services import deeds
from pims.courts.services.common import day_of
from pims.courts.services.deeds import What
from pims.courts.services.order_facts import Order
from pims.courts.services.order_stands import settle_hearing
from pims.courts.services.order_warrants import (
    end_warrants,
    move_warrant,
    release_of,
    warrants_of,
)
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.reasons import Reason
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
    """One person on the paper: what is written of them, and the warrants that it is about.

    `in_doubt`: it frees, and nobody knows from what.
    """

    order: CourtOrder
    until: date | None
    charges: str
    warrant_name_ids: tuple[int, ...]
    ends_all: bool
    keyed: WarrantBrief | None = None
    in_doubt: bool = False


def worded(defects: Collection[str], language: str) -> list[str]:
    """What is wrong, in words for a letter to a court."""
    return [
        wording.render(Reason(f"courts.defect_{code}"), language) for code in to_ask_about(defects)
    ]


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
        spoken = written.dated or written.received_on
        rule = month_rule(law_in_force(), passed_on=spoken)
        appears = review_day(spoken, written.review_months, rule)
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
        deeds.note(tx, one.order, What.MADE_WARRANT, warrant_name_id)
        if scan is not None:
            held = warrants_of(one.order.person_id)
            one.order.scan_blob_id = _blob(held[warrant_name_id].scan_blob_id)
        _end_others(tx, written, one, at=starts_at)


def _end_others(tx: Transaction, written: Order, one: Named, *, at: datetime) -> None:
    """The warrants whose place the order's own takes, and the days in court that they named."""
    ended = [i for i in one.warrant_name_ids if i != one.order.warrant_name_id]
    end_kind = _END_KIND[written.kind.effect]
    end_warrants(tx, one.order, ended, at=at, end_kind=end_kind)
    if written.kind.effect is Effect.DETAINS and written.next_date is not None:
        _take_days(tx, one.order, ended, to=written.next_date)


def _take_days(tx: Transaction, order: CourtOrder, ended: Sequence[int], *, to: date) -> None:
    """Of the days to come in the same matter, which the paper that was replaced had named, the
    court has put the person over to the new one."""
    made = OrderDeed.objects.filter(what=What.MADE_HEARING, undone_at=None)
    rows = Hearing.objects.filter(
        pk__in=made.values("target_id"), warrant_name_id__in=list(ended), body_id=order.body_id,
        outcome="", cancelled_at=None, on__gte=day_of(order.holds_from, order.establishment_id),
    )  # fmt: skip
    for row in rows.exclude(on=to).order_by("pk"):
        if order.case_id in (None, row.case_id) or row.case_id is None:
            deeds.note(tx, order, What.CANCELLED_HEARING, row.pk)
            settle_hearing(tx, row.pk, reason=f"{order.body.name} {order.reference}".strip())


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
    deeds.note(tx, one.order, What.RESTS_ON_WARRANT, keyed.warrant_name_id)
    move_warrant(
        tx,
        one.order,
        keyed,
        until=one.until or keyed.until,
        next_appearance=appears or keyed.next_appearance,
        amount_cents=keyed.amount_cents if written.amount_cents is None else written.amount_cents,
        reason=written.reference or written.body.name,
    )


def free(
    tx: Transaction, written: Order, one: Named, *, as_written: str, scan: bytes | None
) -> None:
    """A release order, to be verified by calling the registry; it frees nobody by itself.

    One that frees from nobody knows what is made too, and is in doubt: a person says from what.
    """
    if one.order.release_order_id is not None:
        deeds.note(tx, one.order, What.RESTS_ON_RELEASE, one.order.release_order_id)
        return
    if not one.warrant_name_ids and not one.ends_all and not one.in_doubt:
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
        names_nothing=one.in_doubt,
    )
    one.order.release_order_id = made.release_order_id
    deeds.note(tx, one.order, What.MADE_RELEASE, made.release_order_id)
    if scan is not None:
        kept = release_of(one.order.person_id, made.release_order_id)
        one.order.scan_blob_id = None if kept is None else _blob(kept.scan_blob_id)


def free_from(tx: Transaction, order: CourtOrder, warrant_name_ids: Sequence[int]) -> None:
    """A release order for an order recorded before, of which only now is known what it ends."""
    made = authority_services.record_release_order(
        tx.beyond_scope(),
        establishment_id=order.establishment_id,
        person_id=order.person_id,
        kind=order_kinds()[order.kind].release,
        body_id=order.body_id,
        received_at=order.received_at,
        warrant_name_ids=warrant_name_ids,
        reference=order.reference,
        dated=order.dated,
        as_written=order.as_written,
        conditions=order.conditions,
    )
    order.release_order_id = made.release_order_id
    order.save(update_fields=["release_order_id"])
    deeds.note(tx, order, What.MADE_RELEASE, made.release_order_id)


def _blob(blob_id: str | None) -> UUID | None:
    """The scan that the authority room keeps: one file, whichever page shows it."""
    return None if blob_id is None else UUID(blob_id)
