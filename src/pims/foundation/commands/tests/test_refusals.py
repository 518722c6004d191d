"""A refusal is kept on the record of whom it concerned, by whatever number it was asked."""

from collections.abc import Callable

import pytest

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, was_carried_out
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel.errors import InvalidInput, NotPermitted
from pims.people import services as people
from pims.safety import services as safety


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def refused() -> LedgerEntry:
    return LedgerEntry.objects.filter(kind="command.refused").latest("recorded_at")


def test_what_was_asked_of_a_flag_or_a_stay_and_refused_is_on_the_record_of_its_person(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held()
    flag = safety.raise_flag(prison.command, person_id=held.person_id, kind="violence")
    visitor = make_actor("custody.view", establishment_id=prison.establishment_id)
    with pytest.raises(NotPermitted):
        safety.lower_flag(Command(visitor), flag_id=flag.flag_id, reason="No")
    assert refused().person_ids == [held.person_id]
    with pytest.raises(NotPermitted):
        custody.leave_place(Command(visitor), episode_id=held.episode_id)
    assert refused().person_ids == [held.person_id]


def test_a_refusal_says_at_which_establishment(prison: Prison) -> None:
    with pytest.raises(InvalidInput):
        custody.turn_away(
            prison.command,
            establishment_id=prison.establishment_id,
            name_as_given="",
            reason="x" * 900,
        )
    assert refused().establishment_id == prison.establishment_id


def test_a_form_of_one_officer_is_not_taken_for_that_of_another(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    command = Command(prison.actor)
    people.create_person(command, names=[people.NameInput("Ana", "Choc")], establishment_id=None)
    assert was_carried_out(command)
    assert not was_carried_out(Command(make_actor("people.edit"), command.command_id))
