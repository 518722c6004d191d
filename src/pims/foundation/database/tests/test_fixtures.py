"""What the test database promises to every other test."""

import os
import socket
import subprocess
import sys
import threading

import psycopg
import pytest
from django.db import connection

from pims.foundation.access.models import User
from pims.kernel import clock
from tests.fixtures import refused
from tests.fixtures.database import FreshDatabase
from tests.fixtures.network import NetworkUsed


def _add_user(badge: str) -> None:
    User.objects.create(badge=badge, name="A", created_at=clock.now())


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_a_test_writes_is_gone_for_the_next(db: None, attempt: int) -> None:
    assert not User.objects.filter(badge="1").exists()
    _add_user("1")
    assert User.objects.filter(badge="1").exists()


def test_tests_connect_as_the_application(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_setting('is_superuser')")
        assert cursor.fetchone() == ("pims_app", "off")


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_fresh_database_is_seen_by_other_threads_and_roles(
    fresh_database: FreshDatabase, attempt: int
) -> None:
    assert not User.objects.filter(badge="1").exists()
    _add_user("1")
    counted: list[int] = []

    def count() -> None:
        counted.append(User.objects.filter(badge="1").count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    assert counted == [1]
    with psycopg.connect(fresh_database.dsn("owner")) as other:
        assert other.execute("SELECT 1 FROM access_user WHERE badge = '1'").fetchone()


def test_no_test_reaches_another_machine() -> None:
    with (
        socket.socket(socket.AF_INET) as probe,
        pytest.raises(NetworkUsed, match=r"192\.0\.2\.1"),
    ):
        probe.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_a_test_that_would_empty_tables_is_refused_and_told_what_to_ask_for(
    request: pytest.FixtureRequest,
) -> None:
    root = request.config.rootpath
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", refused.__file__],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"COLUMNS": "200"},
        check=False,
    ).stdout
    assert "passed" not in told.splitlines()[-1]
    for name, what in {
        "test_a": "transactional_db",
        "test_b": "live_server",
        "test_c": "django_db(transaction=True)",
    }.items():
        assert f"::{name} - Failed: {what} empties tables" in told
    assert "::test_d - Failed: ask for `db` or for `fresh_database`" in told
