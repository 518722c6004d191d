"""A receiver: a store of its own, and the rules by which it takes messages in.

They are those of docs/exchange/feed.md, and nothing else: every message once, in the transaction of
its effect; older ones of a prisoner passed over; the cursor in the store, and restored with it.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pims.exchange.catalogue_docs import niem

TABLES = ("custody", "person")
SCHEMA = """
CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER);
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS latest (number TEXT PRIMARY KEY, sequence INTEGER);
CREATE TABLE IF NOT EXISTS record (number TEXT, kind TEXT, fields TEXT, PRIMARY KEY (number, kind));
-- No key: what was done twice is here twice.
CREATE TABLE IF NOT EXISTS effect (id TEXT, type TEXT);
INSERT OR IGNORE INTO place VALUES (1, 0);
"""


class Killed(Exception):
    """The process was killed in the middle of its work."""


class Store:
    """An agency's own database, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kills = 0
        self._open()

    def _open(self) -> None:
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(SCHEMA)

    # -- what can befall it ---------------------------------------------------------------------
    def back_up(self) -> None:
        self.db.close()
        shutil.copy(self.path, self._backup)
        self._open()

    def restore(self) -> None:
        """The machine is lost, and an old backup is all there is."""
        self.db.close()
        shutil.copy(self._backup, self.path)
        self._open()

    def start_again(self) -> None:
        """After it was killed: whatever was not committed is gone."""
        self.db.close()
        self._open()

    @property
    def _backup(self) -> Path:
        return self.path.with_suffix(".backup")

    # -- what it takes in -----------------------------------------------------------------------
    @property
    def position(self) -> int:
        return int(self.db.execute("SELECT position FROM place").fetchone()[0])

    def take_page(self, events: Iterable[Mapping[str, Any]], upto: int) -> set[str]:
        """A page of the feed and where it ends, in one transaction; numbers to ask about."""
        return self._transaction(events, upto)

    def take_push(self, event: Mapping[str, Any]) -> set[str]:
        return self._transaction([event], None)

    def take_snapshot(self, persons: Iterable[Mapping[str, Any]], position: int) -> None:
        """Everything anew. `persons` are records by table, from every page."""
        self.db.execute("BEGIN IMMEDIATE")
        for table in ("seen", "latest", "record"):
            self.db.execute(f"DELETE FROM {table}")
        for person in persons:
            self._put(_number_in(person), person)
        self.db.execute("UPDATE place SET position = ?", [position])
        self.db.execute("COMMIT")

    def take_answer(self, number: str, custody: Mapping[str, Any] | None) -> None:
        """What was asked for after a thin message."""
        self._put(number, {"pims:custody": custody})

    def _transaction(self, events: Iterable[Mapping[str, Any]], upto: int | None) -> set[str]:
        asking: set[str] = set()
        self.db.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                asking |= self._take(event)
                if self.kills:
                    self.kills -= 1
                    if not self.kills:
                        raise Killed
            if upto is not None:
                self.db.execute("UPDATE place SET position = max(position, ?)", [upto])
        except Killed:
            self.start_again()
            raise
        self.db.execute("COMMIT")
        return asking

    def _take(self, event: Mapping[str, Any]) -> set[str]:
        known = self.db.execute("INSERT OR IGNORE INTO seen VALUES (?)", [event["id"]])
        if not known.rowcount:
            return set()
        self.db.execute("INSERT INTO effect VALUES (?, ?)", [event["id"], event["type"]])
        number, data = event.get("subject"), event["data"]
        if number is None:
            return set()
        newer = self.db.execute(
            "INSERT INTO latest VALUES (?, ?) ON CONFLICT (number) DO UPDATE"
            " SET sequence = excluded.sequence WHERE excluded.sequence > sequence",
            [number, int(event["sequence"])],
        )
        if "pims:otherNumber" in data:
            self.db.execute("DELETE FROM record WHERE number = ?", [data["pims:otherNumber"]])
        if not newer.rowcount:
            return set()
        if "pims:custody" not in data:
            return {number}
        self._put(number, data)
        return set()

    def _put(self, number: str, data: Mapping[str, Any]) -> None:
        """The records of a message in place of those kept; null is not ours to know any more."""
        for table in TABLES:
            name = niem.ours(table)
            if name not in data:
                continue
            if data[name] is None:
                self.db.execute("DELETE FROM record WHERE number = ? AND kind = ?", [number, table])
            else:
                fields = json.dumps(niem.plain(table, data[name]), sort_keys=True)
                self.db.execute(
                    "INSERT OR REPLACE INTO record VALUES (?, ?, ?)", [number, table, fields]
                )

    # -- what is in it --------------------------------------------------------------------------
    def contents(self) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for number, table, fields in self.db.execute("SELECT number, kind, fields FROM record"):
            found.setdefault(number, {})[table] = json.loads(fields)
        return found

    def done_twice(self) -> list[str]:
        rows = self.db.execute("SELECT id FROM effect GROUP BY id HAVING count(*) > 1")
        return [row[0] for row in rows]

    def count(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM effect").fetchone()[0])


def _number_in(person: Mapping[str, Any]) -> str:
    for table in TABLES:
        record = person.get(niem.ours(table))
        if record is not None:
            return str(niem.plain(table, record)["number"])
    raise AssertionError("a person without a number")
