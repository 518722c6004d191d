"""An order that no longer stands: taken back by the court, or never made at all."""

from dataclasses import dataclass
from datetime import datetime

from pims.authority import selectors as authority
from pims.courts import events
from pims.courts.models import Charge, CourtOrder, OrderDeed
from pims.courts.rules.defects import in_order
from pims.courts.services import deeds
from pims.courts.services.cases import set_charge_state
from pims.courts.services.common import (
    NAMES,
    among,
    line,
    locked_order,
    not_in_the_future,
    refuse_wrong,
    why,
)
from pims.courts.services.deeds import What
from pims.courts.services.order_change import (
    STATE_AFTER,
    effect_of,
    is_confirmed,
    take_effect,
)
from pims.courts.services.order_effects import free_from
from pims.courts.services.order_stands import (
    fall,
    settle_hearing,
    settle_order,
    settle_sentence,
)
from pims.courts.services.order_warrants import (
    acted_on,
    open_warrants,
    reopen_warrants,
    take_back,
    unmake_releases,
    unmake_warrants,
    unmove_warrants,
)
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.order_kinds import Effect
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason

State = CourtOrder.State


@dataclass(frozen=True, slots=True)
class OrderResult:
    order_id: int
    state: str


@service
def set_aside_order(
    tx: Transaction,
    *,
    order_id: int,
    how: str,
    reason: str,
    at: datetime | None = None,
    told_by: str = "",
) -> OrderResult:
    """The order no longer stands, and no later order on paper says so.

    `how` is ``set_aside`` (the court said so, `told_by` is who at the registry) or ``void``: it was
    entered by mistake, there never was such an order about this person, and everything that it did
    is undone: its deeds, and nothing else. What the gate or the desk recorded of the paper stands.
    Raises Refused (fallen already; it has let somebody go), InvalidInput, NotFound.
    """
    order = locked_order(tx, order_id, "courts.settle")
    reason = why("reason", reason)
    wrong = among("how", how, (State.SET_ASIDE, State.VOID)) | not_in_the_future(tx, at=at)
    if how == State.SET_ASIDE and not told_by.strip():
        wrong["told_by"] = Reason("courts.told_by_missing")
    refuse_wrong(wrong)
    # One that fell by a later order may still prove never to have been.
    by_order = how == State.VOID and order.fell_by_id is not None
    if order.state != State.STANDS and not by_order:
        refuse(Reason("courts.order_fell_already")).require()
    if how == State.VOID and acted_on(order):
        refuse(Reason("courts.order_freed_someone", decided_by="release.discharge")).require()
    when = at or tx.now
    if how == State.VOID:
        never_was(tx, order, at=when, reason=reason)
    else:
        take_back(tx, order, at=when, reason=reason, told=told_by)
        fall(tx, order, state=how, at=when, reason=reason)
    return OrderResult(order.pk, how)


def never_was(
    tx: Transaction, order: CourtOrder, *, at: datetime, reason: str, state: str = State.VOID
) -> None:
    """Everything that the order did is undone; then it falls itself."""
    _pass_on(tx, order)
    undone = deeds.of_order(order)
    deeds.mark_undone(tx, undone)
    fall(tx, order, state=state, at=at, reason=reason)
    for deed in undone:
        if deed.what == What.FELLED_ORDER:
            settle_order(tx, deed.target_id, reason=reason)
        elif deed.what == What.ENDED_SENTENCE:
            settle_sentence(tx, deed.target_id)
            _stands_in_whole(tx, order, deed, reason)
    unmove_warrants(tx, undone, reason)
    reopen_warrants(tx, undone, reason)
    unmake_warrants(tx, undone, reason)
    unmake_releases(tx, undone, reason)
    for deed in undone:
        if deed.what in (What.MADE_HEARING, What.CANCELLED_HEARING):
            settle_hearing(tx, deed.target_id, reason=reason)
    _charges_as_before(tx, order, undone, reason)


def _pass_on(tx: Transaction, order: CourtOrder) -> None:
    """What took the place of an order that never was takes the place of what that one had ended.

    The court meant the order that stood: it does not stand again beside the one that was made of
    it. That its paper names another is marked, and asked about.
    """
    if order.fell_by_id is None:
        return
    later = CourtOrder.objects.select_related("body").get(pk=order.fell_by_id)
    frees = effect_of(later.kind) is Effect.FREES
    whats = [What.FELLED_ORDER, What.ENDED_SENTENCE, What.WITHDREW_RELEASE]
    # A release order names the warrants that it ends; no other one is ended by it.
    whats += [] if frees else [What.ENDED_WARRANT]
    for deed in deeds.of_order(order, *whats):
        if deed.effective_at is None:
            continue
        after = dict(deed.after)
        if deed.what == What.FELLED_ORDER:
            after["state"] = STATE_AFTER[CourtOrder.Change(later.change)]
        deeds.note(tx, later, deed.what, deed.target_id, at=deed.at, after=after)
    later.defects = list(in_order({*later.defects, "changes_fallen_order"}))
    later.save(update_fields=["defects"])


def _stands_in_whole(tx: Transaction, order: CourtOrder, deed: OrderDeed, reason: str) -> None:
    """An order of which a sentence stands again: the dates of its person are worked out anew."""
    earlier = CourtOrder.objects.get(sentences=deed.target_id)
    tx.record(
        events.OrderChangedInPart(
            person_id=earlier.person_id,
            establishment_id=earlier.establishment_id,
            order_id=earlier.pk,
            by_order_id=order.pk,
        ),
        details={"reason": reason, "stands_again": deed.target_id},
    )


def _charges_as_before(
    tx: Transaction, order: CourtOrder, undone: list[OrderDeed], reason: str
) -> None:
    gone = {deed.pk for deed in undone}
    for deed in undone:
        if deed.what != What.DECIDED_CHARGE:
            continue
        charge = Charge.objects.select_related("case").get(pk=deed.target_id)
        values = deeds.value_without(
            What.DECIDED_CHARGE,
            charge.pk,
            lambda one: one.pk in gone,
            {"state": charge.state, "decided_on": charge.decided_on},
        )
        if values is None:
            continue
        standing = deeds.counting(What.DECIDED_CHARGE, charge.pk)
        set_charge_state(
            tx,
            charge,
            state=str(values["state"]),
            decided_on=deeds.day(values["decided_on"]),
            note=reason,
            order_id=standing[-1].order_id if standing else None,
        )


# --- The registry's word on an order that frees ---


@service
def follow_release_order(tx: Transaction, *, release_order_id: int) -> None:
    """What became of a release order becomes of the orders that it is: for the subscriber.

    Verified or acted on, what it quashes is quashed. Fallen, the court's order does not stand
    either, and all that it did is undone. A repeat changes nothing.
    """
    for pk in CourtOrder.objects.filter(release_order_id=release_order_id).values_list("pk"):
        order = locked_order(tx, pk[0], "courts.settle")
        found = authority.release_order(tx.actor, release_order_id)
        if found.withdrawn_how:
            if order.state == State.STANDS:
                struck = found.state == "struck_out"
                never_was(
                    tx,
                    order,
                    at=found.withdrawn_at or tx.now,
                    reason=found.withdrawn_reason or "release order",
                    state=State.VOID if struck else State.SET_ASIDE,
                )
        elif order.state == State.STANDS:
            take_effect(tx, order, confirmed=is_confirmed(order), reason=order.reference or "-")


@service
def confirm_order(tx: Transaction, *, order_id: int, spoke_to: str) -> OrderResult:
    """The registry confirmed, on its stored number, an order that frees and made no release order.

    What it quashes is quashed from now on. Where nothing is left of an earlier order by that, a
    release order from its warrant is made. Raises Refused (no such order, no stored number).
    """
    order = locked_order(tx, order_id, "courts.settle")
    spoke_to = line("spoke_to", spoke_to, NAMES, missing="courts.told_by_missing")
    waits = order.state == State.STANDS and effect_of(order.kind) is Effect.FREES
    if not waits or order.release_order_id is not None or order.confirmed_at is not None:
        refuse(Reason("courts.nothing_to_confirm")).require()
    body = next(b for b in authority.bodies() if b.body_id == order.body_id)
    if not body.registry_phone:
        refuse(
            Reason(
                "authority.no_registry_phone",
                {"body": body.name},
                decided_by="authority.manage_bodies",
            )
        ).require()
    order.confirmed_at, order.confirmed_by_id = tx.now, tx.actor.user_id
    order.confirmed_phone, order.confirmed_spoke_to = body.registry_phone, spoke_to[:120]
    order.version += 1
    order.save()
    tx.record(
        events.OrderConfirmed(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
        ),
        details={"spoke_to": spoke_to, "telephone": body.registry_phone},
    )
    take_effect(tx, order, confirmed=True, reason=order.reference or body.name)
    _nothing_left(tx, order)
    return OrderResult(order.pk, order.state)


def _nothing_left(tx: Transaction, order: CourtOrder) -> None:
    """Where the last sentence of an earlier order fell with this one, its warrant is to be ended:
    a release order says so, and a person acts on it."""
    ended = [d.target_id for d in deeds.of_order(order, What.ENDED_SENTENCE)]
    held = open_warrants(order.person_id, order.establishment_id)
    empty = [
        earlier.warrant_name_id
        for earlier in CourtOrder.objects.filter(sentences__in=ended, state=State.STANDS).distinct()
        if earlier.warrant_name_id in held and not earlier.sentences.filter(state="stands").exists()
    ]
    found = [one for one in empty if one is not None]
    if found:
        free_from(tx, order, found)
