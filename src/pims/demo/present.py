"""What an installation holds before the simulated prison is made in it: nothing, that, or more.

The load gives its times to the database and marks each entry of the ledger so; whatever anybody
else recorded is not marked. So the ledger tells a prison whose making was cut off from one in
which somebody has worked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from pims.kernel.decisions import Reason

BEGUN, DONE = "demo.load_begun", "demo.load_done"
# What comes about by itself, or by looking: no fact about anybody.
_NO_FACT = (
    "read", "command.refused", "access.signed_in", "access.signed_out", "access.confirmed",
    "access.sign_in_failed", "access.locked_out", "vault.master_key_made",
)  # fmt: skip
_LOADED = "position('\"loaded\":true' in body) > 0"
_FOUND = f"""
SELECT (SELECT count(*) FROM people_person),
       (SELECT count(*) FROM custody_episode WHERE ends_at IS NULL),
       (SELECT count(*) FROM facilities_establishment),
       count(*) FILTER (WHERE {_LOADED} AND kind <> '{BEGUN}'),
       count(*) FILTER (WHERE NOT ({_LOADED}) AND kind <> ALL(%s)
                          AND kind NOT LIKE 'assurance.%%' AND kind NOT LIKE 'ledger.%%'),
       max(recorded_at) FILTER (WHERE {_LOADED} AND kind NOT IN ('{BEGUN}', '{DONE}')),
       coalesce(bool_or(kind = '{BEGUN}'), false), coalesce(bool_or(kind = '{DONE}'), false)
FROM ledger_entry
"""


class State(StrEnum):
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    COMPLETE = "complete"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Present:
    """`others` counts the entries that no load made, sign-ins, readings and alarms left out.

    `last_at` is the latest moment that a load has written, None where none has.
    """

    people: int
    held: int
    establishments: int
    loaded: int
    others: int
    last_at: datetime | None
    begun: bool
    done: bool

    @property
    def state(self) -> State:
        if not (self.people or self.establishments):
            return State.EMPTY
        if self.others or not self.loaded:
            return State.MIXED
        return State.CUT_OFF if self.begun and not self.done else State.COMPLETE

    @property
    def only_simulated(self) -> bool:
        return self.state in (State.CUT_OFF, State.COMPLETE)

    def reason(self) -> Reason:
        """What was found, and the way on: for whoever asked for another load."""
        last = f"{self.last_at:%Y-%m-%d}" if self.last_at else "–"
        params = {
            "people": self.people, "held": self.held, "others": self.others, "last": last,
        }  # fmt: skip
        return Reason(f"demo.{self.state}", params)


def look() -> Present:
    """What is here now. One pass over the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [list(_NO_FACT)])
        return Present(*cursor.fetchone())
