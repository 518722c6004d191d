"""What the rules of access promise, whatever is thrown at them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.access.rules import (
    ADDRESS_LIMIT,
    USER_LIMIT,
    Failures,
    GrantFacts,
    Limit,
    count_attempt,
    decide_end_of_administration,
    decide_grant,
    is_locked,
    password_faults,
    pin_faults,
    pin_suffices,
    second_factor_needed,
)

NOW = datetime(2026, 3, 7, 18, 30, tzinfo=UTC)

labels = st.frozensets(st.sampled_from(LABELS))
places = st.one_of(st.none(), st.integers(1, 3))
units = st.one_of(st.none(), st.frozensets(st.integers(1, 5), min_size=1))
reaches = st.builds(
    Reach,
    role=st.sampled_from(["a", "b"]),
    permissions=st.frozensets(st.sampled_from(["x.view", "x.edit"])),
    establishment_id=places,
    unit_ids=units,
    labels=labels,
)
actors = st.lists(reaches, max_size=4).map(
    lambda found: Actor(user_id=1, name="", badge="", reaches=tuple(found))
)
persons = st.tuples(places, st.one_of(st.none(), st.integers(1, 5)), labels)


def reached(actor: Actor, person: tuple[int | None, int | None, frozenset[str]]) -> bool:
    establishment_id, unit_id, marked = person
    return actor.can_reach(
        "x.view", establishment_id=establishment_id, unit_id=unit_id, labels=marked
    )


@given(actors, reaches, persons)
def test_another_grant_never_takes_a_person_away(
    actor: Actor, more: Reach, person: tuple[int | None, int | None, frozenset[str]]
) -> None:
    richer = Actor(user_id=1, name="", badge="", reaches=(*actor.reaches, more))
    assert reached(richer, person) or not reached(actor, person)
    assert richer.can("x.view") or not actor.can("x.view")


@given(reaches, persons)
def test_within_one_grant_place_unit_and_marks_must_all_hold(
    reach: Reach, person: tuple[int | None, int | None, frozenset[str]]
) -> None:
    establishment_id, unit_id, marked = person
    expected = (
        "x.view" in reach.permissions
        and reach.establishment_id in (None, establishment_id)
        and (reach.unit_ids is None or unit_id in reach.unit_ids)
        and marked <= reach.labels
    )
    assert reached(Actor(user_id=1, name="", badge="", reaches=(reach,)), person) is expected


@given(actors, persons)
def test_two_grants_never_add_up_to_a_person_that_neither_reaches(
    actor: Actor, person: tuple[int | None, int | None, frozenset[str]]
) -> None:
    alone = [
        reached(Actor(user_id=1, name="", badge="", reaches=(reach,)), person)
        for reach in actor.reaches
    ]
    assert reached(actor, person) is any(alone)


@given(actors, persons, st.sampled_from(LABELS))
def test_one_more_mark_on_a_person_never_lets_more_people_see_them(
    actor: Actor, person: tuple[int | None, int | None, frozenset[str]], mark: str
) -> None:
    establishment_id, unit_id, marked = person
    if reached(actor, (establishment_id, unit_id, marked | {mark})):
        assert reached(actor, person)


def test_an_actor_without_grants_reaches_nobody() -> None:
    nobody = Actor(user_id=1, name="", badge="")
    assert not nobody.can("x.view")
    assert not reached(nobody, (None, None, frozenset()))


@pytest.mark.parametrize("limit", [USER_LIMIT, ADDRESS_LIMIT])
@given(gaps=st.lists(st.integers(0, 7_200), min_size=1, max_size=60))
def test_never_more_failures_than_allowed_between_two_locks(limit: Limit, gaps: list[int]) -> None:
    state, now, tried = Failures(), NOW, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        if is_locked(state, as_of=now):
            continue
        fresh = count_attempt(state, limit, as_of=now)
        tried = 1 if fresh.count == 1 else tried + 1
        assert tried <= limit.failures
        assert fresh.count <= limit.failures
        assert is_locked(fresh, as_of=now) is (fresh.count == limit.failures)
        state = fresh


@given(st.integers(1, 400))
def test_a_lock_ends_by_itself_and_counting_starts_again(seconds: int) -> None:
    state = Failures()
    for _ in range(USER_LIMIT.failures):
        state = count_attempt(state, USER_LIMIT, as_of=NOW)
    assert is_locked(state, as_of=NOW + USER_LIMIT.lock - timedelta(seconds=1))
    later = NOW + USER_LIMIT.lock + timedelta(seconds=seconds)
    assert not is_locked(state, as_of=later)
    assert count_attempt(state, USER_LIMIT, as_of=later).count == 1


@given(st.text(alphabet="0123456789", min_size=6, max_size=12))
def test_a_pin_of_enough_different_digits_is_taken(pin: str) -> None:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    guessable = len(set(pin)) < 3 or steps in ({1}, {9})
    assert bool(pin_faults(pin, badge="B1")) is guessable


@given(st.text(max_size=20).filter(lambda t: not (t.isascii() and t.isdigit())))
def test_a_pin_is_digits_and_nothing_else(pin: str) -> None:
    assert pin_faults(pin, badge="B1")[0].code == "access.pin_digits"


def test_a_pin_may_not_be_the_badge() -> None:
    assert pin_faults("480275", badge="X480275")


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaaaaaa", "abababababababab", "OfficerGray12", "x" * 300, "B1234567!!aa"],
)
def test_a_password_that_is_easily_guessed_is_not_taken(password: str) -> None:
    assert password_faults(password, badge="B1234567", name="Officer Gray")


def test_several_words_make_a_password() -> None:
    assert not password_faults("grey heron over the creek", badge="B1", name="Officer Gray")


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_outside_and_administrators_always_need_a_second_factor(
    has_factor: bool, always_strong: bool, inside: bool, by_password: bool
) -> None:
    needed = second_factor_needed(
        has_factor=has_factor, always_strong=always_strong, inside=inside, by_password=by_password
    )
    if always_strong or not inside:
        assert needed
        assert not pin_suffices(always_strong=always_strong, inside=inside)
    if not by_password and inside and not always_strong:
        assert not needed, "card and PIN stay quick on a shared PC"


def facts(**changes: object) -> GrantFacts:
    given: dict[str, object] = {
        "actor_id": 1, "user_id": 2, "user_active": True, "user_is_staff": True,
        "establishment_given": True, "unit_ids": None, "units_of_establishment": frozenset({7}),
        "labels": frozenset({"ordinary"}), "known_labels": frozenset(LABELS),
        "starts_at": NOW, "ends_at": None,
    }  # fmt: skip
    return GrantFacts(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"actor_id": 2}, "access.grant_to_self"),
        ({"user_active": False}, "access.user_inactive"),
        ({"user_is_staff": False}, "access.user_inactive"),
        ({"unit_ids": frozenset({7}), "establishment_given": False},
         "access.units_need_establishment"),
        ({"unit_ids": frozenset({8})}, "access.units_elsewhere"),
        ({"unit_ids": frozenset()}, "access.units_elsewhere"),
        ({"labels": frozenset()}, "access.unknown_label"),
        ({"labels": frozenset({"secret"})}, "access.unknown_label"),
        ({"ends_at": NOW}, "access.grant_ends_before_it_starts"),
        ({"ends_at": NOW - timedelta(days=1), "starts_at": NOW - timedelta(days=2)},
         "access.grant_ends_before_it_starts"),
    ],
)  # fmt: skip
def test_a_grant_that_cannot_be_is_refused_with_its_reason(
    changes: dict[str, object], code: str
) -> None:
    assert decide_grant(facts(), as_of=NOW).allowed
    decision = decide_grant(facts(**changes), as_of=NOW)
    assert [reason.code for reason in decision.reasons] == [code]


@given(st.frozensets(st.integers(1, 4)), st.integers(1, 4))
def test_somebody_can_always_manage_access(others: frozenset[int], user_id: int) -> None:
    decision = decide_end_of_administration(
        user_id=user_id, other_administrators=others, ends_administration=True
    )
    assert decision.allowed is bool(others - {user_id})
