"""The courts and other bodies, and the telephone number at which each verifies an order."""

from pims.authority import events
from pims.authority.models import Body
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions import warrant_kinds
from pims.jurisdictions.here import HERE
from pims.kernel.errors import NotFound
from pims.kernel.text import clean_field


@service
def load_bodies(tx: Transaction, *, jurisdiction: str = HERE) -> int:
    """Add the jurisdiction's bodies that are not there yet; give how many were added."""
    tx.require("facilities.manage")
    known = set(Body.objects.values_list("code", flat=True))
    new = [
        Body(code=row.code, name=row.name, kind=row.kind, district=row.district)
        for row in warrant_kinds.bodies(jurisdiction)
        if row.code not in known
    ]
    if new:
        Body.objects.bulk_create(new)
        tx.record(events.BodiesLoaded(jurisdiction=jurisdiction, count=len(new)))
    return len(new)


@service
def set_registry_phone(tx: Transaction, *, body_id: int, telephone: str) -> None:
    """Store the number that verification calls go to: whoever changes it is on the record.

    The same number again changes nothing. Raises InvalidInput, NotFound.
    """
    tx.require("authority.manage_bodies")
    number = clean_field("telephone", telephone, limit=40)
    body = Body.objects.select_for_update().filter(pk=body_id).first()
    if body is None:
        raise NotFound("body", body_id)
    before = body.registry_phone
    if number != before:
        body.registry_phone = number
        body.save(update_fields=["registry_phone"])
        tx.record(
            events.RegistryPhoneSet(body_id=body_id), details={"before": before, "after": number}
        )
