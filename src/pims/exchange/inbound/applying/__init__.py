"""Doing what a message says, by the services of the rooms that it concerns and in no other way."""

from collections.abc import Callable, Mapping

from pims.exchange.inbound.applying import arrests, court_order, hearing_list, police
from pims.exchange.inbound.applying.common import Choices, Done
from pims.exchange.inbound.rows import Said
from pims.exchange.models import Inbound
from pims.foundation.commands.transaction import Transaction

__all__ = ["Choices", "Done", "apply"]

_APPLY: Mapping[str, Callable[[Transaction, Inbound, Said, Choices], Done]] = {
    "court_order": court_order.apply,
    "hearing_list": hearing_list.apply,
    "further_warrant": police.apply_further_warrant,
    "police_interest": police.apply_police_interest,
    "arrest": arrests.apply_arrest,
    "arrest_of_released": arrests.apply_arrest_of_released,
}


def apply(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    """Raises whatever the services refuse, and Refused where nobody knows whom it is about."""
    assert heard.kind is not None
    return _APPLY[heard.kind.shape](tx, row, heard, choices)
