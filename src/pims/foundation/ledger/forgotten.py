"""Which details of entries about nobody are rightly gone: their time was over. Free of Django.

The entry stays, with the commitment in it, and so does every proof about it. What says why its
details are gone is an entry too: it names the kind, and the instant before which entries of that
kind about nobody keep none. The details of no other entry may go so (`FORGETTABLE`).
"""

import json
from collections.abc import Mapping
from datetime import datetime

import psycopg

from pims.foundation.ledger.entries import FORGETTABLE
from pims.foundation.ledger.events import DetailsForgotten


class Forgotten:
    """What the entries say that took details away: kind -> the last instant named."""

    def __init__(self, before: Mapping[str, datetime]) -> None:
        self._before = before

    @classmethod
    def read(cls, ledger: psycopg.Connection[tuple[object, ...]]) -> "Forgotten":
        """An entry that was changed, or that nobody made, is found where entries are checked."""
        found: dict[str, datetime] = {}
        rows = ledger.execute(
            "SELECT body FROM ledger_entry WHERE kind = %s", (DetailsForgotten.kind,)
        )
        for (body,) in rows:
            try:
                said = json.loads(str(body))["body"]
                kind, before = said["entry_kind"], datetime.fromisoformat(said["before"])
            except (ValueError, KeyError, TypeError):
                continue
            if kind in FORGETTABLE and before.tzinfo is not None:
                found[kind] = max(before, found.get(kind, before))
        return cls(found)

    def covers(self, entry: Mapping[str, object]) -> bool:
        """Whether the details of this entry, as its own text has it, went with their time."""
        before = self._before.get(str(entry.get("kind")))
        if before is None or entry.get("persons") != []:
            return False
        try:
            return datetime.fromisoformat(str(entry.get("at"))) < before
        except (ValueError, TypeError):
            return False
