"""Putting an event in the outbox, inside the transaction of the change that it tells of."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from pims.foundation.ledger.append import wake_sequencer
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event


def append_event(event: Event, *, entry_id: UUID, event_seq: int | None, at: datetime) -> UUID:
    """Insert one unordered event; the sequencer gives it its feed position after the commit."""
    event_id, values = new_event(event, entry_id=entry_id, event_seq=event_seq, at=at)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_EVENT, values)
    wake_sequencer()
    return event_id
