"""Putting events in the outbox, inside the transaction of the change that they tell of."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from pims.foundation.ledger.append import wake_sequencer
from pims.foundation.outbox.records import insert_events


def append_events(events: Sequence[tuple[Any, ...]]) -> None:
    """Insert unordered events, each the values of `records.new_event`; the sequencer gives them
    their feed positions after the commit."""
    with connection.cursor() as cursor:
        cursor.execute(insert_events(len(events)), [value for values in events for value in values])
    wake_sequencer()
