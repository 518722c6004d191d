"""A form's repeat can be told from a second wish."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.http import QueryDict

from pims.foundation.access.actor import Actor
from pims.kernel.errors import InvalidInput
from pims.ui.commands import command_from, new_command_id

ACTOR = Actor(user_id=7, name="A", badge="7")


@dataclass
class Request:
    POST: QueryDict
    actor: Actor = ACTOR


def test_the_command_is_the_forms_own_and_the_signed_in_users() -> None:
    given = uuid4()
    command = command_from(Request(QueryDict(f"command_id={given}")))
    assert (command.command_id, command.actor.user_id) == (given, 7)


@pytest.mark.parametrize("sent", ["", "command_id=", "command_id=7", "command_id=%00"])
def test_a_form_without_its_id_saves_nothing(sent: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        command_from(Request(QueryDict(sent)))
    assert [r.code for r in refusal.value.reasons()] == ["ui.command_id_missing"]


def test_no_two_forms_are_given_the_same_id() -> None:
    assert len({UUID(new_command_id()) for _ in range(1000)}) == 1000
