"""What becomes of a release order becomes of the court's order that it is."""

from uuid import NAMESPACE_OID, uuid5

from pims.courts import services
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber


@subscriber(
    "courts.release_orders",
    kinds=[
        "authority.release_order_verified",
        "authority.release_order_acted_on",
        "authority.release_order_withdrawn",
        "authority.release_order_struck_out",
        "authority.release_order_stands_again",
    ],
)
def follow_release_orders(event: EventRecord) -> None:
    order_id = event.payload["release_order_id"]
    assert isinstance(order_id, int)
    services.follow_release_order(
        # The same event gives the same command, so that a second delivery changes nothing.
        Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/courts")),
        release_order_id=order_id,
    )
