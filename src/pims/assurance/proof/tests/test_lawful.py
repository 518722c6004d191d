"""What an order is worth: from its day to its last day, and no further."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.assurance.proof import Law, authority_over, fault_kinds, faults, law_of
from pims.assurance.proof.history import Custody, History, NewDate, Order, Sentence
from tests.faults import chaos
from tests.faults.lawful import at, first_instant

BELIZE = law_of("belize")
RECEIVED = date(2026, 3, 2)
NOW = at(date(2026, 3, 20))


def held(*orders: Order, **fields: object) -> History:
    custody = (Custody(custody_id="c", begins=at(RECEIVED, 18, 30)),)
    return History(
        person_id="P",
        zone="America/Belize",
        custody=custody,
        orders=orders,
        **fields,  # type: ignore[arg-type]
    )


def remand(**fields: object) -> Order:
    given = {"order_id": "r", "kind": "remand", "court": "MC-BZ", "dated": RECEIVED, **fields}
    return Order(**given)  # type: ignore[arg-type]


def reasons(history: History, law: Law = BELIZE) -> list[tuple[datetime, str]]:
    return [(one.begin, one.why) for one in authority_over(history, law, NOW)]


def test_the_day_of_the_hearing_is_the_last_lawful_one() -> None:
    history = held(remand(next_date=date(2026, 3, 9)))
    assert reasons(history) == [
        (at(RECEIVED, 18, 30), "lawful"),
        (first_instant(date(2026, 3, 10)), "next_date_passed"),
    ]


def test_a_date_named_in_time_leaves_no_gap_and_one_named_late_does() -> None:
    in_time = NewDate(said_at=at(date(2026, 3, 9), 14), next_date=date(2026, 3, 30))
    order = remand(next_date=date(2026, 3, 9), new_dates=(in_time,))
    assert [why for _, why in reasons(held(order))] == ["lawful"]
    late = replace(in_time, said_at=at(date(2026, 3, 12), 10))
    found = reasons(held(replace(order, new_dates=(late,))))
    assert [why for _, why in found] == ["lawful", "next_date_passed", "lawful"]
    assert found[2][0] == late.said_at


def test_an_order_makes_nothing_lawful_before_the_day_on_which_it_was_made() -> None:
    late = remand(dated=date(2026, 3, 4), next_date=date(2026, 3, 30), begins=at(RECEIVED, 1))
    assert reasons(held(late)) == [
        (at(RECEIVED, 18, 30), "no_order"),
        (first_instant(date(2026, 3, 4)), "lawful"),
    ]


def test_bail_on_one_case_frees_nobody_from_another() -> None:
    orders = (
        remand(order_id="a", case="A", next_date=date(2026, 3, 30)),
        remand(order_id="b", case="B", next_date=date(2026, 3, 30)),
        remand(order_id="f", kind="bail_taken_up", case="A", dated=date(2026, 3, 5)),
    )
    found = authority_over(held(*orders), BELIZE, NOW)
    assert [(one.why, one.order_ids) for one in found] == [
        ("lawful", ("a", "b")),
        ("lawful", ("b",)),
    ]


def test_acquitted_of_one_charge_of_two_the_remand_goes_on_until_the_last() -> None:
    first = remand(order_id="a", case="A", charges=("x", "y"), next_date=date(2026, 3, 30))
    of_x = remand(order_id="f", kind="acquittal", case="A", charges=("x",), dated=date(2026, 3, 5))
    of_y = replace(of_x, order_id="g", charges=("y",), dated=date(2026, 3, 8))
    assert [why for _, why in reasons(held(first, of_x))] == ["lawful"]
    found = reasons(held(first, of_x, of_y))
    assert [why for _, why in found] == ["lawful", "held_after_release_order"]


def test_a_revocation_of_parole_holds_nobody_beyond_its_hearing() -> None:
    order = Order(
        order_id="p", kind="parole_revoked", court="PB", dated=RECEIVED, next_date=date(2026, 3, 12)
    )
    assert reasons(held(order))[1:] == [(first_instant(date(2026, 3, 13)), "parole_hearing_passed")]


def test_a_provisional_date_neither_frees_nor_keeps_anybody_by_itself() -> None:
    order = remand(order_id="s", kind="commitment_sentence")
    sentence = Sentence(
        sentence_id="s1", order_id="s", full_term_end=date(2026, 4, 30),
        release_date=date(2026, 3, 10), final=False,
    )  # fmt: skip
    found = reasons(held(order, sentences=(sentence,)))
    assert found[1:] == [(first_instant(date(2026, 3, 11)), "provisional_date_passed")]
    signed = replace(sentence, final=True)
    found = reasons(held(order, sentences=(signed,)))
    assert found[1:] == [(first_instant(date(2026, 3, 11)), "release_date_passed")]


def test_nobody_stays_past_the_full_term_whatever_the_release_date_says() -> None:
    order = remand(order_id="s", kind="commitment_sentence")
    sentence = Sentence(
        sentence_id="s1", order_id="s", full_term_end=date(2026, 3, 10),
        release_date=date(2026, 9, 1),
    )  # fmt: skip
    assert reasons(held(order, sentences=(sentence,)))[1][1] == "full_term_passed"


def test_an_old_order_of_an_earlier_stay_explains_no_gap_of_this_one() -> None:
    earlier = Custody(
        custody_id="0", begins=at(date(2025, 1, 1)), ends=at(date(2025, 1, 9)),
        end_kind="discharged",
    )  # fmt: skip
    old = remand(dated=date(2025, 1, 1), next_date=date(2025, 1, 9), case="A")
    history = held(old)
    history = replace(history, custody=(*history.custody, earlier))
    assert reasons(history)[-1] == (at(RECEIVED, 18, 30), "no_order")


def test_a_country_that_does_not_exist_has_its_own_kinds() -> None:
    law = law_of("testland")
    court = next(code for code, kind in law.bodies.items() if law.ability(kind, "hold") == "can")
    order = Order(
        order_id="h", kind="hold", court=court, dated=RECEIVED, next_date=date(2026, 3, 9)
    )
    assert [why for _, why in reasons(held(order), law)] == ["lawful", "next_date_passed"]
    freed = Order(order_id="f", kind="set_free", court=court, dated=date(2026, 3, 4))
    assert [why for _, why in reasons(held(order, freed), law)] == [
        "lawful",
        "held_after_release_order",
    ]


disorder = st.integers(0, 2**40).map(chaos.history)


def gaps(history: History) -> timedelta:
    whole = timedelta()
    for one in authority_over(history, BELIZE, chaos.NOW):
        if not one.proven:
            whole += one.end - one.begin
    return whole


@given(disorder)
def test_a_sound_order_over_all_of_custody_leaves_no_day_unproven(history: History) -> None:
    sound = Order(
        order_id="sound", kind="civil_commitment", court_kind="high_court", case="sound",
        dated=date(2026, 1, 1), until=date(2027, 1, 1),
    )  # fmt: skip
    # A habeas corpus that names no case frees from this one too.
    kept = tuple(one for one in history.orders if one.kind != "habeas_corpus")
    covered = replace(history, orders=(*kept, sound))
    assert gaps(covered) == timedelta()
    left = {fault.kind for fault in faults(covered, BELIZE, chaos.NOW)}
    assert not {kind for kind in left if fault_kinds()[kind].group == "gap"}


@given(disorder)
def test_one_more_order_that_only_holds_never_makes_more_time_unproven(history: History) -> None:
    more = Order(
        order_id="more", kind="remand", court="HC", case="more", dated=date(2026, 3, 25),
        next_date=date(2026, 4, 2),
    )  # fmt: skip
    assert gaps(replace(history, orders=(*history.orders, more))) <= gaps(history)


@given(st.integers(0, 400), st.integers(0, 23))
def test_without_the_only_order_every_day_is_unproven(days: int, hour: int) -> None:
    begins = datetime(2026, 1, 1, hour, tzinfo=UTC)
    order = Order(
        order_id="o", kind="immigration_detention", court="IMM", dated=date(2025, 12, 30),
        until=date(2028, 1, 1),
    )  # fmt: skip
    custody = (Custody(custody_id="c", begins=begins),)
    now = begins + timedelta(days=days, minutes=1)
    history = History(
        person_id="P",
        zone="America/Belize",
        custody=custody,
        orders=(order,),
        nationalities=("BZ",),
    )
    assert faults(history, BELIZE, now) == []
    (fault,) = faults(replace(history, orders=()), BELIZE, now)
    assert (fault.kind, fault.since, fault.until) == ("no_order", begins, None)


def test_two_orders_of_one_day_that_name_different_dates_contradict_each_other() -> None:
    one = remand(order_id="a", case="A", next_date=date(2026, 3, 30))
    other = replace(one, order_id="b", next_date=date(2026, 4, 2))
    (fault,) = [f for f in faults(held(one, other), BELIZE, NOW) if f.kind == "orders_contradict"]
    assert fault.order_ids == ("a", "b")
    of_another_charge = (replace(one, charges=("x",)), replace(other, charges=("y",)))
    assert "orders_contradict" not in {
        f.kind for f in faults(held(*of_another_charge), BELIZE, NOW)
    }


def test_an_order_that_changes_one_made_after_it_contradicts_it_and_ends_nothing() -> None:
    late = remand(order_id="b", dated=date(2026, 3, 5), next_date=date(2026, 4, 2))
    early = remand(order_id="a", next_date=date(2026, 3, 9), changes="b")
    history = held(early, late)
    assert [why for _, why in reasons(history)] == ["lawful", "lawful", "lawful"]
    assert "orders_contradict" in {f.kind for f in faults(history, BELIZE, NOW)}


def test_a_term_is_counted_from_its_words_where_no_date_is_stored() -> None:
    order = remand(order_id="s", kind="commitment_sentence")
    two = (
        Sentence(sentence_id="1", order_id="s", pronounced_on=RECEIVED, days=3),
        Sentence(sentence_id="2", order_id="s", pronounced_on=RECEIVED, days=4, follows="1"),
    )
    found = reasons(held(order, sentences=two))
    assert found[1:] == [(first_instant(date(2026, 3, 9)), "full_term_passed")]


def test_days_at_large_are_served_after_all() -> None:
    order = remand(order_id="s", kind="commitment_sentence")
    sentence = Sentence(sentence_id="1", order_id="s", pronounced_on=RECEIVED, days=7)
    history = held(order, sentences=(sentence,))
    away = (
        replace(history.custody[0], ends=at(date(2026, 3, 4)), end_kind="escaped"),
        Custody(custody_id="d", begins=at(date(2026, 3, 6))),
    )
    found = reasons(replace(history, custody=away))
    assert found[-1] == (first_instant(date(2026, 3, 12)), "full_term_passed")
