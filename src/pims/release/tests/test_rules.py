"""The discharge check: what stops a person at the gate, and what never may."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.release import rules

TODAY = date(2026, 3, 2)
CLOCK = datetime(2026, 3, 2, 15, tzinfo=UTC)


def facts(**changes: object) -> rules.DischargeFacts:
    base: dict[str, object] = {
        "basis": "order",
        "order_state": "verified",
        "order_ends": frozenset({1}),
        "final_date": None,
        "today": TODAY,
        "detaining": (rules.DetainingWarrant(1, "remand", "MC 1/26", None),),
        "identity_how": "photograph",
        "clock_started_at": CLOCK,
        "property_held": 0,
        "police_interests": 0,
        "police_informed": 0,
    }
    return rules.DischargeFacts(**(base | changes))  # type: ignore[arg-type]


def codes(found: rules.DischargeCheck) -> list[str]:
    return [reason.code for reason in found.stops]


def test_an_order_that_ends_the_only_warrant_opens_the_gate() -> None:
    assert rules.discharge_check(facts()).may_go


def test_bail_on_one_of_two_warrants_frees_nobody_and_names_the_other() -> None:
    other = rules.DetainingWarrant(2, "committal_sentence", "HC 9/25", date(2027, 1, 1))
    found = rules.discharge_check(facts(detaining=(*facts().detaining, other)))
    assert codes(found) == ["release.further_warrant"]
    assert found.stops[0].params == {
        "kind": warrant_kinds()["committal_sentence"].label,
        "reference": "HC 9/25",
    }


def test_a_sentence_that_ends_today_does_not_hold_anyone_tonight() -> None:
    ends_today = rules.DetainingWarrant(3, "committal_sentence", "MC 4/25", TODAY)
    found = rules.discharge_check(
        facts(basis="final_date", final_date=TODAY, order_state="", detaining=(ends_today,))
    )
    assert found.may_go


def test_without_order_or_final_date_nobody_leaves_by_mistake() -> None:
    tomorrow = facts(basis="final_date", order_state="", final_date=TODAY + timedelta(days=1))
    assert "release.no_order_or_final_date" in codes(rules.discharge_check(tomorrow))
    withdrawn = facts(order_state="withdrawn")
    assert "release.no_order_or_final_date" in codes(rules.discharge_check(withdrawn))


def test_someone_whom_nothing_detains_leaves_by_decision_of_the_officer_in_charge() -> None:
    assert rules.discharge_check(facts(basis="no_authority", order_state="", detaining=())).may_go
    held = rules.discharge_check(facts(basis="no_authority", order_state=""))
    assert "release.no_order_or_final_date" in codes(held)


def test_an_absent_second_officer_holds_nobody_beyond_fifteen_minutes() -> None:
    alone = facts(second_officer=False)
    early = rules.second_officer_decision(alone, as_of=CLOCK + timedelta(minutes=14), called="")
    assert [r.code for r in early.reasons] == ["release.second_officer_missing"]
    late = rules.second_officer_decision(alone, as_of=CLOCK + timedelta(minutes=15), called="")
    assert late.allowed


warrants = st.lists(
    st.builds(
        rules.DetainingWarrant,
        warrant_name_id=st.integers(1, 5),
        kind=st.sampled_from(["remand", "committal_sentence", "immigration"]),
        reference=st.just("R"),
        until=st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    ),
    max_size=4,
)
any_facts = st.builds(
    rules.DischargeFacts,
    basis=st.sampled_from(["order", "final_date", "no_authority"]),
    order_state=st.sampled_from(["", "received", "verified", "acted_on", "withdrawn"]),
    order_ends=st.none() | st.frozensets(st.integers(1, 5)),
    final_date=st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    today=st.just(TODAY),
    detaining=warrants,
    identity_how=st.sampled_from(["", "not_checked", *rules.IDENTITY_WAYS]),
    clock_started_at=st.just(CLOCK),
    property_held=st.integers(0, 5),
    police_interests=st.integers(0, 3),
    police_informed=st.integers(0, 3),
    settled=st.frozensets(st.sampled_from(rules.ITEMS)),
    second_officer=st.booleans(),
    denied_by=st.lists(st.just("Officer U401"), max_size=1),
    denied_once=st.booleans(),
    undecided=st.lists(
        st.builds(
            rules.UndecidedWarrant,
            warrant_name_id=st.integers(1, 5),
            warrant_id=st.integers(1, 5),
            kind=st.sampled_from(["remand", "life_sentence"]),
            reference=st.just("R"),
        ),
        max_size=2,
    ),
)


@given(any_facts)
def test_only_three_things_ever_stop_a_discharge(given_facts: rules.DischargeFacts) -> None:
    assert set(codes(rules.discharge_check(given_facts))) <= {
        "release.no_order_or_final_date",
        "release.further_warrant",
        "release.further_warrant_undecided",
        "release.identity_not_established",
        "release.identity_denied",
    }


@given(any_facts)
def test_a_warrant_that_nobody_decided_on_stops_the_gate_until_it_is_decided(
    given_facts: rules.DischargeFacts,
) -> None:
    from dataclasses import replace

    paper = rules.UndecidedWarrant(99, 7, "life_sentence", "HC 9/25")
    waits = rules.discharge_check(replace(given_facts, undecided=[paper]))
    by_order = given_facts.basis == "order" and given_facts.order_ends is None
    assert (rules.FURTHER_UNDECIDED in codes(waits)) != by_order
    decided = rules.discharge_check(replace(given_facts, undecided=()))
    assert rules.FURTHER_UNDECIDED not in codes(decided)
    assert [c for c in codes(waits) if c != rules.FURTHER_UNDECIDED] == codes(decided)


def test_an_order_that_ends_an_undecided_warrant_leaves_nothing_to_decide_first() -> None:
    paper = rules.UndecidedWarrant(2, 7, "life_sentence", "HC 9/25")
    assert rules.discharge_check(facts(undecided=[paper], order_ends=frozenset({1, 2}))).may_go
    found = rules.discharge_check(facts(undecided=[paper]))
    assert codes(found) == [rules.FURTHER_UNDECIDED]
    assert found.stops[0].decided_by == "authority.decide"


@given(any_facts, st.integers(0, 5), st.integers(0, 3), st.frozensets(st.sampled_from(rules.ITEMS)))
def test_property_police_interest_and_open_items_never_delay_anyone(
    given_facts: rules.DischargeFacts, held: int, interests: int, settled: frozenset[str]
) -> None:
    from dataclasses import replace

    other = replace(given_facts, property_held=held, police_interests=interests, settled=settled)
    assert codes(rules.discharge_check(other)) == codes(rules.discharge_check(given_facts))


@given(any_facts)
def test_a_warrant_left_standing_always_stops_the_gate(given_facts: rules.DischargeFacts) -> None:
    standing = rules.DetainingWarrant(99, "remand", "R", None)
    from dataclasses import replace

    ends_all = given_facts.basis == "order" and given_facts.order_ends is None
    found = codes(
        rules.discharge_check(replace(given_facts, detaining=(*given_facts.detaining, standing)))
    )
    assert ("release.further_warrant" in found) or ends_all


HELD = CLOCK - timedelta(days=30)
AT = CLOCK + timedelta(days=30)
hours = st.integers(-700, 700).map(lambda h: CLOCK + timedelta(hours=h))


def order(number: int, at: datetime, *ends: int) -> rules.StandingOrder:
    return rules.StandingOrder(number, at, frozenset(ends))


def held(number: int, **changes: datetime) -> rules.Holding:
    return rules.Holding(number, changes.pop("starts_at", HELD), **changes)


def starts(
    holdings: list[rules.Holding], orders: list[rules.StandingOrder], own: int = 1, **more: object
) -> datetime | None:
    return rules.clock_start(
        holdings,
        orders,
        own=own,
        held_since=HELD,
        as_of=AT,
        **more,  # type: ignore[arg-type]
    )


def test_whom_two_orders_free_together_is_free_from_the_second() -> None:
    later = CLOCK + timedelta(hours=1)
    found = starts([held(1), held(2)], [order(1, CLOCK, 1), order(2, later, 2)])
    assert found == later


def test_a_better_copy_of_the_same_order_does_not_start_the_clock_again() -> None:
    copy = order(2, CLOCK + timedelta(minutes=20), 1)
    assert starts([held(1)], [order(1, CLOCK, 1), copy], own=2) == CLOCK


def test_an_order_that_frees_nobody_yet_sounds_from_when_it_came() -> None:
    assert starts([held(1), held(2)], [order(1, CLOCK, 1)]) == CLOCK
    again = order(2, CLOCK + timedelta(hours=3), 1)
    assert starts([held(1), held(2)], [order(1, CLOCK, 1), again], own=2) == CLOCK


def test_the_last_warrant_may_fall_by_its_own_end_after_the_order() -> None:
    end = CLOCK + timedelta(hours=9)
    assert starts([held(1), held(2, ends_at=end)], [order(1, CLOCK, 1)]) == end


def test_a_paper_that_lapsed_weeks_ago_waits_for_the_word_that_lets_go() -> None:
    lapsed = held(1, ends_at=CLOCK - timedelta(days=20))
    assert starts([lapsed], [order(1, CLOCK, 1)]) == CLOCK


def test_an_order_after_the_final_date_does_not_start_the_clock_again() -> None:
    day = CLOCK - timedelta(hours=5)
    found = starts([held(1, ends_at=day + timedelta(hours=16), final_at=day)], [order(1, CLOCK, 1)])
    assert found == day


def test_nobody_is_late_to_free_whom_the_prison_did_not_hold_yet() -> None:
    assert starts([], [order(1, HELD - timedelta(hours=4))]) == HELD


def test_the_decision_that_nothing_detains_is_not_restarted_by_a_later_order() -> None:
    assert starts([], [order(1, CLOCK)], earlier=[CLOCK - timedelta(hours=2)]) == CLOCK - timedelta(
        hours=2
    )


some_holdings = st.lists(
    st.builds(rules.Holding, st.integers(1, 4), hours, st.none() | hours, st.none() | hours),
    max_size=5,
)
some_orders = st.lists(
    st.builds(
        rules.StandingOrder, st.integers(1, 6), hours, st.frozensets(st.integers(1, 4), max_size=4)
    ),
    min_size=1,
    max_size=5,
)


@given(some_holdings, some_orders, st.integers(0, 400))
def test_sending_an_order_again_never_moves_the_clock(
    holdings: list[rules.Holding], orders: list[rules.StandingOrder], late: int
) -> None:
    own = orders[0].release_order_id
    again = rules.StandingOrder(
        own, orders[0].received_at + timedelta(minutes=late), orders[0].ends
    )
    assert starts(holdings, [*orders, again], own=own) == starts(holdings, orders, own=own)


@given(some_holdings, some_orders)
def test_the_clock_never_runs_before_the_person_is_held_nor_from_later_than_the_last_word(
    holdings: list[rules.Holding], orders: list[rules.StandingOrder]
) -> None:
    found = starts(holdings, orders, own=orders[0].release_order_id)
    ends = [e for h in holdings for e in (h.ends_at, h.final_at) if e is not None]
    assert found is not None
    assert HELD <= found <= max([HELD, *(o.received_at for o in orders), *ends])


@given(some_holdings, some_orders, some_orders)
def test_a_further_order_can_only_bring_freedom_nearer(
    holdings: list[rules.Holding],
    orders: list[rules.StandingOrder],
    more: list[rules.StandingOrder],
) -> None:
    def free(given_orders: list[rules.StandingOrder]) -> bool:
        falls = rules.clock_start(holdings, given_orders, own=None, held_since=HELD, as_of=AT)
        return falls is not None

    before = rules.clock_start(holdings, orders, own=None, held_since=HELD, as_of=AT)
    after = rules.clock_start(holdings, [*orders, *more], own=None, held_since=HELD, as_of=AT)
    assert not free(orders) or free([*orders, *more])
    if before is not None and after is not None:
        assert after <= before
