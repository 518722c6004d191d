"""What becomes of a seal when records that were joined turn out to be of two people."""

from collections.abc import Iterable
from datetime import datetime

from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction
from pims.foundation.vault.events import PersonSealed
from pims.foundation.vault.models import Sealing
from pims.foundation.vault.persons import same_human


def part_seals(
    tx: Transaction, person_id: int, other_id: int, *, joined_at: datetime
) -> tuple[int, ...]:
    """Leave each of two records, and whoever is joined with it, as sealed as its own orders say.

    Call it once they are parted. A record that was hidden only because it was joined with a
    sealed one is open again. An order given while they were one may mean either: both stay
    sealed, the other under a copy of the order, so that each can be opened by itself. Gives the
    persons whose records were opened.
    """
    sides = {person_id: same_human(person_id), other_id: same_human(other_id)}
    standing = {root: _standing(persons) for root, persons in sides.items()}
    opened: list[int] = []
    for root, far in ((person_id, other_id), (other_id, person_id)):
        order = standing[far]
        if standing[root] is not None or order is None:
            continue
        if order.sealed_at < joined_at:
            PersonScope.objects.filter(person_id__in=sides[root]).update(sealed=False)
            opened += sides[root]
        else:
            _copy(tx, order, root)
    return tuple(sorted(opened))


def _standing(person_ids: Iterable[int]) -> Sealing | None:
    rows = Sealing.objects.filter(person_id__in=list(person_ids), unsealed_at=None)
    return rows.order_by("pk").first()


def _copy(tx: Transaction, order: Sealing, person_id: int) -> None:
    row = Sealing.objects.create(
        person_id=person_id,
        reason=order.reason,
        order_body=order.order_body,
        order_reference=order.order_reference,
        order_dated=order.order_dated,
        sealed_at=tx.now,
        sealed_by_id=tx.actor.user_id,
    )
    tx.record(PersonSealed(person_id=person_id, sealing_id=row.pk))
