"""What ends an order before its own last day: its fate, other orders, money, a release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.assurance.proof.days import day_of, end_of
from pims.assurance.proof.hearings import ENDED, freed_in_court, is_criminal
from pims.assurance.proof.history import Charge, History, Order
from pims.assurance.proof.law import Law
from pims.assurance.proof.made import (
    RELEASE_WITHIN,
    effect_at,
    in_circles,
    made_at,
    took_effect,
)
from pims.jurisdictions.order_kinds import Effect, OrderKind

# Releases that end what any court ordered.
OF_EVERY_COURT = frozenset(
    {"appeal_allowed", "habeas_corpus", "pardon", "parole", "immigration_release"}
)


@dataclass(frozen=True, slots=True)
class Cut:
    """The order holds nobody from `at` on. `ending` is the fault of relying on it nevertheless;
    `by` is the other order that ended it, "" where none did; it holds again from `until` on, where
    what ended it was itself set aside."""

    at: datetime
    ending: str
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """An order to set free, and the hour at which it took effect."""

    effect: datetime
    order: Order
    kind: OrderKind


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
    free = releases(history, law)
    _freed(history, law, made, free, found)
    _charges_ended(history, law, made, found)
    _freed_in_court(history, law, made, free, found)
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
    # A variation that is itself set aside leaves what it varied as it was.
    again = order.state_from if order.state == "set_aside" else None
    _put(found, order.changes, Cut(begins, "order_no_longer_stands", order.order_id, again))


def _paid(history: History, law: Law, found: dict[str, list[Cut]]) -> None:
    if not history.payments:
        return
    for order in history.orders:
        kind = law.kinds.get(order.kind)
        if kind is None or not is_for_money(kind):
            continue
        left = order.amount_cents
        for payment in sorted(history.payments, key=lambda one: one.at):
            if payment.order_id != order.order_id:
                continue
            if left is not None:
                left -= payment.amount_cents
            if payment.in_full or (left is not None and left <= 0):
                _put(found, order.order_id, Cut(payment.at + RELEASE_WITHIN, "fine_paid", ""))
                break


def releases(history: History, law: Law) -> Sequence[Release]:
    """Orders to set free that took effect, in the order in which they did."""
    freeing = [
        Release(effect, order, kind)
        for order in history.orders
        if (kind := law.kinds.get(order.kind)) is not None
        and kind.effect is Effect.FREES
        and (effect := effect_at(order, history.zone)) is not None
        and took_effect(order, effect)
    ]
    return sorted(freeing, key=lambda one: (one.effect, one.order.order_id))


def _freed(
    history: History,
    law: Law,
    made: Mapping[str, datetime | None],
    freeing: Sequence[Release],
    found: dict[str, list[Cut]],
) -> None:
    """An order on several charges holds until the last of them is gone."""
    if not freeing:
        return
    for order in history.orders:
        begins = made[order.order_id]
        if begins is None or not _holds(order, law):
            continue
        left = set(order.charges)
        for release in freeing:
            if begins >= release.effect or not concerns(release, order, law):
                continue
            if _came_of_it(order, release, law):
                continue
            if left and release.order.charges and release.order.changes != order.order_id:
                left -= set(release.order.charges)
                if left:
                    continue
            paid = release.kind.release == "fine_paid"
            ending = "fine_paid" if paid else "held_after_release_order"
            at = release.effect + RELEASE_WITHIN
            _put(found, order.order_id, Cut(at, ending, release.order.order_id))
            break


def _came_of_it(order: Order, release: Release, law: Law) -> bool:
    """Whether it is what the court made of what it undid: a new trial, or another sentence, of
    that very day."""
    same_day = order.dated is not None and order.dated == release.order.dated
    return same_day and law.kinds[order.kind].changes_earlier


def _charges_ended(
    history: History,
    law: Law,
    made: Mapping[str, datetime | None],
    found: dict[str, list[Cut]],
) -> None:
    """The record says of each charge of an order on which day it ended, and of some paper that
    says so nothing is known."""
    charges = {one.charge_id: one for one in history.charges}
    for order in history.orders:
        begins = made[order.order_id]
        if begins is None or not on_ended_charges(order, charges, law):
            continue
        days = [charges[one].decided_on for one in order.charges]
        known = [day for day in days if day is not None]
        if len(known) < len(days):
            continue
        last, began = max(known), day_of(begins, history.zone)
        kind = law.kinds[order.kind]
        # A retrial of the day on which the conviction fell is what came of it.
        if began < last or (began == last and not kind.changes_earlier):
            ended = end_of(last, history.zone) + RELEASE_WITHIN
            _put(found, order.order_id, Cut(ended, "charges_ended", ""))


def _freed_in_court(
    history: History,
    law: Law,
    made: Mapping[str, datetime | None],
    freeing: Sequence[Release],
    found: dict[str, list[Cut]],
) -> None:
    """The court let somebody go, as the outcome of the hearing says, and no paper followed."""
    done: set[str] = set()
    for order, on in freed_in_court(history, law, made):
        if order.order_id in done:
            continue
        over = end_of(on, history.zone)
        if not any(r.effect <= over and concerns(r, order, law) for r in freeing):
            done.add(order.order_id)
            cut = Cut(over + RELEASE_WITHIN, "freed_in_court_no_order", "")
            _put(found, order.order_id, cut)


def _holds(order: Order, law: Law) -> bool:
    return law.effect(order.kind) in (Effect.DETAINS, Effect.SENTENCE)


def on_ended_charges(order: Order, charges: Mapping[str, Charge], law: Law) -> bool:
    """Whether it names charges, and each of them is known to have come to nothing."""
    if not order.charges or not is_criminal(order, law):
        return False
    return all(one in charges and charges[one].state in ENDED for one in order.charges)


def concerns(release: Release, order: Order, law: Law) -> bool:
    """Whether a release frees from what the order holds for.

    It does from the order that it names, from its charges whatever the case or the court, and from
    the orders of its case. One that names none of them frees from what its kind can end: of any
    court where it comes from above all courts or from no court, else of its own.
    """
    paper, kind = release.order, law.kinds[order.kind]
    if paper.changes == order.order_id:
        return True
    if not _of_its_nature(release.kind, kind, law.statuses.get(order.kind, "")):
        return False
    if not is_criminal(order, law) and not law.frees_from(paper.kind, order.kind):
        return False  # who is acquitted may still be held as an alien
    if set(paper.charges) & set(order.charges):
        return True
    if release.kind.release in ("parole", "immigration_release"):
        return True
    if paper.case:
        return paper.case == order.case
    if paper.changes or not law.frees_from(paper.kind, order.kind):
        return False
    return release.kind.release in OF_EVERY_COURT or paper.court == order.court


def _of_its_nature(release: OrderKind, held: OrderKind, status: str) -> bool:
    match release.release:
        case "parole":
            return held.warrant in release.frees
        case "pardon":
            return held.effect is Effect.SENTENCE or held.warrant in release.frees
        case "immigration_release":
            return status == "immigration"
        case "fine_paid":
            return is_for_money(held)
    return True


def is_for_money(kind: OrderKind) -> bool:
    """Whether who is held on it goes free by paying what it names."""
    held = kind.effect in (Effect.DETAINS, Effect.SENTENCE)
    return held and "amount_cents" in kind.fields
