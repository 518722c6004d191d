"""A right that is held at one prison decides nothing at another."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from pims.facilities.models import Establishment
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.access.scope import SEE_SEALED, require_visible, visible_persons
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.vault.sealing import seal_person
from pims.kernel.errors import NotFound, NotPermitted
from pims.people import services as people
from pims.people.selectors import person_detail
from pims.safety import selectors as safety
from pims.safety import services as risks

MakeOfficer = Callable[[str, int], Actor]


@dataclass(frozen=True, slots=True)
class Prisons:
    main: int
    lockup: int


@service
def look(tx: Transaction, *, person_id: int) -> int:
    tx.require_person("people.view", person_id)
    return person_id


@pytest.fixture
def prisons(db: None) -> Prisons:
    return Prisons(
        *(Establishment.objects.create(code=code, name=code).pk for code in ("MAIN", "LOCKUP"))
    )


@pytest.fixture
def person_id(system_actor: Actor, prisons: Prisons) -> int:
    """Somebody of the main prison."""
    made = people.create_person(
        Command(system_actor),
        names=[people.NameInput("Ana", "Choc")],
        establishment_id=prisons.main,
    )
    return made.person_id


@pytest.fixture
def officer(make_actor: Callable[..., Actor], prisons: Prisons) -> MakeOfficer:
    """Who sees everything ordinary at the main prison, and holds one right more somewhere."""

    def make(right: str, where: int) -> Actor:
        here = make_actor("people.view", "safety.view", establishment_id=prisons.main)
        more = Reach("tester", frozenset({right}), where, None, frozenset(LABELS))
        return replace(here, reaches=(*here.reaches, more))

    return make


def test_sight_of_sealed_files_at_the_lock_up_opens_none_of_the_main_prison(
    system_actor: Actor, prisons: Prisons, person_id: int, officer: MakeOfficer
) -> None:
    seal_person(Command(system_actor), person_id=person_id, reason="By order")
    far, near = officer(SEE_SEALED, prisons.lockup), officer(SEE_SEALED, prisons.main)
    with pytest.raises(NotFound):
        require_visible(far, "people.view", person_id)
    with pytest.raises(NotFound):
        look(Command(far), person_id=person_id)
    assert not visible_persons(far, "people.view").exists()
    require_visible(near, "people.view", person_id)
    assert look(Command(near), person_id=person_id) == person_id
    assert visible_persons(near, "people.view").exists()


def test_sight_of_informants_elsewhere_shows_neither_them_nor_whom_they_fear(
    system_actor: Actor, prisons: Prisons, person_id: int, officer: MakeOfficer
) -> None:
    other = people.create_person(
        Command(system_actor), names=[people.NameInput("Leo", "Tun")], establishment_id=prisons.main
    ).person_id
    flag = risks.raise_flag(Command(system_actor), person_id=person_id, kind="informant")
    pair = risks.keep_apart(
        Command(system_actor),
        person_id=person_id,
        other_person_id=other,
        reason="Gave evidence",
        protected=True,
    )
    far, near = (
        officer("safety.view_protected", where) for where in (prisons.lockup, prisons.main)
    )
    assert safety.flags(far, [person_id]) == {}
    assert safety.keep_aparts_of(far, person_id) == []
    for find, number in (
        (safety.person_of_flag, flag.flag_id),
        (safety.person_of_keep_apart, pair.keep_apart_id),
    ):
        with pytest.raises(NotFound):
            find(far, number)
        assert find(near, number) == person_id
    assert [f.kind for f in safety.flags(near, [person_id])[person_id]] == ["informant"]
    assert [k.other_person_id for k in safety.keep_aparts_of(near, person_id)] == [other]


def test_children_are_shown_only_to_who_may_see_what_is_said_in_confidence_here(
    system_actor: Actor, prisons: Prisons, person_id: int, officer: MakeOfficer
) -> None:
    people.add_child(Command(system_actor), person_id=person_id, name="Luz")
    far, near = (
        officer("people.view_confidential", where) for where in (prisons.lockup, prisons.main)
    )
    assert person_detail(far, person_id).children is None
    seen = person_detail(near, person_id).children
    assert seen is not None
    assert [child.name for child in seen] == ["Luz"]


def test_a_right_held_nowhere_is_told_as_such(
    person_id: int, make_actor: Callable[..., Actor]
) -> None:
    with pytest.raises(NotPermitted):
        require_visible(make_actor("safety.view"), "people.view", person_id)
