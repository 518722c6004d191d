"""Verifying the whole ledger: every entry, every checkpoint, every copy.

`pims check ledger` reads everything once, in one snapshot, in the memory of a page. It finds what
a superuser of the database can do: change a row, remove the end, swap, add, and also recompute the
hashes, as long as a checkpoint signed before, or its copy off the database, is left. Public keys
are all that it needs.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel

from pims.foundation.ledger.copies import Copy, read_copies
from pims.foundation.ledger.entry_check import COLUMNS, EntryCheck
from pims.foundation.ledger.forgotten import Forgotten
from pims.foundation.ledger.keychain import KeyChain
from pims.foundation.ledger.merkle import Frontier
from pims.foundation.ledger.notes import Checkpoint, Verifier
from pims.foundation.ledger.report import LedgerReport, Problem, Problems
from pims.foundation.ledger.sequence import CHECKPOINT, handovers_entered, read_checkpoint
from pims.foundation.ledger.statements import Row, Statements, believe
from pims.foundation.ledger.tree_check import TreeCheck

Connection = psycopg.Connection[tuple[Any, ...]]
Progress = Callable[[int, int], None]

PAGE = 5000
_WALK = f"""
SELECT l.position, l.entry_id, l.leaf_hash, {COLUMNS}
FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.id = l.entry_id
LEFT JOIN ledger_detail d ON d.entry_id = l.entry_id
ORDER BY l.position
"""
_UNORDERED = """
SELECT count(*) OVER (), e.id, e.kind, e.recorded_at FROM ledger_entry e
WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM ledger_pending p WHERE p.entry_id = e.id)
ORDER BY e.serial LIMIT 1
"""
_LOST_EVENTS = """
SELECT count(*) FROM outbox_event e
WHERE NOT EXISTS (SELECT FROM outbox_feed f WHERE f.event_id = e.id)
  AND NOT EXISTS (SELECT FROM outbox_pending p WHERE p.event_id = e.id)
"""


def check_ledger(
    *,
    conninfo: str,
    verifier: Verifier,
    earlier: Sequence[Verifier] = (),
    folders: Sequence[Path],
    progress: Progress = lambda done, total: None,
) -> LedgerReport:
    """Verify everything and report; raises only where the database can't be read.

    `verifier` is of the key that is trusted from outside: keys that handed over to it, or that it
    handed over to, are found by the hand-overs. `earlier` are keys that no hand-over links to it,
    because it was lost. `conninfo` is of a role that may read the ledger. The sequencer may go on
    meanwhile.
    """
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return check_snapshot(
            connection, verifier=verifier, earlier=earlier, folders=folders, progress=progress
        )


def check_snapshot(
    connection: Connection,
    *,
    verifier: Verifier,
    earlier: Sequence[Verifier] = (),
    folders: Sequence[Path],
    progress: Progress = lambda done, total: None,
) -> LedgerReport:
    """As `check_ledger`, on what `connection` sees in its one transaction."""
    began = time.monotonic()
    problems = Problems()
    # A copy is written after its leaves are committed: copies read before the snapshot can't
    # speak of more than it shows, and rows of the snapshot have their copies read after it.
    before = list(read_copies(folders))
    rows = _checkpoints(connection)
    after = list(read_copies(folders))
    written = [copy.found for copy in after if isinstance(copy.found, Checkpoint)]
    signed = [*(row.checkpoint for row in rows), *written]
    keys = KeyChain([verifier, *earlier], signed, problems)
    statements = believe(rows, after, keys, problems)
    tree = _walk(connection, statements, problems, progress)
    _find_cut_off(tree.frontier, rows, before, keys, problems)
    _find_unentered(connection, keys, problems)
    _find_unordered(connection, problems)
    _check_feed(connection, problems)
    return LedgerReport(
        entries=tree.frontier.size,
        root=tree.frontier.root().hex(),
        pending=_number(connection, "SELECT count(*) FROM ledger_pending"),
        erased_details=tree.erased_details,
        forgotten_details=tree.forgotten_details,
        checkpoints=len(rows),
        copies=statements.copies,
        unrecorded=statements.unrecorded,
        torn=statements.torn,
        key_id=verifier.key_id,
        keys=keys.signed_by(),
        problem_count=problems.count,
        problems=problems.sorted(),
        seconds=round(time.monotonic() - began, 3),
    )


def _walk(
    connection: Connection, statements: Statements, problems: Problems, progress: Progress
) -> TreeCheck:
    total = _number(connection, "SELECT count(*) FROM ledger_leaf")
    entries = EntryCheck(_erased_persons(connection), Forgotten.read(connection), problems)
    tree = TreeCheck(statements, problems, entries)
    with connection.cursor(name="ledger_walk") as cursor:
        cursor.itersize = PAGE
        cursor.execute(_WALK)
        for done, (position, entry_id, leaf_hash, *columns) in enumerate(cursor):
            recorded_at = entries.check(position, entry_id, bytes(leaf_hash), columns)
            tree.take(position, bytes(leaf_hash), recorded_at)
            if done % PAGE == 0:
                progress(done, total)
    progress(total, total)
    return tree


def _checkpoints(connection: Connection) -> list[Row]:
    query = f"SELECT {CHECKPOINT} FROM ledger_checkpoint ORDER BY tree_size"
    return [Row(*read_checkpoint(row)) for row in connection.execute(query)]


def _erased_persons(connection: Connection) -> frozenset[int]:
    """Whoever was erased by order: their details are rightly gone."""
    return frozenset(
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT unnest(person_ids) FROM vault_erasure WHERE erased_at IS NOT NULL"
        )
    )


def _find_cut_off(
    frontier: Frontier,
    rows: Sequence[Row],
    copies: Sequence[Copy],
    keys: KeyChain,
    problems: Problems,
) -> None:
    """Report the largest tree that was signed, where there is less of it now."""
    spoken = [(row.checkpoint, "a checkpoint in the database") for row in rows]
    spoken += [
        (copy.found, f"a checkpoint in {copy.path.name}, off the database,")
        for copy in copies
        if isinstance(copy.found, Checkpoint)
    ]
    larger = [
        (checkpoint, source)
        for checkpoint, source in spoken
        if checkpoint.size > frontier.size and not keys.refuses(checkpoint)
    ]
    if larger:
        checkpoint, source = max(larger, key=lambda found: found[0].size)
        problems.add(
            Problem(
                "cut_off",
                f"The ledger ends after {frontier.size} entries, but {source} signed"
                f" {checkpoint.signed_at:%Y-%m-%d %H:%M:%S} UTC speaks of {checkpoint.size}:"
                f" the last {checkpoint.size - frontier.size} were removed",
                from_size=frontier.size,
                to_size=checkpoint.size,
            )
        )


def _find_unentered(connection: Connection, keys: KeyChain, problems: Problems) -> None:
    """Report hand-overs that no entry of the tree, as it was at the hand-over, names."""
    entered = handovers_entered(connection)
    for names, size in keys.handovers.items():
        if entered.get(names, size) >= size:
            problems.add(
                Problem(
                    "handover_unrecorded",
                    f"The signing key was changed at {size} entries, and no entry before says so",
                    to_size=size,
                )
            )


def _find_unordered(connection: Connection, problems: Problems) -> None:
    row = connection.execute(_UNORDERED).fetchone()
    if row is not None:
        count, entry_id, kind, recorded_at = row
        problems.add(
            Problem(
                "entry_unordered",
                f"{count} entries are neither in the tree nor waiting for their place; the first"
                f" is {kind}, id {entry_id}",
                entry_id=entry_id,
                kind=kind,
                recorded_at=recorded_at,
            )
        )
    orphans = _number(
        connection,
        "SELECT count(*) FROM ledger_pending p"
        " WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = p.entry_id)",
    )
    if orphans:
        problems.add(
            Problem("entry_missing", f"{orphans} entries wait for their place but are not there")
        )


def _check_feed(connection: Connection, problems: Problems) -> None:
    if lost := _number(connection, _LOST_EVENTS):
        problems.add(
            Problem("event_unordered", f"{lost} events are neither in the feed nor waiting for it")
        )
    gaps = _number(connection, "SELECT coalesce(max(position), 0) - count(*) FROM outbox_feed")
    if gaps:
        problems.add(Problem("feed_gap", f"{gaps} positions of the feed are missing"))


def _number(connection: Connection, query: Any) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
