"""The courts and other bodies, and the telephone number at which each verifies an order."""

from pims.authority.models import Body
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions import warrant_kinds
from pims.kernel.errors import NotFound


@service
def load_bodies(tx: Transaction, *, jurisdiction: str = "belize") -> int:
    """Add the jurisdiction's bodies that are not there yet; give how many were added."""
    tx.require("facilities.manage")
    known = set(Body.objects.values_list("code", flat=True))
    new = [
        Body(code=row.code, name=row.name, kind=row.kind, district=row.district)
        for row in warrant_kinds.bodies(jurisdiction)
        if row.code not in known
    ]
    Body.objects.bulk_create(new)
    return len(new)


@service
def set_registry_phone(tx: Transaction, *, body_id: int, telephone: str) -> None:
    """Store the number that verification calls go to. Raises NotFound."""
    tx.require("authority.manage_bodies")
    if not Body.objects.filter(pk=body_id).update(registry_phone=telephone.strip()[:40]):
        raise NotFound("body", body_id)
