"""Plants one fault of a named kind in a lawful history, as it would come about in a real prison."""

import random
from dataclasses import replace

from pims.assurance.proof.history import DatesRefused, History, Interest, Order, SecondReading
from tests.faults import lawful
from tests.faults.lawful import AS_OF, DAY, TODAY, Recipe, at, first_instant, lawful_history
from tests.faults.plants import (
    LET_GO,
    Planted,
    Planter,
    sentenced_on,
    the_order,
    waiting_for,
    with_last,
    with_orders,
)
from tests.faults.plants_papers import NEW


def plant(kind: str, chance: random.Random, person_id: str = "P") -> Planted:
    """A history with that fault and no other, but those that come with it."""
    recipe, planter = PLANTERS[kind]
    while True:
        planted = planter(lawful_history(chance, person_id, recipe), chance)
        if planted is not None:
            return planted


def _no_order(history: History, chance: random.Random) -> Planted:
    bare = replace(history, orders=(), sentences=(), payments=(), reviews=())
    return Planted(bare, history.custody[0].begins)


def _for_police(history: History, chance: random.Random) -> Planted:
    planted = _no_order(history, chance)
    since = history.custody[0].begins + DAY
    interest = Interest(interest_id="i1", begins=since)
    return Planted(replace(planted.history, interests=(interest,)), since, frozenset({"no_order"}))


def _only_first_remand(history: History, *, outcome: str) -> Planted | None:
    first = replace(history.orders[0], new_dates=())
    assert first.next_date is not None
    if first.next_date >= TODAY:
        return None
    hearings = tuple(
        replace(h, outcome=outcome, outcome_at=h.outcome_at if outcome else None)
        for h in history.hearings
        if h.on == first.next_date
    )
    lapsed = replace(history, orders=(first,), hearings=hearings)
    since = first_instant(first.next_date + DAY)
    return Planted(
        lapsed, since, frozenset() if outcome else frozenset({"hearing_without_outcome"})
    )


def _fine_paid(history: History, chance: random.Random) -> Planted | None:
    if not history.payments:
        return None
    inside = replace(history.custody[0], ends=None, end_kind="")
    return Planted(replace(history, custody=(inside,)), history.payments[-1].at + LET_GO)


def _full_term(history: History, chance: random.Random) -> Planted:
    over = max(TODAY - DAY * 10, sentenced_on(history).date() + DAY)
    late = with_last(history, full_term_end=over, expiry=over, release_date=None)
    return Planted(late, first_instant(over + DAY))


def _release_date(history: History, chance: random.Random, *, final: bool = True) -> Planted:
    over = TODAY - DAY * chance.randrange(1, 20)
    late = with_last(history, release_date=over, final=final)
    return Planted(late, first_instant(over + DAY))


def _parole(history: History, chance: random.Random) -> Planted:
    revoked = the_order(history, "parole_revoked")
    assert revoked.next_date is not None
    again = history.orders[-1].order_id
    kept = tuple(one for one in history.sentences if one.order_id != again)
    held = replace(history, orders=history.orders[:-1], sentences=kept)
    return Planted(held, first_instant(revoked.next_date + DAY))


def _set_aside(history: History, chance: random.Random) -> Planted:
    when = at(TODAY - DAY * chance.randrange(2, 30), 10)
    return Planted(
        with_orders(
            history,
            lambda one: replace(one, state="set_aside", state_from=when),
            "commitment_sentence",
        ),
        when + LET_GO,
    )


def _void(history: History, chance: random.Random) -> Planted:
    made = sentenced_on(history)
    void = with_orders(history, lambda one: replace(one, state="void"), "commitment_sentence")
    return Planted(void, made + DAY)  # the remand before it held until that day was over


def _order_gone(history: History, chance: random.Random) -> Planted:
    return chance.choice((_set_aside, _void))(history, chance)


def _freed(history: History, chance: random.Random) -> Planted:
    on = TODAY - DAY * chance.randrange(2, 15)
    charge = next(one.charge_id for one in history.charges if one.case == "B")
    order = Order(
        order_id=f"{history.person_id}/free",
        kind=chance.choice(("acquittal", "discharge", "charge_withdrawn", "bail_taken_up")),
        court="MC-BZ",
        case="B",
        charges=(charge,) if chance.random() < 0.5 else (),
        dated=on,
        received_at=at(on, 15),
    )
    standing = [one for one in history.orders if one.case == "B" and one.dated and one.dated < on]
    held = replace(
        history, orders=(*(o for o in history.orders if o.case == "A"), *standing, order)
    )
    return Planted(held, at(on, 15) + LET_GO)


def _of_emergency(**fields: object) -> Planter:
    def planter(history: History, chance: random.Random) -> Planted:
        changed = with_orders(
            history,
            lambda one: replace(one, **fields),  # type: ignore[arg-type]
            "emergency_detention",
        )
        return Planted(changed, history.custody[0].begins)

    return planter


def _emergency_over(history: History, chance: random.Random) -> Planted:
    order = history.orders[0]
    assert order.dated is not None
    until = max(order.dated, TODAY - DAY * 3)
    over = with_orders(history, lambda one: replace(one, until=until), "emergency_detention")
    return Planted(over, first_instant(until + DAY))


def _emergency_out_of_order(history: History, chance: random.Random) -> Planted | None:
    dated = history.orders[0].dated
    assert dated is not None
    return _of_emergency(until=dated - DAY * 3)(history, chance)


def _without_end(history: History, chance: random.Random) -> Planted:
    dated = history.orders[0].dated
    assert dated is not None
    endless = with_orders(history, lambda one: replace(one, until=None), "emergency_detention")
    return Planted(endless, first_instant(dated + DAY))


def _ends_soon(history: History, chance: random.Random) -> Planted:
    until = TODAY + DAY * chance.randrange(0, 2)
    soon = with_orders(history, lambda one: replace(one, until=until), "emergency_detention")
    return Planted(soon)


def _immigration_over(history: History, chance: random.Random) -> Planted | None:
    first = history.orders[0]
    assert first.until is not None
    if first.until >= TODAY:
        return None
    return Planted(replace(history, orders=(first,)), first_instant(first.until + DAY))


def _itself(history: History, chance: random.Random) -> Planted:
    order = history.orders[0]
    return Planted(
        replace(history, orders=(replace(order, changes=order.order_id),)),
        history.custody[0].begins,
    )


def _linked_elsewhere(history: History, chance: random.Random) -> Planted:
    return Planted(with_last(history, follows="somebody else's"), sentenced_on(history))


def _no_dates(history: History, chance: random.Random) -> Planted:
    blank = with_last(history, full_term_end=None, expiry=None, release_date=None, days=0)
    return Planted(blank, sentenced_on(history) + DAY)


def _beyond_term(history: History, chance: random.Random) -> Planted:
    """A year was pronounced, and somebody keyed ten days too many."""
    judged = sentenced_on(history).date()
    term = TODAY + DAY * chance.randrange(20, 200) - judged
    words = {"pronounced_on": judged, "days": term.days + 1}
    late = with_last(history, expiry=judged + term + DAY * 10, release_date=None, **words)
    return Planted(late, sentenced_on(history))


def _let_go_early(history: History, chance: random.Random) -> Planted:
    out = at(TODAY - DAY * chance.randrange(1, 10), 18)
    left = replace(history.custody[0], ends=out, end_kind="discharged")
    return Planted(replace(history, custody=(left,)), out)


def _contradiction(history: History, chance: random.Random) -> Planted:
    on = TODAY - DAY * 3
    charge = next(one.charge_id for one in history.charges if one.case == "A")
    again = Order(
        order_id=f"{history.person_id}/again", kind="remand", court="MC-CZ", case="A",
        charges=(charge,), dated=on, received_at=at(on), next_date=TODAY + DAY * 10,
    )  # fmt: skip
    also = frozenset({"charges_ended_undated"})  # acquitted, and held on it again
    return Planted(replace(history, orders=(*history.orders, again)), first_instant(on), also)


def _doubtful_court(history: History, chance: random.Random) -> Planted:
    return Planted(
        with_orders(history, lambda one: replace(one, kind="resentencing"), "commitment_sentence"),
        sentenced_on(history),
    )


def _another(**fields: object) -> Planter:
    """With one paper more."""

    def planter(history: History, chance: random.Random) -> Planted:
        paper = Order(order_id=f"{history.person_id}/paper", court="MC-BZ", **fields)  # type: ignore[arg-type]
        return Planted(replace(history, orders=(*history.orders, paper)))

    return planter


def _changes_elsewhere(history: History, chance: random.Random) -> Planted:
    return Planted(
        with_orders(history, lambda one: replace(one, changes="Q/9"), "commitment_sentence"),
        sentenced_on(history),
    )


def _refused(history: History, chance: random.Random) -> Planted:
    """A branch in a chain, say: the engine gives no date, and no officer has certified one."""
    since = max(sentenced_on(history), history.custody[0].begins)
    day = TODAY + DAY * chance.randrange(-30, 300)
    refused = DatesRefused(since=since, arguable_on=day if chance.random() < 0.8 else None)
    return Planted(replace(history, dates_refused=refused), since)


def _of_history(**fields: object) -> Planter:
    return lambda history, chance: Planted(replace(history, **fields))  # type: ignore[arg-type]


def _no_outcome(history: History, chance: random.Random) -> Planted | None:
    past = [one for one in history.hearings if one.on < TODAY]
    if not past:
        return None
    chosen = chance.choice(past)
    hearings = tuple(
        replace(one, outcome="", outcome_at=None) if one is chosen else one
        for one in history.hearings
    )
    return Planted(replace(history, hearings=hearings), first_instant(chosen.on + DAY))


def _no_hearing(history: History, chance: random.Random) -> Planted:
    return Planted(replace(history, hearings=tuple(h for h in history.hearings if h.on < TODAY)))


def _charges(**fields: object) -> Planter:
    def planter(history: History, chance: random.Random) -> Planted | None:
        if AS_OF - history.custody[0].begins < DAY * 40:
            return None
        charges = tuple(replace(one, **fields) for one in history.charges)  # type: ignore[arg-type]
        return Planted(replace(history, charges=charges))

    return planter


def _not_reviewed(history: History, chance: random.Random) -> Planted | None:
    order = history.orders[0]
    assert order.dated is not None
    if TODAY - order.dated < DAY * 40:
        return None
    bare = replace(history, reviews=(), orders=(replace(order, review_months=1),))
    return Planted(bare)


def _among_adults(history: History, chance: random.Random) -> Planted:
    placed = tuple(replace(one, unit_kind="adults") for one in history.placements)
    return Planted(replace(history, placements=placed), history.placements[0].begins)


def _grown_up(history: History, chance: random.Random) -> Planted | None:
    birthday = max(TODAY - DAY * 10, history.custody[0].begins.date())
    if birthday == history.orders[0].dated:
        return None  # too old for such an order
    born = birthday.replace(year=birthday.year - 18)
    return Planted(
        replace(history, born_on=born), max(first_instant(birthday), history.custody[0].begins)
    )


def _foreign(history: History, chance: random.Random) -> Planted | None:
    if AS_OF - history.custody[0].begins < DAY * 2:
        return None
    since = history.custody[0].begins
    return Planted(replace(history, nationalities=("HN",), consul_told_at=None), since)


def _nobody_knows_a_lawyer(history: History, chance: random.Random) -> Planted | None:
    if AS_OF - history.custody[0].begins < DAY * 9:
        return None
    return Planted(replace(history, lawyer="unknown"), history.custody[0].begins)


def _reading(differs: bool) -> Planter:
    def planter(history: History, chance: random.Random) -> Planted:
        when = AS_OF - DAY * 2
        reading = SecondReading(due=when)
        if differs:
            reading = replace(reading, read_at=when, differs=("until", "amount_cents"))
        *others, order = history.orders
        return Planted(replace(history, orders=(*others, replace(order, reading=reading))), when)

    return planter


def _not_seen(history: History, chance: random.Random) -> Planted | None:
    when = AS_OF - DAY * chance.randrange(31, 40)
    if when < history.custody[0].begins:
        return None
    return Planted(replace(history, last_recorded_at=when), when)


# Each kind of fault: in which life it is planted, and how.
PLANTERS: dict[str, tuple[Recipe, Planter]] = {
    "no_order": (lawful.serving, _no_order),
    "remand_expired": (lawful.on_remand, lambda h, c: _only_first_remand(h, outcome="adjourned")),
    "next_date_passed": (lawful.on_remand, lambda h, c: _only_first_remand(h, outcome="")),
    "fine_paid": (lawful.in_default, _fine_paid),
    "full_term_passed": (lawful.serving, _full_term),
    "release_date_passed": (lawful.serving, _release_date),
    "parole_hearing_passed": (lawful.recalled, _parole),
    "order_no_longer_stands": (lawful.serving, _order_gone),
    "held_after_release_order": (lawful.two_cases, _freed),
    "emergency_expired": (lawful.in_an_emergency, _emergency_over),
    "order_expired": (lawful.for_immigration, _immigration_over),
    "dates_out_of_order": (lawful.in_an_emergency, _emergency_out_of_order),
    "court_without_power": (lawful.in_an_emergency, _of_emergency(court="MC-BZ")),
    "order_revokes_itself": (lawful.for_life, _itself),
    "sentence_of_another": (lawful.serving, _linked_elsewhere),
    "order_without_end": (lawful.in_an_emergency, _without_end),
    "sentence_without_date": (lawful.serving, _no_dates),
    "provisional_date_passed": (lawful.serving, lambda h, c: _release_date(h, c, final=False)),
    "discharged_with_order_open": (lawful.two_cases, _let_go_early),
    "orders_contradict": (lawful.two_cases, _contradiction),
    "court_power_in_doubt": (lawful.serving, _doubtful_court),
    "order_kind_unknown": (lawful.for_life, _another(kind="benediction", dated=TODAY - DAY)),
    "order_undated": (lawful.for_life, _another(kind="remand", next_date=TODAY + DAY)),
    "changes_an_order_elsewhere": (lawful.serving, _changes_elsewhere),
    "hearing_without_outcome": (lawful.on_remand, _no_outcome),
    "no_next_hearing": (lawful.committed, _no_hearing),
    "unsentenced_6_months": (lawful.committed, waiting_for(200)),
    "unsentenced_12_months": (lawful.committed, waiting_for(400)),
    "unsentenced_24_months": (lawful.committed, waiting_for(800)),
    "over_longest_term": (lawful.on_remand, _charges(longest_months=1)),
    "over_likely_sentence": (lawful.on_remand, _charges(likely_months=1)),
    "unfit_not_reviewed": (lawful.unfit, _not_reviewed),
    "review_overdue": (lawful.juvenile, _not_reviewed),
    "juvenile_among_adults": (lawful.juvenile, _among_adults),
    "turned_18": (lawful.juvenile, _grown_up),
    "consul_not_told": (lawful.on_remand, _foreign),
    "no_lawyer": (lawful.on_remand, _nobody_knows_a_lawyer),
    "date_from_unsigned_rule": (lawful.serving, lambda h, c: Planted(with_last(h, final=False))),
    "date_beyond_term": (lawful.serving, _beyond_term),
    "dates_not_calculable": (lawful.serving, _refused),
    "second_reading_late": (lawful.for_life, _reading(differs=False)),
    "second_reading_differs": (lawful.for_life, _reading(differs=True)),
    "nothing_recorded": (lawful.serving, _not_seen),
    "held_for_police": (lawful.serving, _for_police),
    "authority_ends_soon": (lawful.in_an_emergency, _ends_soon),
    **NEW,
}
