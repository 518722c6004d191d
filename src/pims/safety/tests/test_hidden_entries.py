"""Whoever may not know of a flag or a pair can neither find nor end it by its number."""

from collections.abc import Callable

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import NotFound, NotPermitted
from pims.people.services import NameInput, create_person
from pims.safety import selectors, services


@pytest.fixture
def two(system_actor: Actor) -> tuple[int, int]:
    first, second = (
        create_person(
            Command(system_actor),
            names=[NameInput(kind="birth", given=given, family="Choc")],
            establishment_id=None,
        ).person_id
        for given in ("Ana", "Mateo")
    )
    return first, second


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor("safety.view", "safety.record", "people.view")


def test_a_protected_pair_is_neither_found_nor_ended_by_a_guessed_number(
    system_actor: Actor, officer: Actor, two: tuple[int, int]
) -> None:
    pair = services.keep_apart(
        Command(system_actor),
        person_id=two[0],
        other_person_id=two[1],
        reason="Gave evidence",
        protected=True,
    ).keep_apart_id
    with pytest.raises(NotFound):
        selectors.person_of_keep_apart(officer, pair)
    with pytest.raises(NotPermitted):
        services.end_keep_apart(Command(officer), keep_apart_id=pair, reason="No longer")
    assert selectors.keep_aparts_of(system_actor, two[0])


@pytest.mark.parametrize("kind", ["informant", "health_alert"])
def test_a_hidden_flag_is_neither_found_nor_lowered_by_a_guessed_number(
    system_actor: Actor, officer: Actor, two: tuple[int, int], kind: str
) -> None:
    flag = services.raise_flag(Command(system_actor), person_id=two[0], kind=kind).flag_id
    with pytest.raises(NotFound):
        selectors.person_of_flag(officer, flag)
    with pytest.raises(NotPermitted):
        services.lower_flag(Command(officer), flag_id=flag, reason="No longer")
    assert [f.flag_id for f in selectors.flags(system_actor, [two[0]])[two[0]]] == [flag]


def test_a_flag_that_anyone_may_know_is_lowered_by_whoever_records(
    officer: Actor, two: tuple[int, int]
) -> None:
    flag = services.raise_flag(Command(officer), person_id=two[0], kind="violence").flag_id
    services.lower_flag(Command(officer), flag_id=flag, reason="Two quiet years")
    assert selectors.flags(officer, [two[0]]) == {}
