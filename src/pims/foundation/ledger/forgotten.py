"""Which details of entries about nobody are rightly gone: their time was over. Free of Django.

The entry stays, with the commitment in it, and so does every proof about it. What says why its
details are gone is an entry too: it names the kind, and the instant before which entries of that
kind about nobody keep none; or, where somebody was erased by order, each entry that had named them.
The details of no entry of another kind, or about somebody, may go so (`FORGETTABLE`).
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

import psycopg

from pims.foundation.ledger.entries import FORGETTABLE
from pims.foundation.ledger.events import DetailsForgotten


class Forgotten:
    """What the entries say that took details away: kind -> the last instant named, and the ids."""

    def __init__(self, before: Mapping[str, datetime], named: Collection[str]) -> None:
        self._before, self._named = before, named

    @classmethod
    def read(cls, ledger: psycopg.Connection[tuple[object, ...]]) -> "Forgotten":
        """An entry that was changed, or that nobody made, is found where entries are checked."""
        found: dict[str, datetime] = {}
        named: set[str] = set()
        rows = ledger.execute(
            "SELECT body FROM ledger_entry WHERE kind = %s", (DetailsForgotten.kind,)
        )
        for (body,) in rows:
            try:
                said = json.loads(str(body))["body"]
                kind = said["entry_kind"]
                if kind in FORGETTABLE:
                    named.update(str(one) for one in said.get("entries") or ())
                if "before" not in said:
                    continue
                before = datetime.fromisoformat(said["before"])
            except (ValueError, KeyError, TypeError):
                continue
            if kind in FORGETTABLE and before.tzinfo is not None:
                found[kind] = max(before, found.get(kind, before))
        return cls(found, named)

    def covers(self, entry: Mapping[str, object]) -> bool:
        """Whether the details of this entry, as its own text has it, went with their time."""
        kind = str(entry.get("kind"))
        if kind not in FORGETTABLE or entry.get("persons") != []:
            return False
        if entry.get("id") in self._named:
            return True
        before = self._before.get(kind)
        if before is None:
            return False
        try:
            return datetime.fromisoformat(str(entry.get("at"))) < before
        except (ValueError, TypeError):
            return False
