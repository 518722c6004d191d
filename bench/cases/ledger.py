"""The ledger: writing beside others, putting in order, verifying all of it."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg

from bench.context import Context
from bench.results import Result
from pims.foundation.database.urls import dsn
from pims.foundation.ledger import entries
from pims.foundation.ledger.check import check_ledger
from pims.foundation.ledger.keys import signer, verifier
from pims.foundation.ledger.sequencer import run_sequencer
from pims.kernel import clock

Connection = psycopg.Connection[tuple[Any, ...]]

WRITERS = 8
WRITES_EACH = 150
_ENTRY = "id, serial, kind, actor_id, command_id, person_ids, establishment_id, recorded_at, body"
NOTIFY = "SELECT pg_notify('pims_pending', '')"


def run(context: Context) -> list[Result]:
    results = [_writing()]
    count = 1_000_000 if context.full else 50_000
    context.say(f"Filling the ledger with {count:,} entries")
    _fill(count)
    folder = context.scratch / "checkpoints"
    ordering = _until_ordered(folder)
    context.say(f"{count:,} entries put in order; verifying them")
    report = check_ledger(conninfo=dsn("app"), verifier=verifier(), folders=[folder])
    if not report.ok:
        raise AssertionError(report.problems)
    results += [
        Result(
            name="entries put in order and hashed",
            value=report.entries / ordering,
            unit="entries/s",
            details={"entries": report.entries},
        ),
        Result(
            name="check of the whole ledger",
            value=report.seconds,
            unit="s",
            floor=_bare_reading(),
            against="read and hash the same rows",
            details={"entries": report.entries, "checkpoints": report.checkpoints},
        ),
    ]
    return results


def _writing() -> Result:
    """Small transactions by eight writers at once, each with one entry."""
    inside = _rate(lambda connection: _write(connection, notify_inside=True))
    outside = _rate(lambda connection: _write(connection, notify_inside=False))
    return Result(
        name=f"transactions with a ledger entry, {WRITERS} writers",
        value=outside,
        unit="tx/s",
        floor=inside,
        against="waking the sequencer inside the transaction",
    )


def _rate(write: Callable[[Connection], None]) -> float:
    def work() -> None:
        with psycopg.connect(dsn("app"), autocommit=True) as connection:
            ready.wait()
            for _ in range(WRITES_EACH):
                write(connection)

    ready = threading.Barrier(WRITERS + 1)
    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return WRITERS * WRITES_EACH / (time.monotonic() - began)


def _write(connection: Connection, *, notify_inside: bool) -> None:
    with connection.transaction():
        for statement, values in _entry(1).statements:
            connection.execute(statement.encode(), values)
        if notify_inside:
            connection.execute(NOTIFY)
    if not notify_inside:
        connection.execute(NOTIFY)


def _entry(number: int) -> entries.NewEntry:
    return entries.new_entry(
        kind="bench.happened",
        actor_id=1,
        command_id=None,
        person_ids=[number],
        establishment_id=1,
        body={"person_id": number, "place_id": number % 997, "reason": "routine move"},
        details={"note": "a remark as an officer would write it"} if number % 10 == 0 else None,
        at=clock.now(),
    )


def _fill(count: int) -> None:
    """As the loader, by COPY."""
    with psycopg.connect(dsn("loader"), autocommit=True) as connection:
        for start in range(1, count + 1, 50_000):
            new = [_entry(n) for n in range(start, min(start + 50_000, count + 1))]
            with connection.transaction():
                first = _next_serial(connection)
                with connection.cursor() as cursor:
                    _copy(cursor, "ledger_entry", _ENTRY, (
                        (e.values[0], first + n, *e.values[1:]) for n, e in enumerate(new)
                    ))  # fmt: skip
                    _copy(cursor, "ledger_pending", "serial, entry_id", (
                        (first + n, entry.id) for n, entry in enumerate(new)
                    ))  # fmt: skip
                    _copy(cursor, "ledger_detail", "entry_id, person_id, salt, details", (
                        entry.detail for entry in new if entry.detail
                    ))  # fmt: skip
                connection.execute("SELECT setval('ledger_serial', %s)", [first + len(new)])


def _next_serial(connection: Connection) -> int:
    row = connection.execute("SELECT nextval('ledger_serial')").fetchone()
    assert row is not None
    return int(row[0])


def _copy(
    cursor: psycopg.Cursor[tuple[Any, ...]], table: str, columns: str, rows: Iterable[Sequence[Any]]
) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _until_ordered(folder: Any) -> float:
    """Seconds until the sequencer has nothing left to do."""
    stop = threading.Event()
    options = {"conninfo": dsn("sequencer"), "signer": signer(), "folders": [folder]}
    thread = threading.Thread(target=run_sequencer, args=(stop,), kwargs=options)
    began = time.monotonic()
    thread.start()
    with psycopg.connect(dsn("app"), autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM ledger_pending LIMIT 1").fetchone():
            time.sleep(0.05)
    took = time.monotonic() - began
    stop.set()
    thread.join()
    return took


def _bare_reading() -> float:
    began = time.monotonic()
    with psycopg.connect(dsn("app")) as connection, connection.cursor(name="bare") as cursor:
        cursor.itersize = 5000
        cursor.execute(
            "SELECT e.body FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id"
            " ORDER BY l.position"
        )
        for (body,) in cursor:
            hashlib.sha256(body.encode()).digest()
    return time.monotonic() - began
