"""What one event is: as it is put in the outbox, and as a subscriber receives it. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pims.foundation.ledger.entries import canonical
from pims.kernel.events import Event

FEED_CHANNEL = "pims_feed"

_EVENT_VALUES = (
    "(%s::uuid, nextval('outbox_serial'), %s::uuid, %s, %s::smallint, %s::bigint,"
    " %s::bigint, %s::bigint, %s::jsonb, %s::timestamptz)"
)


def insert_events(count: int) -> str:
    """The statement that inserts so many events, in the order in which their values are given."""
    return f"""
WITH made AS (
  INSERT INTO outbox_event (id, serial, entry_id, kind, schema_version, person_id, event_seq,
                            establishment_id, payload, recorded_at)
  VALUES {", ".join([_EVENT_VALUES] * count)}
  RETURNING serial, id)
INSERT INTO outbox_pending (serial, event_id) SELECT serial, id FROM made
"""


INSERT_EVENT = insert_events(1)

# Positions have no gaps, so that `after` and `limit` walk the primary key.
READ_FEED = """
SELECT f.position, e.id, e.entry_id, e.kind, e.schema_version, e.person_id, e.event_seq,
       e.establishment_id, e.payload, e.recorded_at
FROM outbox_feed f JOIN outbox_event e ON e.id = f.event_id
WHERE f.position > %(after)s AND (%(upto)s::bigint IS NULL OR f.position <= %(upto)s::bigint)
  AND (%(exact)s::text[] IS NULL OR e.kind = ANY(%(exact)s::text[])
       OR split_part(e.kind, '.', 1) = ANY(%(rooms)s::text[]))
ORDER BY f.position LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event of the feed. `position` counts from 1 and never changes."""

    position: int
    event_id: UUID
    entry_id: UUID
    kind: str
    schema_version: int
    person_id: int | None
    event_seq: int | None
    establishment_id: int | None
    payload: Mapping[str, object]
    recorded_at: datetime

    @property
    def lane(self) -> str:
        """Within a lane events are handled one after the other, in the feed's order."""
        return f"kind:{self.kind}" if self.person_id is None else f"person:{self.person_id}"


def record_of(row: Sequence[Any]) -> EventRecord:
    """The event of a row of `READ_FEED`."""
    return EventRecord(*row)


def new_event(
    event: Event, *, entry_id: UUID, event_seq: int | None, at: datetime
) -> tuple[UUID, tuple[Any, ...]]:
    """The event's id and the values of `INSERT_EVENT`."""
    event_id = uuid4()
    return event_id, (
        event_id, entry_id, event.kind, event.schema_version, event.person_id, event_seq,
        event.establishment_id, canonical(event.payload()), at,
    )  # fmt: skip
