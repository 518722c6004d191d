"""What follows for the marks of victims and informants from what happens to records."""

from uuid import NAMESPACE_OID, uuid5

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.safety import services


@subscriber("safety.marks", kinds=["people.unmerged"])
def mark_parted_records(event: EventRecord) -> None:
    """Joining two records marked both: parted, each is marked by its own flags alone."""
    other = event.payload.get("from_person_id")
    both = [i for i in (event.person_id, other) if isinstance(i, int)]
    command = Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/marks"))
    services.mark_anew(command, person_ids=both)
