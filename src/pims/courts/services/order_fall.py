"""An order that no longer stands: replaced or set aside by a later one, or never made at all."""

from dataclasses import dataclass
from datetime import datetime

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import events
from pims.courts.models import CourtOrder, Hearing, Sentence
from pims.courts.services.cases import set_charge_state
from pims.courts.services.common import among, locked_order, not_in_the_future, refuse_wrong, why
from pims.courts.services.order_effects import CHARGE_STATES, effect_of, end_warrants
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.order_kinds import Effect
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason
from pims.people import selectors as people

State = CourtOrder.State
# How a later order changes an earlier one -> how the earlier one stands then.
STATE_AFTER = {
    CourtOrder.Change.VARIES: State.REPLACED,
    CourtOrder.Change.REPLACES: State.REPLACED,
    CourtOrder.Change.REVOKES: State.SET_ASIDE,
    CourtOrder.Change.SETS_ASIDE: State.SET_ASIDE,
}


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
    entered by mistake, there never was such an order about this person, and what ended by it holds
    again. Raises Refused (fallen already; it has let somebody go), InvalidInput, NotFound.
    """
    order = locked_order(tx, order_id, "courts.settle")
    reason = why("reason", reason)
    wrong = among("how", how, (State.SET_ASIDE, State.VOID)) | not_in_the_future(tx, at=at)
    if how == State.SET_ASIDE and not told_by.strip():
        wrong["told_by"] = Reason("courts.told_by_missing")
    refuse_wrong(wrong)
    if order.state != State.STANDS:
        refuse(Reason("courts.order_fell_already")).require()
    void = how == State.VOID
    if void and _acted_on(order):
        refuse(Reason("courts.order_freed_someone", decided_by="release.discharge")).require()
    when = at or tx.now
    if order.warrant_name_id is not None and not _another_rests_on(order):
        authority_services.end_warrant_by_fact(
            tx.beyond_scope(),
            warrant_name_id=order.warrant_name_id,
            end_kind="void" if void else "withdrawn",
            at=order.received_at if void else when,
            basis=reason,
        )
    if order.release_order_id is not None and not _acted_on(order):
        _take_back_release(tx, order, void=void, at=when, reason=reason, told_by=told_by)
    if void:
        _undo(tx, order, reason)
    fall(tx, order, state=how, at=when, reason=reason)
    return OrderResult(order.pk, how)


def give_way(
    tx: Transaction, earlier: CourtOrder, later: CourtOrder, *, at: datetime, reason: str
) -> None:
    """The earlier order falls because the later one says so; its sentences cease to stand.

    An order that frees leaves the earlier warrant to the release order, which is verified first;
    one that only notes something changes nothing that holds or frees.
    """
    effect, before = effect_of(later.kind), effect_of(earlier.kind)
    if effect is Effect.NOTES and before is not Effect.NOTES:
        return
    if earlier.state != State.STANDS:
        return
    if effect is not Effect.FREES and earlier.warrant_name_id is not None:
        end_warrants(tx, later, [earlier.warrant_name_id], at=at, end_kind="replaced")
    if earlier.release_order_id is not None and not _acted_on(earlier):
        _take_back_release(tx, earlier, void=False, at=at, reason=reason, told_by=later.body.name)
    fall(
        tx,
        earlier,
        state=STATE_AFTER[CourtOrder.Change(later.change)],
        at=at,
        reason=reason,
        by_order_id=later.pk,
        quashed=effect is Effect.FREES,
    )


def fall(
    tx: Transaction,
    order: CourtOrder,
    *,
    state: str,
    at: datetime,
    reason: str,
    by_order_id: int | None = None,
    quashed: bool = True,
) -> None:
    """The rows of an order that falls, inside a change whose permission is settled."""
    order.state, order.state_at, order.state_reason = state, at, reason[:300]
    order.version += 1
    order.save(update_fields=["state", "state_at", "state_reason", "version"])
    ends_as = Sentence.State.QUASHED if quashed else Sentence.State.REPLACED
    for sentence in order.sentences.filter(state=Sentence.State.STANDS):
        sentence.state, sentence.ended_at = ends_as, at
        sentence.version += 1
        sentence.save(update_fields=["state", "ended_at", "version"])
    tx.record(
        events.OrderFell(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
            state=state,
            by_order_id=by_order_id,
        ),
        details={"reason": reason},
    )


def _undo(tx: Transaction, order: CourtOrder, reason: str) -> None:
    """What the order did to earlier ones never happened: they stand and hold again."""
    if order.ended_warrant_name_ids:
        authority_services.reopen_warrants(
            tx.beyond_scope(),
            person_id=people.canonical_id(order.person_id),
            warrant_name_ids=order.ended_warrant_name_ids,
            at=order.holds_from,
            basis=reason,
        )
    Hearing.objects.filter(warrant_name_id=order.warrant_name_id).exclude(
        warrant_name_id=None
    ).update(warrant_name_id=None)
    _charges_as_before(tx, order, reason)
    earlier = order.changes
    took_place = earlier is not None and earlier.pk != order.pk and earlier.state != State.STANDS
    if earlier is None or not took_place or earlier.state_at != order.holds_from:
        return
    sentences = earlier.sentences.filter(ended_at=earlier.state_at)
    for sentence in sentences:
        sentence.state, sentence.ended_at = Sentence.State.STANDS, None
        sentence.version += 1
        sentence.save(update_fields=["state", "ended_at", "version"])
    earlier.state, earlier.state_at, earlier.state_reason = State.STANDS, None, ""
    earlier.version += 1
    earlier.save(update_fields=["state", "state_at", "state_reason", "version"])
    tx.record(
        events.OrderStandsAgain(
            person_id=earlier.person_id,
            establishment_id=earlier.establishment_id,
            order_id=earlier.pk,
        ),
        details={"reason": reason},
    )


def _charges_as_before(tx: Transaction, order: CourtOrder, reason: str) -> None:
    """Its charges are as the last standing order but this one left them, open where none did."""
    if order.kind not in CHARGE_STATES:
        return
    for charge in order.charges.select_related("case"):
        others = charge.orders.filter(state=State.STANDS, kind__in=list(CHARGE_STATES))
        last = others.exclude(pk=order.pk).order_by("holds_from", "pk").last()
        if charge.state == CHARGE_STATES[order.kind]:
            set_charge_state(
                tx,
                charge,
                state="open" if last is None else CHARGE_STATES[last.kind],
                decided_on=None if last is None else last.dated,
                note=reason,
                order_id=None if last is None else last.pk,
            )


def _another_rests_on(order: CourtOrder) -> bool:
    """Whether the same warrant is another standing order's too: a remand put over by the court."""
    same = CourtOrder.objects.filter(warrant_name_id=order.warrant_name_id, state=State.STANDS)
    return same.exclude(pk=order.pk).exists()


def _acted_on(order: CourtOrder) -> bool:
    """Whether somebody was let go on the release order that it made."""
    if order.release_order_id is None:
        return False
    root = people.canonical_id(order.person_id)
    orders = authority.release_orders([root]).get(root, [])
    return any(
        one.release_order_id == order.release_order_id and one.state == "acted_on" for one in orders
    )


def _take_back_release(
    tx: Transaction, order: CourtOrder, *, void: bool, at: datetime, reason: str, told_by: str
) -> None:
    root = people.canonical_id(order.person_id)
    for one in authority.release_orders([root]).get(root, []):
        if one.release_order_id != order.release_order_id or not one.is_open:
            continue
        if void:
            authority_services.strike_out_release_order(
                tx.beyond_scope(), release_order_id=one.release_order_id, reason=reason
            )
        else:
            authority_services.withdraw_release_order(
                tx.beyond_scope(),
                release_order_id=one.release_order_id,
                how="by_body",
                reason=reason,
                happened_at=at,
                told_by=told_by,
            )
