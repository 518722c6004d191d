"""From a form that was sent to the command that a service carries out."""

from typing import Protocol
from uuid import UUID, uuid4, uuid5

from django.http import QueryDict

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

FIELD = "command_id"


class ActingRequest(Protocol):
    """A request whose signed-in user has been looked up by the middleware."""

    @property
    def actor(self) -> Actor: ...

    @property
    def POST(self) -> QueryDict: ...  # noqa: N802


def new_command_id() -> str:
    """A fresh id, made when a form is rendered; a repeat of that form carries the same one."""
    return str(uuid4())


def command_from(request: ActingRequest) -> Command:
    """The command of a form made with ``<c-form>`` or ``{% command_form %}``.

    Raises InvalidInput (``ui.command_id_missing``) where the id is absent or is no UUID: without
    it a second submit could not be told from a second wish.
    """
    try:
        command_id = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        raise InvalidInput({FIELD: Reason("ui.command_id_missing")}) from None
    return Command(actor=request.actor, command_id=command_id)


def then(command: Command, step: str) -> Command:
    """A further command of the same form: its id follows from the first's and the step's name,
    so that a repeat of the form repeats both."""
    return Command(command.actor, uuid5(command.command_id, step))
