"""Whoever may not know of a flag or a pair can neither find nor end it by its number."""

from collections.abc import Callable
from functools import partial

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.sealing import seal_person, unseal_person
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted
from pims.people import services as people
from pims.people.selectors import person_detail
from pims.people.services import NameInput, create_person
from pims.release.tests.test_orders_and_clocks import hear
from pims.safety import selectors, services
from pims.safety.models import Flag, KeepApart
from pims.safety.subscribers import mark_parted_records


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


def scope_of(person_id: int) -> tuple[list[str], bool]:
    row = PersonScope.objects.get(person_id=person_id)
    return list(row.labels), row.sealed


def test_an_informant_flagged_by_mistake_is_an_ordinary_prisoner_again(
    system_actor: Actor, two: tuple[int, int]
) -> None:
    command = partial(Command, system_actor)
    flags = [
        services.raise_flag(command(), person_id=two[0], kind=kind).flag_id
        for kind in ("informant", "victim")
    ]
    services.lower_flag(command(), flag_id=flags[0], reason="Keyed for the wrong man")
    assert scope_of(two[0])[0] == ["protected"]
    services.lower_flag(command(), flag_id=flags[1], reason="Keyed for the wrong man")
    assert scope_of(two[0])[0] == []


def test_a_flag_raised_again_with_another_note_says_what_was_said_last(
    system_actor: Actor, two: tuple[int, int]
) -> None:
    command = partial(Command, system_actor)
    what = {"person_id": two[0], "kind": "violence"}
    first = services.raise_flag(command(), note="Fought at the gate", **what)
    assert services.raise_flag(command(), **what) == first
    second = services.raise_flag(command(), note="Has made a knife", **what)
    (up,) = selectors.flags(system_actor, [two[0]])[two[0]]
    assert (up.flag_id, up.note) == (second.flag_id, "Has made a knife")
    assert Flag.objects.get(pk=first.flag_id).note == "Fought at the gate"


def test_what_is_asked_for_more_strictly_holds_from_then_on(
    system_actor: Actor, officer: Actor, two: tuple[int, int]
) -> None:
    def keep(level: str, *, protected: bool = False) -> int:
        pair = dict(zip(("person_id", "other_person_id"), two, strict=True))
        return services.keep_apart(
            Command(system_actor), level=level, protected=protected, reason="A knife", **pair
        ).keep_apart_id

    first = keep("where_possible")
    second = keep("absolute", protected=True)
    assert second != first
    assert selectors.keep_aparts([two[0]], at=clock.now())[two[0]] == {two[1]: "absolute"}
    assert selectors.keep_aparts_of(officer, two[0]) == []
    # What is less strict than what stands changes nothing.
    assert keep("where_possible") == second
    assert KeepApart.objects.get(pk=first).ends_at is not None


def test_nobody_is_kept_apart_from_somebody_who_is_not_on_record(
    system_actor: Actor, two: tuple[int, int]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.keep_apart(
            Command(system_actor), person_id=two[0], other_person_id=10**9, reason="A knife"
        )
    assert caught.value.fields["other_person_id"].code == "safety.unknown_person"


def test_records_joined_are_hidden_alike_and_parted_each_as_its_own_entries_say(
    system_actor: Actor, officer: Actor, two: tuple[int, int]
) -> None:
    hidden, plain = two
    seal_person(Command(system_actor), person_id=hidden, reason="By order")
    services.raise_flag(Command(system_actor), person_id=hidden, kind="informant")
    merge = {"person_id": hidden, "into_person_id": plain, "reason": "One", "overlapping": False}
    people.merge_persons(Command(system_actor), **merge)
    assert scope_of(hidden) == scope_of(plain) == (["protected"], True)
    with pytest.raises(NotFound):
        person_detail(officer, plain)

    people.unmerge_persons(Command(system_actor), person_id=hidden, reason="Two")
    hear(mark_parted_records, "people.unmerged", hidden)
    assert scope_of(hidden) == (["protected"], True)
    assert scope_of(plain) == ([], False)
    assert person_detail(officer, plain).header.person_id == plain


def test_a_seal_put_on_joined_records_stays_on_both_and_each_can_be_opened(
    system_actor: Actor, two: tuple[int, int]
) -> None:
    one, other = two
    merge = {"person_id": one, "into_person_id": other, "reason": "One", "overlapping": False}
    people.merge_persons(Command(system_actor), **merge)
    seal_person(Command(system_actor), person_id=other, reason="By order")
    people.unmerge_persons(Command(system_actor), person_id=one, reason="Two")
    assert scope_of(one)[1]
    assert scope_of(other)[1]
    unseal_person(Command(system_actor), person_id=one, reason="By order")
    assert not scope_of(one)[1]
    assert scope_of(other)[1]
