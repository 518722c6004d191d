"""Who is inside, as the simulation knows it, and the clock of its services."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import connection

from pims.courts.services import OrderReading
from pims.demo.keying import InCourt
from pims.demo.plan import Stay
from pims.kernel import clock

T = TypeVar("T")
GROUP = 10
_CONVICTED = ("committal_sentence", "life_sentence", "fine_default", "compensation_default")
REVIEWED = ("unfit_to_plead", "courts_pleasure")


@dataclass(slots=True)
class Inmate:
    """A stay under way: what the record has given it so far.

    `unread` are the orders that no other officer has read again yet.
    """

    stay: Stay
    person_id: int
    episode_id: int
    warrant_name_id: int | None = None
    place_id: int | None = None
    status: str = ""
    in_court: InCourt | None = None
    unread: dict[int, OrderReading] = field(default_factory=dict)


@contextmanager
def moment(instant: datetime) -> Iterator[None]:
    """Set the clock of the services and of the loader's database session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pims.recorded_at', %s, false)", [instant.isoformat()])
    with clock.at(instant):
        yield


def groups(found: Sequence[T]) -> Iterator[list[T]]:
    for at in range(0, len(found), GROUP):
        yield list(found[at : at + GROUP])


def status_of(kind: str) -> str:
    if kind in _CONVICTED:
        return "convicted"
    if kind in REVIEWED:
        return "unfit"
    return "unsentenced" if kind == "remand" else kind
