"""Getting the destroyed bytes out of the database's files, not only out of its answers.

A deleted row's bytes stay in the table's file until they are written over, in the planner's
statistics, and in the write-ahead log. So, after the rows are gone:

1. wait until no transaction is open that began before, the server's own included (its snapshot
   would keep the dead rows);
2. throw away the statistics of the tables, which hold common values, and gather them anew;
3. VACUUM FULL the tables and the statistics' own table: new files with the living rows alone;
4. checkpoint, which unlinks the old files; switch through the segments of the write-ahead log
   that were kept for re-use (a switch fills the rest of a segment with zeros) and have older ones
   removed instead of kept.

Steps 1, 2 and 4 need the superuser of our own server. On a server that PIMS does not run they
are left to it, and the result says so. Blocks that the file system gave back are written over in
its own time: only an encrypted disk answers for those.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from pims.foundation.database import urls
from pims.foundation.vault.erasure.plan import make_plan

WAIT_SECONDS = 60.0
_ROUNDS = 200

Connection = psycopg.Connection[tuple[object, ...]]


class ScrubUnfinished(Exception):
    """A transaction stayed open, or a table locked, for too long: run it again later."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """`log_cleared` is False where the server's own ageing of its log must be waited for."""

    tables: int
    log_cleared: bool


def scrub_database() -> Scrubbed:
    """Rewrite every table that an erasure touches. Raises ScrubUnfinished."""
    tables = make_plan().rewritten
    with _superuser() as superuser, _owner() as owner:
        if superuser is not None:
            wait_for_older_transactions(superuser, WAIT_SECONDS)
            superuser.execute(
                "DELETE FROM pg_statistic WHERE starelid = ANY(%s::regclass[])",
                [[f'public."{table}"' for table in tables]],
            )
        for table in tables:
            _rewrite(owner, table)
        _vacuum(owner, sql.SQL("pg_catalog.pg_statistic"), analyze=False)
        cleared = superuser is not None and _clear_log(superuser)
    return Scrubbed(len(tables), log_cleared=cleared)


def _rewrite(owner: Connection, table: str) -> None:
    _vacuum(owner, sql.Identifier("public", table), analyze=True)


def _vacuum(owner: Connection, table: sql.Composable, *, analyze: bool) -> None:
    options = sql.SQL("FULL, ANALYZE" if analyze else "FULL")
    for attempt in range(3):
        try:
            owner.execute(sql.SQL("VACUUM ({}) {}").format(options, table))
        except psycopg.errors.LockNotAvailable:
            if attempt == 2:
                raise ScrubUnfinished("a table stayed locked") from None
        else:
            return


def wait_for_older_transactions(superuser: Connection, seconds: float) -> None:
    newest = str(_value(superuser, "SELECT pg_current_xact_id()::text"))
    until = time.monotonic() + seconds
    while older := _older_transactions(superuser, newest):
        for pid, kind in older:
            # The server's own gathering of statistics may take minutes; it begins again by itself.
            if kind == "autovacuum worker":
                superuser.execute("SELECT pg_cancel_backend(%s)", [pid])
        if time.monotonic() > until:
            raise ScrubUnfinished("an older transaction is still open")
        time.sleep(0.2)


def _older_transactions(superuser: Connection, newest: str) -> list[tuple[object, ...]]:
    """Every process, of whatever kind, whose snapshot keeps rows that died before `newest`."""
    # age() counts from the newest number, so the larger age is the older transaction.
    return superuser.execute(
        "SELECT pid, backend_type FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND (age(backend_xmin) > age((%s::text::bigint %% 4294967296)::text::xid)"
        " OR age(backend_xid) > age((%s::text::bigint %% 4294967296)::text::xid))",
        [newest, newest],
    ).fetchall()


def _clear_log(superuser: Connection) -> bool:
    """Leave no segment of the write-ahead log from before this moment; whether that was reached.

    A replication slot or an archive that lags keeps old segments for as long as it needs them.
    """
    last_before = str(_value(superuser, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"))
    superuser.execute("ALTER SYSTEM SET wal_recycle = off")
    superuser.execute("SELECT pg_reload_conf()")
    try:
        time.sleep(0.3)  # until the checkpointer has heard of it
        for _ in range(_ROUNDS):
            _next_segment(superuser)
            current = str(_value(superuser, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"))
            if current > last_before and not _segments(superuser, "> %s", current):
                break
        # A checkpointer that heard late has renamed old segments into future ones: go through
        # them as well, which fills them with zeros.
        settled = False
        for _ in range(_ROUNDS):
            superuser.execute("CHECKPOINT")
            current = str(_value(superuser, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"))
            old = _segments(superuser, "<= %s", last_before)
            clean = not old and not _segments(superuser, "> %s", current)
            if clean and settled:
                return True
            # The segment that is written now may itself be a renamed old one, clean only as far
            # as it has been written: it is filled too, and the next one is made new.
            settled = clean
            _next_segment(superuser)
        return False
    finally:
        superuser.execute("ALTER SYSTEM RESET wal_recycle")
        superuser.execute("SELECT pg_reload_conf()")


def _next_segment(superuser: Connection) -> None:
    superuser.execute("SELECT pg_logical_emit_message(true, 'pims', 'scrub')")
    superuser.execute("SELECT pg_switch_wal()")


def _segments(superuser: Connection, comparison: LiteralString, name: str) -> int:
    found = superuser.execute(
        "SELECT count(*) FROM pg_ls_waldir() WHERE length(name) = 24 AND name " + comparison,
        [name],
    ).fetchone()
    assert found is not None
    return int(str(found[0]))


def _value(connection: Connection, query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]


@contextmanager
def _owner() -> Iterator[Connection]:
    with psycopg.connect(urls.dsn("owner"), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        yield connection


@contextmanager
def _superuser() -> Iterator[Connection | None]:
    try:
        dsn = urls.dsn(urls.SUPERUSER)
    except urls.DatabaseNotConfigured:
        yield None
        return
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection
