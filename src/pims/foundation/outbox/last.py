"""What happened last to people: by the events, one look into the index a person."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection


def last_told(person_ids: Collection[int], *, but: Collection[str]) -> dict[int, datetime]:
    """Person -> the last event about them, those of the rooms and kinds of `but` left out.

    `but` are beginnings of kinds (``assurance.``). One query; whom no event is about is absent.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, e.recorded_at FROM unnest(%s::bigint[]) AS p(id)"
            " CROSS JOIN LATERAL ("
            "  SELECT recorded_at FROM outbox_event WHERE person_id = p.id"
            "  AND NOT kind LIKE ANY(%s) ORDER BY event_seq DESC LIMIT 1) AS e",
            [sorted(set(person_ids)), [f"{one}%" for one in but]],
        )
        return dict(cursor.fetchall())


def is_followed(
    person_id: int, event_seq: int, *, rooms: Collection[str] = (), kinds: Collection[str] = ()
) -> bool:
    """Whether another event of these rooms, or of these kinds, about the person came after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM outbox_event WHERE person_id = %s AND event_seq > %s"
            " AND (split_part(kind, '.', 1) = ANY(%s) OR kind = ANY(%s)))",
            [person_id, event_seq, list(rooms), list(kinds)],
        )
        found: tuple[bool] | None = cursor.fetchone()
    return found is not None and found[0]
