"""Some of the simulated prison's people as test prisoners, for whoever writes an agency's program.

Nobody in it exists; but the demonstration's own agencies stand for real ones, so that a program
which is only tried out must find others than they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import transaction

from pims.custody import selectors as custody
from pims.demo.inmates import moment
from pims.demo.present import look
from pims.exchange.selectors import made_up_persons
from pims.exchange.services import mark_made_up
from pims.facilities.selectors import establishments
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel.decisions import Reason, refuse
from pims.people import selectors as people
from pims.people.services import NameInput, create_person

T = TypeVar("T")
HELD, LEFT = 12, 4
LATELY = timedelta(days=90)


def mark_some_made_up(now: datetime) -> list[int]:
    """Of each establishment a dozen of those held and a few who left lately, before anybody is told
    of anyone; their ids."""
    viewer = system_actor()
    chosen: list[int] = []
    for where in establishments(viewer):
        here = where.establishment_id
        held = sorted(row.person_id for row in custody.roll(viewer, here))
        ends = custody.ends_between(viewer, here, since=now - LATELY, until=now)
        left = sorted({line.person_id for line in ends} - set(held))
        chosen += [*_spread(held, HELD), *_spread(left, LEFT)]
    wanted = sorted(set(people.ids_canonical(chosen).values()))
    with moment(now):
        mark_made_up(Command(viewer), person_ids=wanted)
    return wanted


def _spread(among: Sequence[T], count: int) -> list[T]:
    """So many of them, evenly apart; of a small number a tenth, so that most stay real."""
    count = min(count, len(among) // 10)
    return [among[n * len(among) // count] for n in range(count)]


@dataclass(frozen=True, slots=True)
class MadeUpPrisoner:
    number: str
    name: str
    held: bool


def made_up_prisoners() -> list[MadeUpPrisoner]:
    """Everybody whom a program that is only tried out can find, by number."""
    viewer, ids = system_actor(), made_up_persons()
    headers = people.person_headers(viewer, ids)
    where = custody.whereabouts(viewer, ids)
    found = [
        MadeUpPrisoner(one.number, one.display_name, person_id in where and where[person_id].held)
        for person_id, one in headers.items()
    ]
    return sorted(found, key=lambda one: one.number)


def add_made_up(*, given: str, family: str, sex: str, birth_date: date) -> str:
    """One more, to be received at reception as anybody is; the number.

    Raises Refused where this is no simulated prison: in a real one nobody is made up.
    InvalidInput as `create_person` does.
    """
    if not look().done:
        refuse(Reason("demo.no_simulated_prison")).require()
    viewer = system_actor()
    here = min(one.establishment_id for one in establishments(viewer))
    with transaction.atomic():
        made = create_person(
            Command(viewer), names=[NameInput(given=given, family=family)], sex=sex,
            birth_date=birth_date, establishment_id=here,
        )  # fmt: skip
        # In the same transaction: nobody may be told of the person in between.
        mark_made_up(Command(viewer), person_ids=[made.person_id])
    return made.number
