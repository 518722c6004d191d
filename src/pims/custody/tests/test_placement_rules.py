"""Where may this prisoner be held: the law of separation, and what a place is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.custody.rules.placement import (
    OVERRIDE,
    STATUS_GROUP,
    PlaceFacts,
    PrisonerFacts,
    decide_placement,
)

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)

MAN = PrisonerFacts(1, "male", "man", False, "unsentenced", held_at=1, age=30)
PLACE = PlaceFacts(
    place_id=1,
    label="Remand A-1/1",
    kind="bed",
    cell_id=1,
    cell_capacity=4,
    cell_features=frozenset(),
    unit_id=1,
    unit_name="Remand",
    unit_kind="residential",
    unit_operational=40,
    unit_certified=40,
    main_compound=True,
    establishment_id=1,
    for_sex="",
    for_age="",
    for_status="",
    closed=None,
)

prisoners = st.builds(
    PrisonerFacts,
    person_id=st.integers(1, 6),
    sex=st.sampled_from(["male", "female", "intersex", "unknown"]),
    gender=st.sampled_from(["man", "woman", "other", "not_stated"]),
    juvenile=st.booleans(),
    legal_status=st.sampled_from(sorted(STATUS_GROUP)),
    flags=st.frozensets(st.sampled_from(["escape_risk", "self_harm", "violence", "single_cell"])),
    apart_cell=st.frozensets(st.integers(7, 12), max_size=2),
    apart_unit=st.frozensets(st.integers(7, 12), max_size=2),
    held_at=st.just(1),
    age=st.none() | st.integers(14, 80),
)
others = st.lists(st.builds(replace, prisoners, person_id=st.integers(7, 12)), max_size=3)
places = st.builds(
    replace,
    st.just(PLACE),
    unit_kind=st.sampled_from(["residential", "reception", "segregation", "medical"]),
    for_sex=st.sampled_from(["", "male", "female"]),
    for_age=st.sampled_from(["", "adult", "juvenile"]),
    for_status=st.sampled_from(["", "unsentenced", "convicted", "civil"]),
    closed=st.none() | st.just("flooded"),
    cellmates=others.map(tuple),
    unit_persons=st.frozensets(st.integers(7, 12)),
)


def codes(who: PrisonerFacts, place: PlaceFacts) -> set[str]:
    return {reason.code for reason in decide_placement(who, place, as_of=NOW).decision.reasons}


@given(prisoners, places)
def test_a_request_is_refused_exactly_when_a_hard_rule_speaks_and_says_who_may_decide(
    who: PrisonerFacts, place: PlaceFacts
) -> None:
    finding = decide_placement(who, place, as_of=NOW)
    assert finding.decision.allowed is (not finding.hard)
    assert all(reason.decided_by == OVERRIDE for reason in finding.hard)


@given(prisoners, places)
def test_no_allowed_place_puts_a_juvenile_with_adults_or_a_known_woman_with_known_men(
    who: PrisonerFacts, place: PlaceFacts
) -> None:
    if not decide_placement(who, place, as_of=NOW).decision.allowed:
        return
    assert place.for_age != ("adult" if who.juvenile else "juvenile")
    assert all(mate.juvenile == who.juvenile for mate in place.cellmates)
    known = {p.placed_as for p in (who, *place.cellmates)} - {""}
    assert not who.placed_as or len(known) == 1


@given(prisoners, places)
def test_no_allowed_place_brings_together_those_who_are_kept_apart(
    who: PrisonerFacts, place: PlaceFacts
) -> None:
    finding = decide_placement(who, place, as_of=NOW)
    mates = {mate.person_id for mate in place.cellmates}
    if (who.apart_cell | who.apart_unit) & mates:
        assert not finding.decision.allowed
    if who.apart_unit & place.unit_persons and place.unit_kind != "reception":
        assert not finding.decision.allowed


@given(prisoners, places)
def test_no_reason_names_anyone(who: PrisonerFacts, place: PlaceFacts) -> None:
    finding = decide_placement(who, place, as_of=NOW)
    for reason in (*finding.hard, *finding.against, *finding.favour):
        assert not set(reason.params) - {
            "place", "unit", "why", "count", "capacity", "status"
        }  # fmt: skip


@given(prisoners, places)
def test_whatever_speaks_against_a_place_never_ranks_it_above_the_same_place_without_it(
    who: PrisonerFacts, place: PlaceFacts
) -> None:
    free = replace(place, closed=None)
    closed = replace(place, closed="flooded")
    assert (
        decide_placement(who, closed, as_of=NOW).score
        < decide_placement(who, free, as_of=NOW).score
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"for_sex": "female"}, "custody.place_for_female"),
        ({"for_age": "juvenile"}, "custody.place_for_juveniles"),
        ({"for_status": "convicted"}, "custody.place_for_status"),
        ({"closed": "flooded"}, "custody.place_out_of_use"),
        ({"unit_kind": "segregation"}, "custody.segregation_needs_decision"),
        ({"establishment_id": 2}, "custody.other_establishment"),
        ({"cell_capacity": 0}, "custody.cell_full"),
    ],
)
def test_each_hard_rule_refuses_by_its_own_reason(change: dict[str, object], code: str) -> None:
    assert codes(MAN, replace(PLACE, **change)) == {code}  # type: ignore[arg-type]


def test_another_establishment_is_impossible_and_nobody_may_override_it() -> None:
    finding = decide_placement(MAN, replace(PLACE, establishment_id=2), as_of=NOW)
    assert finding.impossible


def test_two_who_are_apart_where_possible_may_share_a_unit_but_not_a_cell() -> None:
    who = replace(MAN, apart_cell=frozenset({9}), apart_soft=frozenset({9}))
    unit_only = decide_placement(who, replace(PLACE, unit_persons=frozenset({9})), as_of=NOW)
    assert unit_only.decision.allowed
    assert [r.code for r in unit_only.against] == ["custody.kept_apart_in_unit"]
    mate = replace(MAN, person_id=9)
    assert codes(who, replace(PLACE, cellmates=(mate,))) == {"custody.kept_apart_in_cell"}


def test_a_place_taken_a_moment_ago_is_told_as_just_taken() -> None:
    mate = replace(MAN, person_id=9)
    taken = replace(PLACE, occupants=(mate,), cellmates=(mate,))
    just = replace(taken, occupied_since=NOW - timedelta(seconds=5))
    long = replace(taken, occupied_since=NOW - timedelta(hours=5))
    assert codes(MAN, just) == {"custody.place_just_taken"}
    assert codes(MAN, long) == {"custody.place_occupied"}


def test_someone_is_placed_by_the_gender_they_state() -> None:
    woman = replace(MAN, gender="woman")
    women = replace(PLACE, for_sex="female")
    finding = decide_placement(woman, women, as_of=NOW)
    assert finding.decision.allowed
    assert [r.code for r in finding.against] == ["custody.by_gender"]


def test_reception_holds_whoever_comes_however_many() -> None:
    full = replace(
        PLACE,
        unit_kind="reception",
        cell_capacity=1,
        unit_certified=0,
        unit_operational=0,
        cellmates=(replace(MAN, person_id=9, legal_status="convicted"),),
        unit_persons=frozenset(range(10, 90)),
    )
    assert decide_placement(MAN, full, as_of=NOW).decision.allowed


def test_nobody_at_risk_of_self_harm_is_best_placed_alone() -> None:
    at_risk = replace(MAN, flags=frozenset({"self_harm"}))
    alone = replace(PLACE, cell_capacity=1)
    shared = replace(PLACE, cellmates=(replace(MAN, person_id=9),))
    scores = [decide_placement(at_risk, place, as_of=NOW).score for place in (alone, shared)]
    assert scores[0] < scores[1]
