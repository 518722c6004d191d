"""Which records are of one human being. The records themselves belong to the room of people."""

from collections.abc import Iterable

from django.db import connection

from pims.foundation.commands.transaction import Transaction


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


def lock_same_human(tx: Transaction, person_ids: Iterable[int]) -> set[int]:
    """Lock the persons with every record merged with theirs, and give them all.

    Call it before reading what a change decides on, where the change may reach the other records.
    """
    asked, held = set(person_ids), set[int]()
    while True:
        found = asked | {record for person_id in asked for record in same_human(person_id)}
        if found <= held:
            return found
        # Read again once they are held: another may have been joined meanwhile.
        tx.lock_persons(found)
        held |= found
