"""How a process finds the database, with our own server and with one that runs elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, connections

from pims.foundation.database import migrate, urls
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.migrate import acting_as, migrate_database
from pims.foundation.database.urls import DatabaseNotConfigured
from tests.fixtures.database import FreshDatabase


def test_each_role_has_its_own_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIMS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PIMS_SECRETS", str(tmp_path / "secrets"))
    found = [urls.parameters(role) for role in (*urls.ROLES, urls.SUPERUSER)]
    assert len({p["password"] for p in found}) == len(found)
    assert len({p["user"] for p in found}) == len(found)
    assert len({p["host"] for p in found}) == 1


def test_a_process_takes_the_role_that_its_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert urls.django_database()["USER"] == "pims_app"
    monkeypatch.setenv("PIMS_DB_ROLE", "sequencer")
    assert urls.django_database()["USER"] == "pims_sequencer"
    monkeypatch.setenv("PIMS_DB_ROLE", "postgres")
    with pytest.raises(ValueError, match="not a database role"):
        urls.django_database()


def test_an_outside_server_needs_an_address_for_each_role_that_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://pims_app:one@db.example:6432/prison?sslmode=require"
    )
    entry = urls.django_database("app")
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example", "6432", "prison")
    assert (entry["USER"], entry["PASSWORD"]) == ("pims_app", "one")
    assert entry["OPTIONS"]["sslmode"] == "require"
    with pytest.raises(DatabaseNotConfigured, match="PIMS_OWNER_DATABASE_URL"):
        urls.dsn("owner")
    monkeypatch.setenv("PIMS_OWNER_DATABASE_URL", "postgresql://pims_owner:two@db.example/prison")
    assert "two" in urls.dsn("owner")


@contextmanager
def _reached_as_outside_server(fresh: FreshDatabase, *, superuser: bool) -> Iterator[None]:
    """Reach the test's own server as if somebody else ran it."""
    with pytest.MonkeyPatch.context() as patch:
        for role in (*urls.ROLES, *([urls.SUPERUSER] if superuser else [])):
            variable = "DATABASE_URL" if role == "app" else f"PIMS_{role.upper()}_DATABASE_URL"
            patch.setenv(variable, fresh.dsn(role))
        yield


@pytest.mark.parametrize("superuser", [True, False])
def test_an_outside_server_is_migrated_with_and_without_its_superuser(
    fresh_database: FreshDatabase, superuser: bool
) -> None:
    with _reached_as_outside_server(fresh_database, superuser=superuser):
        migrate_database()
        with psycopg.connect(urls.dsn("app")) as app:
            assert app.execute("SELECT current_database()").fetchone() == (fresh_database.name,)


def test_an_outside_server_that_was_not_prepared_is_told_what_it_lacks(
    fresh_database: FreshDatabase,
) -> None:
    with psycopg.connect(fresh_database.dsn("superuser"), autocommit=True) as connection:
        connection.execute("DROP EXTENSION unaccent CASCADE")
    with (
        _reached_as_outside_server(fresh_database, superuser=False),
        pytest.raises(DatabaseUnavailable, match=r"lacks.*unaccent"),
    ):
        migrate_database()


def test_a_migration_gives_up_rather_than_hold_up_the_prison(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "200ms")
    with psycopg.connect(fresh_database.dsn("app")) as officer:
        officer.execute("SELECT count(*) FROM access_user")
        with (
            acting_as("owner", database=fresh_database.name),
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="lock timeout"),
        ):
            cursor.execute("ALTER TABLE access_user ADD COLUMN n integer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert cursor.fetchone() == ("pims_app",)
    assert connections["default"].settings_dict["NAME"] == fresh_database.name
