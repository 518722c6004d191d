"""Whether one entry is what was hashed: its text, its columns, its details."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pims.foundation.ledger.entries import instant
from pims.foundation.ledger.forgotten import Forgotten
from pims.foundation.ledger.merkle import leaf_hash as hash_of
from pims.foundation.ledger.report import Problem, Problems

COLUMNS = """e.id, e.kind, e.actor_id, e.command_id, e.person_ids, e.establishment_id,
    e.recorded_at, e.body, d.entry_id IS NOT NULL, d.person_id, d.salt, d.details"""


class EntryCheck:
    """Checks entries one by one; `erased` are the persons whose details were erased by order,
    `forgotten` says of whose entries the time was over."""

    def __init__(self, erased: frozenset[int], forgotten: Forgotten, problems: Problems) -> None:
        self._erased = erased
        self._forgotten = forgotten
        self._problems = problems
        self.erased_details = 0
        self.forgotten_details = 0

    def check(
        self, position: int, entry_id: UUID, leaf_hash: bytes, columns: Sequence[Any]
    ) -> datetime | None:
        """Report what differs, under one problem; give the time that the row claims."""
        found_id, kind, *_, recorded_at, _body, _has, _about, _salt, _details = columns
        if found_id is None:
            self._problems.add(
                Problem("entry_missing", "the entry was removed", position, entry_id)
            )
            return None
        code, what = self._differences(leaf_hash, columns)
        if what:
            self._problems.add(
                Problem(code, "; ".join(what), position, entry_id, kind, recorded_at)
            )
        return recorded_at  # type: ignore[no-any-return]

    def _differences(self, leaf_hash: bytes, columns: Sequence[Any]) -> tuple[str, list[str]]:
        body: str = columns[7]
        code, what = "", []
        if hash_of(body.encode()) != leaf_hash:
            code, what = "body_changed", ["its text (body) does not have the hash in the tree"]
        envelope = _parse(body)
        if envelope is None:
            return code or "body_changed", [*what, "its text is not that of an entry"]
        columns_differ = _column_differences(envelope, columns)
        if columns_differ:
            what.append(f"columns differ from the text: {', '.join(columns_differ)}")
            code = code or "column_changed"
        if detail := self._detail_difference(envelope, columns[8:]):
            what.append(detail[1])
            code = code or detail[0]
        return code, what

    def _detail_difference(
        self, envelope: dict[str, Any], columns: Sequence[Any]
    ) -> tuple[str, str] | None:
        there, about, salt, details = columns
        committed = envelope.get("commitment")
        persons = envelope.get("persons") or [None]
        if committed is None:
            return ("detail_added", "it has details that it never committed to") if there else None
        if not there:
            if persons[0] in self._erased:
                self.erased_details += 1
                return None
            if self._forgotten.covers(envelope):
                self.forgotten_details += 1
                return None
            return "detail_missing", "its details are gone, and no erasure says why"
        if hashlib.sha256(bytes(salt) + details.encode()).hexdigest() != committed:
            return "detail_changed", "its details are not those that it committed to"
        if about != persons[0]:
            return "detail_changed", "its details are filed under another person"
        return None


def _parse(body: str) -> dict[str, Any] | None:
    try:
        envelope = json.loads(body)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) else None


def _column_differences(envelope: dict[str, Any], columns: Sequence[Any]) -> list[str]:
    entry_id, kind, actor_id, command_id, person_ids, establishment_id, recorded_at, *_ = columns
    compared = (
        ("id", "id", str(entry_id)),
        ("kind", "kind", kind),
        ("actor_id", "actor", actor_id),
        ("command_id", "command", None if command_id is None else str(command_id)),
        ("person_ids", "persons", person_ids),
        ("establishment_id", "establishment", establishment_id),
        ("recorded_at", "at", instant(recorded_at)),
    )
    return [column for column, key, value in compared if envelope.get(key) != value]
