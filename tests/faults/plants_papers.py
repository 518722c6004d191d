"""Plants papers that are not what they seem: of no court, not for that age, on ended charges."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

from pims.assurance.proof.history import ChargeState, Hearing, History, Order, Payment
from tests.faults import lawful
from tests.faults.lawful import AS_OF, DAY, TODAY, Recipe, at, first_instant
from tests.faults.plants import (
    LET_GO,
    Planted,
    Planter,
    sentenced_on,
    waiting_for,
    with_last,
    with_orders,
)

_AGED = (lawful.for_life, lawful.juvenile)


def _decided(day: date | None) -> Planter:
    """Each charge came to nothing, and no paper says so."""

    def planter(history: History, chance: random.Random) -> Planted | None:
        if day is not None and history.orders[-1].dated >= day:  # type: ignore[operator]
            return None
        state: ChargeState = chance.choice(("acquitted", "withdrawn", "discharged", "quashed"))
        charges = tuple(replace(one, state=state, decided_on=day) for one in history.charges)
        since = None if day is None else first_instant(day + DAY) + LET_GO
        return Planted(replace(history, charges=charges), since)

    return planter


def _freed_in_court(history: History, chance: random.Random) -> Planted | None:
    """Taken to court between two dates, let go there, and brought back."""
    on = TODAY - DAY * chance.randrange(2, 5)
    last = history.orders[-1]
    if last.dated is None or last.dated >= on or any(n.said_at >= at(on) for n in last.new_dates):
        return None
    day = Hearing(
        hearing_id=f"{history.person_id}/freed", on=on, case="A", outcome_at=at(on, 15),
        outcome=chance.choice(("acquitted", "withdrawn", "discharged")),
    )  # fmt: skip
    heard = replace(history, hearings=(*history.hearings, day))
    return Planted(heard, first_instant(on + DAY) + LET_GO)


def _not_begun(history: History, chance: random.Random) -> Planted:
    """The paper says the day on which the sentence runs from, and it is to come."""
    later = TODAY + DAY * chance.randrange(1, 300)
    field = chance.choice(("pronounced_on", "effective_from"))
    bare = {"pronounced_on": None, "days": 0, field: later}
    # The remand before it held until that day was over.
    return Planted(with_last(history, **bare), sentenced_on(history) + DAY)


def _of_no_court(history: History, chance: random.Random) -> Planted:
    court = chance.choice(("", "XX", "BPD"))
    changed = with_orders(history, lambda one: replace(one, court=court), "life_minimum")
    return Planted(changed, history.custody[0].begins)


def _too_young(history: History, chance: random.Random) -> Planted:
    dated = history.orders[0].dated
    assert dated is not None
    born = replace(history, born_on=dated - DAY * chance.randrange(14 * 366, 17 * 366))
    return Planted(born, history.custody[0].begins, frozenset({"juvenile_among_adults"}))


def _too_old(history: History, chance: random.Random) -> Planted:
    grown = replace(history, born_on=date(1990, 5, 5), placements=())
    return Planted(grown, history.custody[0].begins)


def _age(history: History, chance: random.Random) -> Planted:
    kind = history.orders[0].kind
    return (_too_young if kind == "life_minimum" else _too_old)(history, chance)


def _strange_charges(history: History, chance: random.Random) -> Planted:
    orders = tuple(replace(one, charges=("somebody's",)) for one in history.orders)
    return Planted(replace(history, orders=orders), history.custody[0].begins)


def _unpriced(history: History, chance: random.Random) -> Planted | None:
    if history.payments or AS_OF - history.custody[0].begins < DAY * 3:
        return None
    order = replace(history.orders[0], amount_cents=None)
    paid = Payment(order_id=order.order_id, at=AS_OF - DAY, amount_cents=chance.randrange(9_000))
    return Planted(replace(history, orders=(order,), payments=(paid,)), paid.at)


def _frees_from_nothing(history: History, chance: random.Random) -> Planted:
    on = TODAY - DAY * chance.randrange(1, 20)
    known: tuple[dict[str, Any], ...] = (
        {"case": "Z"}, {"charges": ("Q",)}, {"changes": "Q/9"}, {},
    )  # fmt: skip
    about = chance.choice(known)
    paper = Order(
        order_id=f"{history.person_id}/free", kind="discharge", court="MC-SP", dated=on,
        received_at=at(on, 15), **about,
    )  # fmt: skip
    also = frozenset({"changes_an_order_elsewhere"} if "changes" in about else ())
    since = max(at(on, 15), first_instant(on))
    return Planted(replace(history, orders=(*history.orders, paper)), since, also)


def _pardoned_by_magistrates(history: History, chance: random.Random) -> Planted:
    on = TODAY - DAY * chance.randrange(2, 19)
    paper = Order(
        order_id=f"{history.person_id}/free", kind="pardon", court="MC-BZ", dated=on,
        received_at=at(on, 9),
    )  # fmt: skip
    out = at(on, 11)
    left = replace(history.custody[0], ends=out, end_kind="discharged")
    return Planted(replace(history, orders=(*history.orders, paper), custody=(left,)), out)


def _lost_on_the_way(history: History, chance: random.Random) -> Planted:
    gone = history.custody[0]
    assert gone.ends is not None
    return Planted(replace(history, custody=(gone,), placements=()), gone.ends)


def _paper_ends_first(history: History, chance: random.Random) -> Planted:
    until = TODAY + DAY * chance.randrange(1, 18)
    said = with_orders(history, lambda one: replace(one, until=until), "commitment_sentence")
    return Planted(said, sentenced_on(history))


def _never_away(history: History, chance: random.Random) -> Planted:
    days = chance.randrange(1, 400)
    return Planted(with_last(history, at_large_days=days), history.custody[0].begins)


def _offence_unknown(history: History, chance: random.Random) -> Planted:
    planted = waiting_for(800)(history, chance)
    assert planted is not None
    charges = tuple(replace(one, life=False) for one in planted.history.charges)
    also = frozenset({"unsentenced_24_months"})
    return replace(planted, history=replace(planted.history, charges=charges), also=also)


def _nobody_prepared(history: History, chance: random.Random) -> Planted:
    """Not opened; or opened by itself, and nobody did anything of it."""
    if chance.random() < 0.5:
        return Planted(replace(history, preparations=()))
    opened = replace(history.preparations[0], ready_at=None, owed=("start", "dates", "rest"))
    return Planted(replace(history, preparations=(opened,)))


NEW: dict[str, tuple[Recipe, Planter]] = {
    "charges_ended": (lawful.on_remand, _decided(TODAY - DAY * 3)),
    "charges_ended_undated": (lawful.on_remand, _decided(None)),
    "freed_in_court_no_order": (lawful.on_remand, _freed_in_court),
    "sentence_not_begun": (lawful.serving, _not_begun),
    "court_unknown": (lawful.for_life, _of_no_court),
    "order_not_for_age": (lambda life: life.chance.choice(_AGED)(life), _age),
    "order_on_anothers_charge": (lawful.on_remand, _strange_charges),
    "default_without_amount": (lawful.in_default, _unpriced),
    "release_ends_nothing": (lawful.for_life, _frees_from_nothing),
    "freed_without_power": (lawful.serving, _pardoned_by_magistrates),
    "transferred_nowhere": (lawful.transferred, _lost_on_the_way),
    "paper_ends_before_term": (lawful.serving, _paper_ends_first),
    "at_large_not_shown": (lawful.serving, _never_away),
    "release_not_prepared": (lawful.soon_free, _nobody_prepared),
    "longest_term_unknown": (lawful.committed, _offence_unknown),
}
