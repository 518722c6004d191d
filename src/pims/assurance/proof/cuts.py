"""What ends an order before its own last day: its fate, other orders, money, a release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.assurance.proof.history import History, Order
from pims.assurance.proof.law import Law
from pims.assurance.proof.made import (
    RELEASE_WITHIN,
    effect_at,
    in_circles,
    made_at,
    took_effect,
)
from pims.jurisdictions.order_kinds import Effect, OrderKind


@dataclass(frozen=True, slots=True)
class Cut:
    """The order holds nobody from `at` on. `ending` is the fault of relying on it nevertheless;
    `by` is the other order that ended it, "" where none did."""

    at: datetime
    ending: str
    by: str


def cuts(history: History, law: Law) -> Mapping[str, Sequence[Cut]]:
    """By order, however early each comes."""
    found: dict[str, list[Cut]] = {}
    made = {order.order_id: made_at(order, history.zone) for order in history.orders}
    circles = in_circles(history.orders)
    for order in history.orders:
        begins = made[order.order_id]
        if begins is None:
            continue
        if order.state != "stands" and order.state != "void" and order.state_from is not None:
            grace = RELEASE_WITHIN if order.state == "set_aside" else timedelta()
            ended = order.state_from + grace
            _put(found, order.order_id, Cut(ended, "order_no_longer_stands", ""))
        if order.changes and order.order_id not in circles:
            _changed(order, begins, made, law, found)
    _paid(history, law, found)
    _freed(history, law, made, found)
    return found


def _put(found: dict[str, list[Cut]], order_id: str, cut: Cut) -> None:
    found.setdefault(order_id, []).append(cut)


def _changed(
    order: Order,
    begins: datetime,
    made: Mapping[str, datetime | None],
    law: Law,
    found: dict[str, list[Cut]],
) -> None:
    """What varies or replaces an order takes its place from the hour at which it is made."""
    if law.effect(order.kind) not in (Effect.DETAINS, Effect.SENTENCE):
        return
    earlier = made.get(order.changes)
    if earlier is None or earlier > begins or not took_effect(order, begins):
        return
    _put(found, order.changes, Cut(begins, "order_no_longer_stands", order.order_id))


def _paid(history: History, law: Law, found: dict[str, list[Cut]]) -> None:
    if not history.payments:
        return
    for order in history.orders:
        kind = law.kinds.get(order.kind)
        if kind is None or not _in_default(kind) or order.amount_cents is None:
            continue
        left = order.amount_cents
        for payment in sorted(history.payments, key=lambda one: one.at):
            if payment.order_id != order.order_id:
                continue
            left -= payment.amount_cents
            if left <= 0:
                _put(found, order.order_id, Cut(payment.at + RELEASE_WITHIN, "fine_paid", ""))
                break


def _freed(
    history: History,
    law: Law,
    made: Mapping[str, datetime | None],
    found: dict[str, list[Cut]],
) -> None:
    """Orders to set free, in the order in which they took effect.

    An order on several charges holds until the last of them is gone.
    """
    freeing = [
        (effect, order, kind)
        for order in history.orders
        if (kind := law.kinds.get(order.kind)) is not None
        and kind.effect is Effect.FREES
        and (effect := effect_at(order, history.zone)) is not None
        and took_effect(order, effect)
    ]
    if not freeing:
        return
    freeing.sort(key=lambda one: (one[0], one[1].order_id))
    for order in history.orders:
        kind = law.kinds.get(order.kind)
        begins = made[order.order_id]
        if kind is None or begins is None:
            continue
        if kind.effect not in (Effect.DETAINS, Effect.SENTENCE):
            continue
        left = set(order.charges)
        for effect, release, release_kind in freeing:
            if begins >= effect or not _concerns(release, release_kind, order, kind, law):
                continue
            if left and release.charges and release.changes != order.order_id:
                left -= set(release.charges)
                if left:
                    continue
            ending = (
                "fine_paid" if release_kind.release == "fine_paid" else "held_after_release_order"
            )
            _put(found, order.order_id, Cut(effect + RELEASE_WITHIN, ending, release.order_id))
            break


def _concerns(
    release: Order, release_kind: OrderKind, order: Order, kind: OrderKind, law: Law
) -> bool:
    """Whether a release frees from what the order holds for.

    It does from the order that it names, and from those of its case. One that names neither frees
    from what its kind is about, or from what the same court ordered.
    """
    if release.changes == order.order_id:
        return True
    if release.changes and not release.case:
        return False
    same_case = release.case == order.case
    status = law.statuses.get(order.kind, "")
    match release_kind.release:
        case "parole":
            return kind.effect is Effect.SENTENCE or status == "convicted"
        case "pardon":
            return kind.effect is Effect.SENTENCE and (same_case or not release.case)
        case "immigration_release":
            return status == "immigration"
        case "habeas_corpus":
            return same_case or not release.case
        case "fine_paid":
            return _in_default(kind) and (
                same_case if release.case else release.court == order.court
            )
    return same_case if release.case else release.court == order.court


def _in_default(kind: OrderKind) -> bool:
    return kind.effect is Effect.SENTENCE and "amount_cents" in kind.must
