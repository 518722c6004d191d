"""A warrant that had ended detains again, because what ended it never was."""

from datetime import datetime

from pims.authority import events
from pims.authority.models import WarrantName
from pims.foundation.commands.transaction import Transaction, service
from pims.people import selectors as people


@service
def reopen_warrants_by_fact(
    tx: Transaction, *, person_id: int, end_kind: str, since: datetime, basis: str
) -> tuple[int, ...]:
    """What ended these warrants never was: those that ended so since then detain again.

    Gives the ids of the names that were opened again.
    """
    tx.lock_persons([person_id])
    own = people.persons_of(person_id)
    names = WarrantName.objects.select_related("warrant").filter(
        person_id__in=own, end_kind=end_kind, ends_at__gte=since
    )
    opened = []
    for name in names.order_by("pk"):
        before = {"ends_at": name.ends_at, "end_kind": name.end_kind, "end_basis": name.end_basis}
        name.ends_at, name.end_kind, name.end_basis = None, WarrantName.EndKind.OPEN, ""
        name.version += 1
        name.save(update_fields=["ends_at", "end_kind", "end_basis", "version"])
        tx.record(
            events.WarrantAmended(
                person_id=name.person_id,
                establishment_id=name.warrant.establishment_id,
                warrant_id=name.warrant_id,
                warrant_name_id=name.pk,
                fields=tuple(before),
            ),
            details={"reason": basis, "before": before, "after": {"ends_at": None}},
        )
        opened.append(name.pk)
    return tuple(opened)
