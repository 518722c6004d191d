"""What the release room does with events: an order that frees opens its case by itself."""

from uuid import NAMESPACE_OID, uuid5

from pims.authority import selectors as authority
from pims.custody.selectors.standing import standing
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.release import selectors, services


@subscriber(
    "release.orders",
    kinds=["authority.release_order_recorded", "authority.release_order_withdrawn"],
)
def follow_orders(event: EventRecord) -> None:
    """Start the clock of an order for someone in custody; close its case where it is withdrawn."""
    order_id = event.payload["release_order_id"]
    assert isinstance(order_id, int)
    assert event.person_id is not None
    command = Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/release"))
    if event.kind == "authority.release_order_withdrawn":
        case_id = selectors.open_case_of_order(order_id)
        if case_id is not None:
            services.close_case(command, case_id=case_id, reason="release order withdrawn")
        return
    orders = authority.release_orders([event.person_id]).get(event.person_id, [])
    if not any(o.release_order_id == order_id and o.is_open for o in orders):
        return
    for row in standing(person_ids=[event.person_id]):
        services.start_discharge(
            command, episode_id=row.episode_id, basis="order", release_order_id=order_id
        )
