"""What becomes of a message, from the facts alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.rules import inbound as rules
from pims.exchange.rules.inbound import ListSent, Other

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
states = st.sampled_from(sorted(rules.ENDS | rules.OPEN))
instants = st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
COURT = rules.SenderFacts("court", "active", frozenset({"MC-BZ"}))
GOOD = rules.MessageFacts(
    message_id="a", named_id="a", sent_at=NOW, received_at=NOW, faults=(), signature="",
    kind=rules.KindFacts(frozenset({"court"}), True), issued_by="MC-BZ",
    known_bodies=frozenset({"MC-BZ", "HC"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ()),
        ({"signature": "wrong_signature"}, ("wrong_signature",)),
        ({"signature": "unknown_key", "issued_by": "HC"}, ("unknown_key", "body_not_yours")),
        ({"issued_by": "MOON"}, ("unknown_body",)),
        ({"named_id": "b"}, ("id_differs",)),
        ({"kind": None}, ("unknown_kind",)),
        ({"kind": None, "faults": ("not_json",)}, ("not_json",)),
        ({"other_content": True, "named_id": "a#1"}, ("other_content",)),
        ({"kind": rules.KindFacts(frozenset({"police"}), False)}, ("kind_not_yours",)),
    ],
)
def test_everything_that_is_wrong_is_told_at_once(
    changed: dict[str, object], told: tuple[str, ...]
) -> None:
    assert rules.refusals(replace(GOOD, **changed), COURT) == told  # type: ignore[arg-type]


def test_whoever_is_suspended_sends_nothing_that_counts() -> None:
    assert rules.refusals(GOOD, replace(COURT, state="suspended")) == ("agency_not_active",)


def test_who_tries_things_out_sends_what_the_kinds_that_were_named_may_and_no_more() -> None:
    tries = rules.SenderFacts(
        "other", "active", frozenset(), tries_out=True, tries_as=frozenset({"court"})
    )
    assert rules.refusals(GOOD, tries) == ()
    assert rules.refusals(GOOD, replace(tries, tries_as=frozenset())) == ("kind_not_yours",)
    assert rules.refusals(GOOD, replace(tries, tries_as=frozenset({"police"}))) == (
        "kind_not_yours",
    )
    # Named for a real agency it would count for nothing.
    real = replace(tries, tries_out=False)
    assert rules.refusals(GOOD, real) == ("kind_not_yours", "body_not_yours")
    assert rules.refusals(GOOD, replace(tries, kind="court", tries_as=frozenset())) == ()
    assert rules.refusals(replace(GOOD, issued_by="MOON"), tries) == ("unknown_body",)
    assert rules.refusals(replace(GOOD, signature="unknown_key"), tries) == ("unknown_key",)


@given(instants)
def test_a_clock_is_never_a_reason_to_refuse(sent_at: datetime) -> None:
    (code,) = rules.clock_remarks(sent_at, NOW) or ("",)
    off = (NOW - sent_at).total_seconds() / 60
    assert (code == "") == (abs(off) <= 5)
    if code:
        name, _, minutes = code.partition(":")
        assert int(minutes) == abs(off)
        assert (name == "clock_ahead") == (off < 0)
    # Whatever it says, nothing is taken to be later than it came.
    taken = rules.at_most(sent_at, NOW)
    assert taken is not None
    assert taken <= NOW


@given(st.lists(st.builds(ListSent, st.just("i"), st.text(max_size=3), states, instants)), instants)
def test_a_list_gives_way_to_a_newer_one_and_to_no_other(
    others: list[ListSent], sent_at: datetime
) -> None:
    found = rules.overtaken(sent_at, others)
    counted = [one for one in others if one.state not in ("refused", "rejected")]
    newer = [one for one in counted if one.sent_at > sent_at]
    assert (found is None) == (not newer)
    if found is not None:
        assert found.sent_at == max(one.sent_at for one in newer)


@given(states, st.booleans())
def test_a_correction_has_an_answer_for_every_state_of_what_it_corrects(
    state: str, same: bool
) -> None:
    earlier = rules.Corrected("i", "m", state, "bail" if same else "sentence")
    found = rules.correction("bail", earlier)
    assert (found.refused == "") == same
    assert found.supersede == (same and state in rules.OPEN)
    assert found.refused or found.remarks
    assert rules.correction("bail", None).remarks == ("corrects_unknown",)


@given(st.sampled_from([True, False, None]), st.sampled_from([True, False, None]), states, instants)
def test_only_what_says_the_opposite_in_these_days_contradicts(
    one: bool | None, other: bool | None, state: str, at: datetime
) -> None:
    found = rules.contradictions(one, NOW, [Other("i", "m", state, other, at)])
    opposite = None not in (one, other) and one != other
    stands = state not in ("refused", "superseded", "rejected")
    near = abs(at - NOW) <= timedelta(days=3)
    assert bool(found) == (opposite and stands and near)


def test_no_end_is_left_again() -> None:
    assert not rules.ENDS & rules.FOLLOWS.keys()
    assert rules.FOLLOWS.keys() == rules.OPEN
