"""Reading the feed: every committed event, once, in an order that never changes."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from pims.foundation.outbox.records import READ_FEED, EventRecord, record_of


def read_feed(
    after: int, limit: int, *, kinds: Sequence[str] | None = None, upto: int | None = None
) -> list[EventRecord]:
    """At most `limit` events after position `after` and up to `upto`, in order.

    `kinds` are whole kinds (``custody.placed``) or rooms (``custody.*``); None means all.
    """
    exact, rooms = split_kinds(kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            READ_FEED,
            {"after": after, "upto": upto, "limit": limit, "exact": exact, "rooms": rooms},
        )
        return [_record(row) for row in cursor.fetchall()]


def read_one(position: int) -> EventRecord:
    """The event at a position that is known to be there."""
    (event,) = read_feed(position - 1, 1, upto=position)
    return event


def feed_position() -> int:
    """The newest position, 0 while the feed is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM outbox_feed")
        return int(cursor.fetchone()[0])


def split_kinds(kinds: Sequence[str] | None) -> tuple[list[str] | None, list[str]]:
    """Whole kinds, and the names of the rooms of which every kind is meant."""
    if kinds is None:
        return None, []
    rooms = [kind.removesuffix(".*") for kind in kinds if kind.endswith(".*")]
    return [kind for kind in kinds if not kind.endswith(".*")], rooms


def _record(row: Sequence[Any]) -> EventRecord:
    *columns, payload, recorded_at = row
    # Django's connection hands JSON over as text.
    return record_of((*columns, json.loads(payload), recorded_at))
