"""The rewriting of the files waits for whoever could still see what was destroyed."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from pims.foundation.database.tests.conftest import Instance, empty_instance
from pims.foundation.database.urls import SUPERUSER, dsn
from pims.foundation.vault.erasure.scrub import wait_for_older_transactions

__all__ = ["empty_instance"]

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def superuser(empty_instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """Of a server that gathers statistics by itself, which those of other tests do not."""
    monkeypatch.setenv("PIMS_POSTGRES_SETTINGS", "autovacuum=on autovacuum_naptime=1")
    empty_instance.cluster().start()
    with psycopg.connect(dsn(SUPERUSER, database="postgres"), autocommit=True) as connection:
        yield connection


def test_the_servers_own_gathering_of_statistics_keeps_nothing_back(superuser: Connection) -> None:
    superuser.execute("CREATE TABLE destroyed AS SELECT 'Yorbequent' AS name")
    superuser.execute(
        "CREATE TABLE slow WITH (autovacuum_vacuum_cost_delay = 100,"
        " autovacuum_vacuum_cost_limit = 1, autovacuum_analyze_threshold = 1)"
        " AS SELECT repeat('x', 900) AS t FROM generate_series(1, 9000)"
    )
    process = _gathering(superuser)
    superuser.execute("DELETE FROM destroyed")
    wait_for_older_transactions(superuser, 20)
    same = "SELECT count(*) FROM pg_stat_activity WHERE (pid, backend_start) = (%s, %s)"
    assert superuser.execute(same, process).fetchone() == (0,)


def _gathering(superuser: Connection) -> tuple[object, ...]:
    """The process that goes through the table, slowly, with a snapshot of its own."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = superuser.execute(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE backend_xmin IS NOT NULL"
            " AND backend_type = 'autovacuum worker' AND query LIKE '%ANALYZE public.slow%'"
        ).fetchone()
        if found is not None:
            return found
        time.sleep(0.1)
    pytest.fail("the server gathers no statistics")
