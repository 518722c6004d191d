"""Reading from the command line: everything may be seen there, and the ledger says that it was."""

from collections.abc import Iterable

from pims.facilities.selectors import EstablishmentInfo, establishments
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import NotFound


def reader() -> Actor:
    """Whoever can run commands on the server reads in the system's name."""
    return system_actor()


def record_reading(
    viewer: Actor, page: str, person_ids: Iterable[int], establishment_id: int | None
) -> None:
    append_read(
        actor_id=viewer.user_id,
        page=page,
        person_ids=sorted(set(person_ids)),
        establishment_id=establishment_id,
        at=clock.now(),
    )


def the_establishment(viewer: Actor, code: str) -> EstablishmentInfo:
    """The establishment with this code, or without one the first. Raises NotFound."""
    found = [e for e in establishments(viewer) if not code or e.code.lower() == code.lower()]
    if not found:
        raise NotFound("establishment", code)
    return found[0]
