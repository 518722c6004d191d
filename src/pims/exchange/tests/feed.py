"""Following events in a test, as the worker does, without its processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pims.exchange import subscribers
from pims.exchange.enforcement import DELIVERY, Reader, open_own, reading
from pims.exchange.feed.reading import Page, page
from pims.exchange.models import Message
from pims.exchange.tests.helpers import SmallAgency
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord

_KEPT = (
    "entry_id", "kind", "schema_version", "person_id", "event_seq", "establishment_id", "payload",
    "recorded_at",
)  # fmt: skip


class Follower:
    """Hands each event once to the exchange, in the order in which they were recorded."""

    def __init__(self) -> None:
        last = OutboxEvent.objects.order_by("-serial").values_list("serial", flat=True)
        self.serial: int = last.first() or 0

    def records(self) -> list[EventRecord]:
        rows = OutboxEvent.objects.filter(serial__gt=self.serial).order_by("serial")
        return [record(row) for row in rows]

    def follow(self) -> list[Message]:
        """Everything recorded since; the messages that were made of it, in order."""
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for event in self.records():
            if subscribers.is_about_somebody(event):
                subscribers.tell(event)
            self.serial = event.position
        return list(Message.objects.filter(pk__gt=last).order_by("pk"))


def record(row: OutboxEvent) -> EventRecord:
    """The event as a subscriber has it; its serial stands for its position."""
    return EventRecord(row.serial, row.pk, *(getattr(row, name) for name in _KEPT))


@contextmanager
def delivering(agency: SmallAgency) -> Iterator[Reader]:
    """Reading under the agency's agreement, as whoever delivers to it does."""
    with reading(open_own(version_id=agency.version_id, kind=DELIVERY)) as reader:
        yield reader


def read(agency: SmallAgency, *, after: int = 0, limit: int = 500) -> Page:
    with delivering(agency) as reader:
        return page(reader, after=after, limit=limit)


def types(found: Page) -> list[str]:
    return [event["type"].removeprefix("pims.") for event in found.events]


def data(found: Page, kind: str) -> dict[str, Any]:
    """The data of the only event of that type."""
    (event,) = [e for e in found.events if e["type"] == f"pims.{kind}"]
    content: dict[str, Any] = event["data"]
    return content
