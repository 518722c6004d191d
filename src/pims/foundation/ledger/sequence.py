"""Giving committed entries and events their positions: one step, and the state between steps.

Plain psycopg, so that the sequencer starts quickly. What is taken is whatever is committed, by
serial: a transaction that commits late with lower serials simply comes later.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from pims.foundation.ledger.entries import instant
from pims.foundation.ledger.events import ClockWentBack, SigningKeyHandedOver, TreeDiffers
from pims.foundation.ledger.merkle import Frontier, leaf_hash
from pims.foundation.ledger.notes import Checkpoint, HandOver, Verifier
from pims.foundation.outbox.records import FEED_CHANNEL, INSERT_EVENT, new_event
from pims.kernel import clock
from pims.kernel.events import Event

Connection = psycopg.Connection[tuple[Any, ...]]

CLOCK_TOLERANCE = timedelta(seconds=60)
_NO_ENTRY = UUID(int=0)

_TAKE_ENTRIES = """
SELECT p.serial, e.id, e.body, e.recorded_at
FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id ORDER BY p.serial LIMIT %s
"""
_PUT_LEAVES = """
INSERT INTO ledger_leaf (position, entry_id, leaf_hash)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[])
"""
_TAKE_EVENTS = """
SELECT p.serial, p.event_id FROM outbox_pending p JOIN outbox_event e ON e.id = p.event_id
ORDER BY p.serial LIMIT %s
"""
_PUT_FEED = """
INSERT INTO outbox_feed (position, event_id) SELECT * FROM unnest(%s::bigint[], %s::uuid[])
"""
CHECKPOINT = "tree_size, root, frontier, signed_at, key_id, signature, handover, cosignature"
_HANDOVERS = """
SELECT l.position, e.body FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id
WHERE e.kind = %s ORDER BY l.position
"""
_NEWEST = """
SELECT e.serial, e.recorded_at, e.body FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id
ORDER BY e.serial DESC LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class State:
    """Where the tree and the feed end.

    `newest` is the serial and the time of the entry that was written last by the server's clock;
    `signed` the size of the newest checkpoint in the database.
    """

    frontier: Frontier = field(default_factory=Frontier)
    feed: int = 0
    newest: tuple[int, datetime] | None = None
    signed: int = 0


def load_state(connection: Connection, verifier: Verifier) -> State:
    """The state as the database holds it; a tree that its checkpoint denies is reported once.

    Starts from the newest checkpoint's frontier, so that it reads only what came after. Where
    that frontier can't be trusted the whole tree is read instead.
    """
    row = connection.execute(
        f"SELECT {CHECKPOINT} FROM ledger_checkpoint ORDER BY tree_size DESC LIMIT 1"
    ).fetchone()
    base = _trusted_frontier(row, verifier) if row else Frontier()
    signed = row[0] if row else 0
    size = _one(connection, "SELECT coalesce(max(position) + 1, 0) FROM ledger_leaf")
    if base is None or base.size > size:
        frontier = _grow(connection, Frontier())
        if row is None or frontier.size != signed or frontier.root() != bytes(row[1]):
            _report_differing_tree(connection, frontier.size, signed)
    else:
        frontier = _grow(connection, base)
    return State(
        frontier=frontier,
        feed=_one(connection, "SELECT coalesce(max(position), 0) FROM outbox_feed"),
        newest=_newest(connection),
        signed=signed,
    )


def step(connection: Connection, state: State, *, limit: int) -> tuple[State, int]:
    """Give at most `limit` entries and `limit` events their positions, in one transaction.

    Gives the state after the commit and how many rows were moved. The caller holds the
    sequencer's lock: nobody else takes from the pending tables.
    """
    entries = connection.execute(_TAKE_ENTRIES, [limit]).fetchall()
    events = connection.execute(_TAKE_EVENTS, [limit]).fetchall()
    if not entries and not events:
        return state, 0
    after = state
    with connection.transaction():
        if entries:
            after = _place_entries(connection, after, entries)
        if events:
            after = _place_events(connection, after, events)
    return after, len(entries) + len(events)


def save_checkpoint(connection: Connection, checkpoint: Checkpoint, frontier: Frontier) -> None:
    handover = checkpoint.handover
    connection.execute(
        f"INSERT INTO ledger_checkpoint ({CHECKPOINT})"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tree_size) DO NOTHING",
        [
            checkpoint.size, checkpoint.root, frontier.to_bytes(), checkpoint.signed_at,
            checkpoint.key_id, checkpoint.signature,
            handover.names if handover else "", handover.cosignature if handover else b"",
        ],
    )  # fmt: skip


def read_checkpoint(row: tuple[Any, ...]) -> tuple[Checkpoint, bytes]:
    """A checkpoint and the frontier beside it, from the columns `CHECKPOINT`."""
    size, root, frontier, signed_at, key_id, signature, names, cosignature = row
    old, _, new = names.partition(" ")
    handover = HandOver(old, new, bytes(cosignature)) if names else None
    found = Checkpoint(size, bytes(root), signed_at, key_id, bytes(signature), handover)
    return found, bytes(frontier)


def is_handed_over(connection: Connection, names: str) -> bool:
    """Whether the hand-over between these two keys (`HandOver.names`) is signed and kept."""
    found = connection.execute(
        "SELECT 1 FROM ledger_checkpoint WHERE handover = %s LIMIT 1", [names]
    ).fetchone()
    return found is not None


def handovers_entered(connection: Connection) -> dict[str, int]:
    """The hand-overs that entries of the tree name (`HandOver.names`): the first position."""
    found: dict[str, int] = {}
    for position, body in connection.execute(_HANDOVERS, [SigningKeyHandedOver.kind]):
        try:
            named = json.loads(body)["body"]
            names = f"{named['old']} {named['new']}"
        except (ValueError, KeyError, TypeError):  # altered: the check names it
            continue
        found.setdefault(names, position)
    return found


def _place_entries(connection: Connection, state: State, rows: list[tuple[Any, ...]]) -> State:
    first = state.frontier.size
    hashes = [leaf_hash(body.encode()) for _, _, body, _ in rows]
    connection.execute(
        _PUT_LEAVES,
        [list(range(first, first + len(rows))), [row[1] for row in rows], hashes],
    )
    connection.execute(
        "DELETE FROM ledger_pending WHERE serial = ANY(%s)", [[row[0] for row in rows]]
    )
    newest = state.newest
    for offset, (serial, entry_id, body, recorded_at) in enumerate(rows):
        late = newest is not None and serial < newest[0]
        if late or is_loaded(body):
            continue
        if newest is not None and newest[1] - recorded_at > CLOCK_TOLERANCE:
            jump = ClockWentBack(
                position=first + offset,
                before=instant(newest[1]),
                after=instant(recorded_at),
                seconds=int((newest[1] - recorded_at).total_seconds()),
            )
            _emit(connection, jump, entry_id)
        newest = (serial, recorded_at)
    return replace(state, frontier=state.frontier.extend(hashes), newest=newest)


def _place_events(connection: Connection, state: State, rows: list[tuple[Any, ...]]) -> State:
    feed = state.feed + len(rows)
    connection.execute(_PUT_FEED, [list(range(state.feed + 1, feed + 1)), [row[1] for row in rows]])
    connection.execute(
        "DELETE FROM outbox_pending WHERE serial = ANY(%s)", [[row[0] for row in rows]]
    )
    connection.execute("SELECT pg_notify(%s, %s)", [FEED_CHANNEL, str(feed)])
    return replace(state, feed=feed)


def is_loaded(body: str) -> bool:
    """Whether the entry's time was given by a loader and says nothing of the server's clock."""
    return '"loaded":true' in body and json.loads(body).get("loaded") is True


def _trusted_frontier(row: tuple[Any, ...], verifier: Verifier) -> Frontier | None:
    checkpoint, nodes = read_checkpoint(row)
    try:
        frontier = Frontier.from_bytes(checkpoint.size, nodes)
    except ValueError:
        return None
    if frontier.root() != checkpoint.root or not verifier.accepts(checkpoint):
        return None
    return frontier


def _grow(connection: Connection, frontier: Frontier) -> Frontier:
    """Append every leaf after `frontier`, a piece at a time."""
    while True:
        rows = connection.execute(
            "SELECT leaf_hash FROM ledger_leaf WHERE position >= %s ORDER BY position LIMIT 50000",
            [frontier.size],
        ).fetchall()
        if not rows:
            return frontier
        frontier = frontier.extend(bytes(row[0]) for row in rows)


def _newest(connection: Connection) -> tuple[int, datetime] | None:
    for serial, recorded_at, body in connection.execute(_NEWEST):
        if not is_loaded(body):
            return serial, recorded_at
    return None


def _report_differing_tree(connection: Connection, size: int, signed: int) -> None:
    last = connection.execute(
        "SELECT entry_id FROM ledger_leaf ORDER BY position DESC LIMIT 1"
    ).fetchone()
    differs = TreeDiffers(tree_size=size, checkpoint_size=signed)
    _emit(connection, differs, last[0] if last else _NO_ENTRY)


def _emit(connection: Connection, event: Event, entry_id: UUID) -> None:
    _, values = new_event(event, entry_id=entry_id, event_seq=None, at=clock.now())
    connection.execute(INSERT_EVENT, values)


def _one(connection: Connection, query: Any) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
