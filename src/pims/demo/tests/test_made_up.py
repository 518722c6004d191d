"""Test prisoners of the simulated prison, and none in a real one."""

from datetime import date

import pytest

from pims.custody.tests.prison import Prison
from pims.demo import made_up
from pims.demo.present import DONE
from pims.demo.services import enter
from pims.exchange.models import ShelfRow
from pims.exchange.shelving import shelve
from pims.foundation.access.actor import Actor
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.people import selectors as people


def _add() -> str:
    return made_up.add_made_up(
        given="Ana", family="Tester", sex="female", birth_date=date(1991, 5, 17)
    )


def test_one_more_is_made_where_the_prison_is_simulated_and_nowhere_else(
    system_actor: Actor,
) -> None:
    Prison.build(system_actor)
    with pytest.raises(Refused, match="no_simulated_prison"):
        _add()
    enter(DONE, {"held": 0})
    number = _add()
    (one,) = made_up.made_up_prisoners()
    assert (one.number, one.name, one.held) == (number, "TESTER, Ana", False)
    shelve([people.resolve_number(system_actor, number)])
    assert {tuple(row.labels) for row in ShelfRow.objects.all()} == {("test",)}


def test_of_the_held_a_tenth_at_most_are_marked_before_anybody_is_told(
    system_actor: Actor,
) -> None:
    prison = Prison.build(system_actor)
    held = {prison.held(f"Man Number {n}").person_id for n in range(10)}
    marked = made_up.mark_some_made_up(clock.now())
    assert len(marked) == 1
    assert set(marked) < held
    assert [one.held for one in made_up.made_up_prisoners()] == [True]
