"""What one ledger entry is: its text, its commitment, and the statement that inserts it.

Free of Django, so that the page server, the event stream and the sequencer share it.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic_core import to_jsonable_python

READ = "read"
# Another agency was told something: a reading by somebody outside.
DISCLOSED = "exchange.disclosed"
# Of entries of these kinds that are about nobody, the details are kept for a time alone.
FORGETTABLE = frozenset({"exchange.inquired"})
PENDING_CHANNEL = "pims_pending"
SALT_SIZE = 16

_ENTRY_VALUES = (
    "(%s::uuid, nextval('ledger_serial'), %s, %s::bigint, %s::uuid, %s::bigint[],"
    " %s::bigint, %s::timestamptz, %s)"
)
_DETAIL_VALUES = "(%s::uuid, %s::bigint, %s::bytea, %s)"


def insert_entries(count: int) -> str:
    """The statement that inserts so many entries, in the order in which their values are given."""
    return f"""
WITH made AS (
  INSERT INTO ledger_entry (id, serial, kind, actor_id, command_id, person_ids,
                            establishment_id, recorded_at, body)
  VALUES {", ".join([_ENTRY_VALUES] * count)}
  RETURNING serial, id)
INSERT INTO ledger_pending (serial, entry_id) SELECT serial, id FROM made
"""


def insert_details(count: int) -> str:
    """The statement that inserts the details of so many entries."""
    values = ", ".join([_DETAIL_VALUES] * count)
    return f"INSERT INTO ledger_detail (entry_id, person_id, salt, details) VALUES {values}"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry ready to insert: its values, and those of its detail where it has one."""

    id: UUID
    body: str
    values: tuple[Any, ...]
    detail: tuple[Any, ...] | None = None

    @property
    def statements(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        """What to run, in order, in the change's transaction."""
        return statements_of([self])


def statements_of(entries: Sequence[NewEntry]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The statements that insert these entries in their order: one, and one for the details."""
    details = [entry.detail for entry in entries if entry.detail is not None]
    found = [(insert_entries(len(entries)), tuple(v for e in entries for v in e.values))]
    if details:
        found.append((insert_details(len(details)), tuple(v for d in details for v in d)))
    return tuple(found)


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: the one text of a value that is hashed."""
    return json.dumps(
        to_jsonable_python(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def commitment(salt: bytes, details: str) -> str:
    """SHA-256 over salt and text, in hex: tells nothing of the details without the salt."""
    return hashlib.sha256(salt + details.encode()).hexdigest()


def instant(at: datetime) -> str:
    """An instant as an entry's text writes it: ISO 8601, UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def new_entry(
    *,
    kind: str,
    actor_id: int,
    command_id: UUID | None,
    person_ids: Sequence[int],
    establishment_id: int | None,
    body: Mapping[str, object],
    details: Mapping[str, object] | None,
    at: datetime,
    loaded: bool = False,
) -> NewEntry:
    """Build an entry. `details` belong to the first of `person_ids` and are erased with them.

    `loaded` says that `at` was given by a loader and is no reading of the server's clock.
    """
    entry_id = uuid4()
    envelope: dict[str, object] = {
        "v": 1,
        "id": str(entry_id),
        "kind": kind,
        "actor": actor_id,
        "command": None if command_id is None else str(command_id),
        "persons": list(person_ids),
        "establishment": establishment_id,
        "at": instant(at),
        "body": body,
    }
    if loaded:
        envelope["loaded"] = True
    detail: tuple[Any, ...] | None = None
    if details:
        salt, text = secrets.token_bytes(SALT_SIZE), canonical(details)
        envelope["commitment"] = commitment(salt, text)
        about = person_ids[0] if person_ids else None
        detail = (entry_id, about, salt, text)
    text = canonical(envelope)
    columns = (
        entry_id, kind, actor_id, command_id, list(person_ids), establishment_id, at, text,
    )  # fmt: skip
    return NewEntry(entry_id, text, columns, detail)


def new_read(
    *,
    actor_id: int,
    page: str,
    person_ids: Sequence[int],
    establishment_id: int | None,
    at: datetime,
    **more: object,
) -> NewEntry:
    """The reading of a sensitive page, one entry that lists all its subjects."""
    return new_entry(
        kind=READ,
        actor_id=actor_id,
        command_id=None,
        person_ids=person_ids,
        establishment_id=establishment_id,
        body={"page": page, **more},
        details=None,
        at=at,
    )
