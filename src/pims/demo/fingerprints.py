"""Ten fingers for everybody of the simulated prison: nobody's, grown from the seed.

A finger is a template alone; its picture is drawn when somebody looks at it. Whoever came again
under another name has the fingers of before, as another touch shows them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pims.biometrics import services as biometrics
from pims.biometrics.drawn import engine_of
from pims.biometrics.engine.synthetic import bulk_templates
from pims.biometrics.packing import pack
from pims.biometrics.taking import sure_minutiae
from pims.demo.plan import Plan, Stay
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.numbers import prisoner_number
from pims.people import selectors as people

AT_ONCE = 100
FIRST, AGAIN = 1, 2


def take_everybodys_fingers(plan: Plan, *, actor: Actor, seed: int, zone: ZoneInfo) -> int:
    """Give the number of fingers."""
    count = 0
    for some in _batches(plan.stays):
        count += biometrics.load_fingers(
            Command(actor), people=list(_loaded(some, plan, seed=seed, zone=zone))
        )
    return count


def planted(plan: Plan) -> list[tuple[int, int]]:
    """The serials of the numbers under which one person is on record twice."""
    first = {id(stay.person): stay.serial for stay in plan.stays}
    return [
        (first[id(stay.person.twin_of)], stay.serial)
        for stay in plan.stays
        if stay.person.twin_of is not None and id(stay.person.twin_of) in first
    ]


def _batches(stays: Sequence[Stay]) -> Iterator[Sequence[Stay]]:
    for start in range(0, len(stays), AT_ONCE):
        yield stays[start : start + AT_ONCE]


def _loaded(
    stays: Sequence[Stay], plan: Plan, *, seed: int, zone: ZoneInfo
) -> Iterator[biometrics.Loaded]:
    ids = people.ids_of_numbers([prisoner_number(stay.serial) for stay in stays])
    index = {id(stay.person): stay.index for stay in plan.stays}
    # Whose fingers these are: the stay's own, or those of the person who came before.
    whose = {
        stay.serial: index.get(id(stay.person.twin_of), stay.index) + (seed << 32) for stay in stays
    }
    for impression in (FIRST, AGAIN):
        of = [s for s in stays if (s.person.twin_of is not None) == (impression == AGAIN)]
        of = [stay for stay in of if prisoner_number(stay.serial) in ids]
        made = bulk_templates([whose[stay.serial] for stay in of], impression=impression)
        for number, stay in enumerate(of):
            ten = [made.template(10 * number + finger) for finger in range(10)]
            yield biometrics.Loaded(
                person_id=ids[prisoner_number(stay.serial)],
                taken_at=_taken(stay, zone),
                engine=engine_of(whose[stay.serial], impression),
                fingers={int(t.position): (pack(t), sure_minutiae(t)) for t in ten},
            )


def _taken(stay: Stay, zone: ZoneInfo) -> datetime:
    """The day after they came, at noon."""
    return datetime.combine(stay.arrives + timedelta(days=1), time(12), zone)
