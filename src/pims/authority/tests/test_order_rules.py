"""What is odd about a release order, and what is not."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pims.authority import order_rules as rules

ZONE = "America/Belize"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 09:00 in Belize
HELD = rules.EndedWarrant(1, "magistrates", NOW - timedelta(days=30))


def order(**changes: object) -> rules.OrderFacts:
    base: dict[str, object] = {
        "body_id": 1, "body_kind": "magistrates", "reference": "Bail 1/26",
        "dated": date(2026, 3, 2), "received_at": NOW - timedelta(minutes=10),
    }  # fmt: skip
    return rules.OrderFacts(**(base | changes))  # type: ignore[arg-type]


def odd(facts: rules.OrderFacts, *ends: rules.EndedWarrant) -> set[str]:
    return set(rules.oddities(facts, ends or (HELD,), zone=ZONE, as_of=NOW))


def test_an_ordinary_order_is_not_odd() -> None:
    assert odd(order()) == set()
    assert odd(order(dated=None)) == set()


def test_a_day_is_counted_where_the_prison_is() -> None:
    late = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)  # 23:30 on the 2nd in Belize
    found = rules.oddities(order(dated=date(2026, 3, 3)), [HELD], zone=ZONE, as_of=late)
    assert found == ("dated_in_the_future",)


def test_an_order_of_another_court_of_the_same_rank_could_free_wrongly() -> None:
    found = odd(order(), HELD, rules.EndedWarrant(2, "magistrates", HELD.starts_at))
    assert found == {"other_court"}
    assert rules.could_free_wrongly(tuple(found))


def test_a_magistrates_order_over_a_high_court_warrant_could_free_wrongly() -> None:
    assert odd(order(), rules.EndedWarrant(2, "high_court", HELD.starts_at)) == {"other_court"}


def test_a_higher_court_is_asked_about_and_is_no_danger_by_itself() -> None:
    found = odd(order(body_id=9, body_kind="high_court"))
    assert found == {"higher_court"}
    assert not rules.could_free_wrongly(tuple(found))


def test_an_order_that_such_a_body_cannot_make_could_free_wrongly() -> None:
    found = odd(order(kind="appeal_allowed"))
    assert found == {"body_cannot"}
    assert rules.could_free_wrongly(tuple(found))
    assert odd(order(kind="bail")) == set()
    assert odd(order(kind="appeal_allowed", body_id=9, body_kind="court_of_appeal")) == {
        "higher_court"
    }


instants = st.integers(-1500, 1500).map(lambda h: NOW + timedelta(hours=h))
bodies = st.tuples(
    st.integers(1, 4), st.sampled_from(["magistrates", "high_court", "minister", "immigration"])
)
warrants = st.lists(
    st.builds(lambda b, at: rules.EndedWarrant(b[0], b[1], at), bodies, instants), max_size=4
)
orders = st.builds(
    lambda b, ref, dated, at: rules.OrderFacts(b[0], b[1], ref, dated, at),
    bodies,
    st.sampled_from(["", " ", "Bail 1/26"]),
    st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    instants.filter(lambda at: at <= NOW),
)


@given(orders, warrants)
def test_everything_that_is_odd_is_told_and_nothing_else(
    facts: rules.OrderFacts, ends: list[rules.EndedWarrant]
) -> None:
    found = rules.oddities(facts, ends, zone=ZONE, as_of=NOW)
    assert list(found) == [code for code in rules.ODDITIES if code in found]
    received = facts.received_at.astimezone(ZoneInfo(ZONE)).date()
    after = facts.dated is not None and facts.dated > received
    assert bool({"dated_in_the_future", "dated_after_receipt"} & set(found)) == after
    early = any(facts.received_at < w.starts_at for w in ends)
    assert ("received_before_hold" in found) == early
    foreign = any(w.body_id != facts.body_id for w in ends)
    assert bool({"other_court", "higher_court"} & set(found)) == foreign
    assert ("no_reference" in found) == (not facts.reference.strip())
    assert rules.could_free_wrongly(found) == (after or early or "other_court" in found)


@given(orders, warrants, warrants)
def test_an_order_that_reaches_further_is_never_less_odd(
    facts: rules.OrderFacts, ends: list[rules.EndedWarrant], more: list[rules.EndedWarrant]
) -> None:
    before = rules.oddities(facts, ends, zone=ZONE, as_of=NOW)
    after = rules.oddities(facts, [*ends, *more], zone=ZONE, as_of=NOW)
    if rules.could_free_wrongly(before):
        assert rules.could_free_wrongly(after)
