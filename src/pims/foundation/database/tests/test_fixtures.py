"""What the test database promises to every other test."""

import threading

import psycopg
import pytest
from django.db import connection

from pims.foundation.access.models import User
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase


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
