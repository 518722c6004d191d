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
PENDING_CHANNEL = "pims_pending"
SALT_SIZE = 16

INSERT_ENTRY = """
WITH made AS (
  INSERT INTO ledger_entry (id, serial, kind, actor_id, command_id, person_ids,
                            establishment_id, recorded_at, body)
  VALUES (%s::uuid, nextval('ledger_serial'), %s, %s::bigint, %s::uuid, %s::bigint[],
          %s::bigint, %s::timestamptz, %s)
  RETURNING serial, id)
INSERT INTO ledger_pending (serial, entry_id) SELECT serial, id FROM made
"""
INSERT_DETAIL = """
INSERT INTO ledger_detail (entry_id, person_id, salt, details)
VALUES (%s::uuid, %s::bigint, %s::bytea, %s)
"""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry ready to insert; run every statement, in order, in the change's transaction."""

    id: UUID
    body: str
    statements: tuple[tuple[str, tuple[Any, ...]], ...]


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
    detail: list[tuple[str, tuple[Any, ...]]] = []
    if details:
        salt, text = secrets.token_bytes(SALT_SIZE), canonical(details)
        envelope["commitment"] = commitment(salt, text)
        about = person_ids[0] if person_ids else None
        detail.append((INSERT_DETAIL, (entry_id, about, salt, text)))
    text = canonical(envelope)
    columns = (
        entry_id, kind, actor_id, command_id, list(person_ids), establishment_id, at, text,
    )  # fmt: skip
    return NewEntry(entry_id, text, ((INSERT_ENTRY, columns), *detail))


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
