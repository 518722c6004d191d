"""Which records are of one human being. The records themselves belong to the room of people."""

from django.db import connection


def same_human(person_id: int) -> list[int]:
    """The person and every record merged with theirs, over any number of merges; empty where
    there is no such person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE same AS ("
            " SELECT id, canonical_id FROM people_person WHERE id = %s"
            " UNION SELECT p.id, p.canonical_id FROM people_person p JOIN same s"
            " ON p.canonical_id = s.id OR p.id = s.canonical_id)"
            " SELECT id FROM same ORDER BY id",
            [person_id],
        )
        return [int(row[0]) for row in cursor.fetchall()]
