"""What time alone changes, and what a lost event would have left behind."""

from collections.abc import Callable

from pims.exchange.models import ShelfDue, ShelfRow, ShelfState
from pims.exchange.shelving import shelve
from pims.foundation.access.models import PersonScope
from pims.kernel import clock

AT_ONCE = 200


def sweep_due() -> int:
    """Shelve those anew whose authority to be held has run out since; how many there were."""
    now = clock.now()
    due = list(ShelfDue.objects.filter(due_at__lte=now).values_list("person_id", flat=True))
    for start in range(0, len(due), AT_ONCE):
        shelve(due[start : start + AT_ONCE])
    ShelfState.objects.filter(pk=1).update(shelved_at=now)
    return len(due)


def shelve_everybody(said: Callable[[int], None] = lambda done: None) -> int:
    """Make the whole shelf agree with the record: on the first start, and whenever in doubt."""
    ids = sorted(
        {
            *PersonScope.objects.values_list("person_id", flat=True),
            *ShelfRow.objects.values_list("person_id", flat=True).distinct(),
        }
    )
    for start in range(0, len(ids), AT_ONCE):
        shelve(ids[start : start + AT_ONCE])
        said(min(start + AT_ONCE, len(ids)))
    ShelfState.objects.filter(pk=1).update(shelved_at=clock.now())
    return len(ids)
