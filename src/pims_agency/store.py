"""What an agency keeps: records by person, what happened, and which events it applied already."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pims_client.feed import Event
from pims_client.records import records

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (number TEXT PRIMARY KEY, records TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS happened (
    id TEXT PRIMARY KEY, sequence TEXT NOT NULL, type TEXT NOT NULL, number TEXT NOT NULL,
    at TEXT NOT NULL, learnt_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    taken_back_by TEXT, event TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER);
CREATE TABLE IF NOT EXISTS pushed (
    id TEXT PRIMARY KEY, type TEXT NOT NULL,
    came_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE TABLE IF NOT EXISTS sent (
    message_id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE TABLE IF NOT EXISTS cell (line TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS production (day TEXT PRIMARY KEY, lines TEXT NOT NULL);
"""
HEARTBEAT = "pims.heartbeat"
# A message brings the whole of these; of orders, hearings and warrants only what it is about, so
# that those are asked for when they are wanted.
KEPT = frozenset({"person", "custody", "dates", "photograph", "alert"})


class Store:
    """A SQLite file. Every method is one transaction, and safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    # -- the feed ------------------------------------------------------------------------------
    def position(self) -> int | None:
        with self._lock:
            row = self._connection.execute("SELECT position FROM place").fetchone()
        return None if row is None else int(row["position"])

    def apply(self, events: Iterable[Event], upto: int) -> None:
        """Each event once: its id is kept in the transaction of what it changes."""
        with self._transaction() as db:
            for event in events:
                if event["type"] != HEARTBEAT:
                    _apply(db, event)
            _keep_place(db, upto)

    def start_over(self, persons: Iterable[dict[str, Any]], position: int) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM person")
            for person in persons:
                found = records(person)
                _keep(db, _number_in(found), found)
            _keep_place(db, position)

    def note_push(self, event: Event) -> bool:
        """Whether it is the first time that this message came."""
        with self._transaction() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO pushed (id, type) VALUES (?, ?)",
                (event["id"], event["type"]),
            )
            return done.rowcount == 1

    # -- what is sent, and numbers -------------------------------------------------------------
    def keep_sent(self, message_id: str, kind: str, body: str) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO sent (message_id, kind, body, status) VALUES (?, ?, ?, ?)",
                (message_id, kind, body, json.dumps({"state": "to_send"})),
            )

    def keep_status(self, message_id: str, status: dict[str, Any]) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE sent SET status = ? WHERE message_id = ?",
                (json.dumps(status), message_id),
            )

    def replace_cells(self, cells: Iterable[dict[str, Any]]) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM cell")
            lines = [(json.dumps(one, sort_keys=True),) for one in cells]
            db.executemany("INSERT OR IGNORE INTO cell (line) VALUES (?)", lines)

    def keep_production(self, day: str, lines: list[Any]) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO production (day, lines) VALUES (?, ?)"
                " ON CONFLICT (day) DO UPDATE SET lines = excluded.lines",
                (day, json.dumps(lines)),
            )

    # -- reading -------------------------------------------------------------------------------
    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return list(self._connection.execute(sql, values))

    def person(self, number: str) -> dict[str, Any] | None:
        found = self.rows("SELECT records FROM person WHERE number = ?", number)
        return json.loads(found[0]["records"]) if found else None

    def people(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in self.rows("SELECT number, records FROM person ORDER BY number"):
            yield row["number"], json.loads(row["records"])


def _apply(db: sqlite3.Connection, event: Event) -> None:
    data: dict[str, Any] = event.get("data") or {}
    number = str(event.get("subject") or "")
    done = db.execute(
        "INSERT OR IGNORE INTO happened (id, sequence, type, number, at, event)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (event["id"], event["sequence"], event["type"], number, event["time"], json.dumps(event)),
    )
    if done.rowcount == 0:
        return
    if taken := data.get("pims:takesBack"):
        db.execute("UPDATE happened SET taken_back_by = ? WHERE id = ?", (event["id"], taken))
    found = records(data)
    if number and found:
        known = db.execute("SELECT records FROM person WHERE number = ?", (number,)).fetchone()
        whole = {**(json.loads(known["records"]) if known else {}), **found}
        _keep(db, number, whole)
    if event["type"] == "pims.identity_merged" and (other := data.get("pims:otherNumber")):
        db.execute("DELETE FROM person WHERE number = ?", (str(other),))


def _keep(db: sqlite3.Connection, number: str, whole: dict[str, Any]) -> None:
    """A record that is not the agency's any more is forgotten, and who has none left."""
    kept = {table: value for table, value in whole.items() if table in KEPT and value is not None}
    # Of whom custody is not this agency's to know any more, nothing that came with it is.
    if "custody" in whole and whole["custody"] is None:
        kept.pop("photograph", None)
        kept.pop("alert", None)
    if not number or not kept:
        db.execute("DELETE FROM person WHERE number = ?", (number,))
        return
    db.execute(
        "INSERT INTO person (number, records) VALUES (?, ?)"
        " ON CONFLICT (number) DO UPDATE SET records = excluded.records",
        (number, json.dumps(kept)),
    )


def _keep_place(db: sqlite3.Connection, position: int) -> None:
    db.execute(
        "INSERT INTO place (one, position) VALUES (1, ?)"
        " ON CONFLICT (one) DO UPDATE SET position = excluded.position",
        (position,),
    )


def _number_in(found: dict[str, Any]) -> str:
    """The number that the records of one person name."""
    for value in found.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and one.get("number"):
                return str(one["number"])
    return ""
