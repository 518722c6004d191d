"""What every write of this room needs."""

from pims.foundation.commands.transaction import Transaction
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.sentences import events
from pims.sentences.models import HandCalculation

MOST = 2**31 - 1
LINE, REASON, PROSE = 200, 300, 4_000


def locked_person(tx: Transaction, permission: str, person_id: int) -> int:
    """The canonical person, all their records locked. Raises NotFound, NotPermitted."""
    root = people.ids_canonical([person_id]).get(person_id)
    if root is None:
        raise NotFound("person", person_id)
    tx.require_person(permission, root)
    tx.lock_persons(people.persons_of(root))
    return root


def end_hand(tx: Transaction, row: HandCalculation, *, kind: str, reason: str = "") -> None:
    row.ended_at, row.end_kind, row.ended_reason = tx.now, kind, reason
    row.ended_by_id = tx.actor.user_id
    row.save(update_fields=["ended_at", "end_kind", "ended_reason", "ended_by_id"])
    tx.record(
        events.HandCalculationEnded(
            person_id=row.person_id,
            hand_calculation_id=row.pk,
            end_kind=kind,
        ),
        details={"reason": reason},
    )
