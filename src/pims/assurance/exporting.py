"""The export from which anybody proves custody without the system: who may have it, all of it
as at one instant, and an entry in the ledger that says so."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from pims.assurance.histories import everyone, histories
from pims.assurance.law import law_here
from pims.assurance.proof.history import History
from pims.assurance.proof.reading import as_known, written
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.ledger.append import append_read
from pims.kernel import clock

EXPORT = "assurance.export"
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class CustodyExport:
    """`pieces` is the file's text; it is made as it is read, within `custody_export`."""

    as_of: datetime
    persons: int
    pieces: Iterator[str]


@contextmanager
def custody_export(
    viewer: Actor, *, progress: Callable[[int, int], None] | None = None
) -> Iterator[CustodyExport]:
    """Everybody who was ever in custody and whom the viewer may see, by prisoner number.

    The entry in the ledger comes first: who has had the file is known even where it is not made to
    its end. Raises NotPermitted.
    """
    require_held(viewer, EXPORT)
    asked = everyone()
    seen = set(asked) if viewer.system else visible_ids(viewer, EXPORT, asked)
    persons = [one for one in asked if one in seen]
    append_read(
        actor_id=viewer.user_id,
        page="export.custody",
        person_ids=persons,
        establishment_id=None,
        at=clock.now(),
    )
    with _one_instant():
        as_of = clock.now()
        found = _histories(persons, as_of, progress)
        law = law_here()
        pieces = written(found, law=law.code, as_of=as_of, counting=law.counting)
        yield CustodyExport(as_of, len(persons), pieces)


def _histories(
    persons: Sequence[int], as_of: datetime, progress: Callable[[int, int], None] | None
) -> Iterator[History]:
    for start in range(0, len(persons), AT_ONCE):
        some = histories(persons[start : start + AT_ONCE], by_number=True)
        for _, known in sorted(some.items()):
            history = as_known(known.history, as_of)
            if history.custody:
                yield history
        if progress is not None:
            progress(min(start + AT_ONCE, len(persons)), len(persons))


@contextmanager
def _one_instant() -> Iterator[None]:
    """All reads see the same; within another transaction, as that one does."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
