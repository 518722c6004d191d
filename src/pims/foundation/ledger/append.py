"""Adding an entry to the ledger, inside the transaction of the change that it records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from pims.foundation.ledger import entries, reads
from pims.foundation.ledger.entries import canonical, commitment

__all__ = [
    "append_entry",
    "append_read",
    "canonical",
    "commitment",
    "insert_entries",
    "is_loading",
    "wake_sequencer",
]


def append_entry(
    *,
    kind: str,
    actor_id: int,
    command_id: UUID | None,
    person_ids: Sequence[int],
    establishment_id: int | None,
    body: Mapping[str, object],
    details: Mapping[str, object] | None,
    at: datetime,
) -> UUID:
    """Insert one unordered entry; the sequencer gives it its position after the commit."""
    return _insert(
        entries.new_entry(
            kind=kind,
            actor_id=actor_id,
            command_id=command_id,
            person_ids=person_ids,
            establishment_id=establishment_id,
            body=body,
            details=details,
            at=at,
            loaded=is_loading(),
        )
    )


def append_read(
    *,
    actor_id: int,
    page: str,
    person_ids: Sequence[int],
    establishment_id: int | None,
    at: datetime,
) -> UUID:
    """One entry for the reading of a sensitive page, listing all its subjects."""
    reads.wrote(person_ids)
    return _insert(
        entries.new_read(
            actor_id=actor_id,
            page=page,
            person_ids=person_ids,
            establishment_id=establishment_id,
            at=at,
        )
    )


def wake_sequencer() -> None:
    """Tell the sequencer after the commit that something waits.

    Not inside the transaction: a NOTIFY there takes a lock of the whole server until the commit
    is on the disk, so that one write would wait for another. A wake-up lost with its process is
    made good by the sequencer's own look every quarter of a second, and a load of many needs
    none at all.
    """
    if is_loading():
        return
    if all(hook is not _notify for _, hook, *_ in connection.run_on_commit):
        transaction.on_commit(_notify, robust=True)


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [entries.PENDING_CHANNEL])


def insert_entries(new: Sequence[entries.NewEntry]) -> None:
    """Insert unordered entries; the sequencer gives them their positions after the commit."""
    with connection.cursor() as cursor:
        for statement, values in entries.statements_of(new):
            cursor.execute(statement, values)
    wake_sequencer()


def is_loading() -> bool:
    """Whether this connection is the loader's, whose times are given and not read."""
    return connection.settings_dict.get("PIMS_ROLE") == "loader"


def _insert(entry: entries.NewEntry) -> UUID:
    insert_entries([entry])
    return entry.id
