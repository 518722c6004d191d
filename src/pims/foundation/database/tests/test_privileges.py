"""What each role of the database can and can't do, whatever the program above it gets wrong."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors, sql

from pims.foundation.access.models import User
from pims.foundation.database.migrate import migrate_database
from pims.foundation.database.privileges import FROZEN, classify, grants
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase

Connection = psycopg.Connection[tuple[object, ...]]
AT = "2026-03-01T10:00:00Z"


@pytest.fixture
def entry_id(fresh_database: FreshDatabase) -> UUID:
    """One ledger entry with a detail and one event, written by the application."""
    entry, event = uuid4(), uuid4()
    with psycopg.connect(fresh_database.dsn("app")) as app:
        serial = _one(
            app,
            "INSERT INTO ledger_entry (id, serial, kind, actor_id, person_ids, recorded_at, body)"
            " VALUES (%s, nextval('ledger_serial'), 'test', 1, '{1}', %s, '{}') RETURNING serial",
            entry, AT,
        )  # fmt: skip
        app.execute(
            "INSERT INTO ledger_pending (serial, entry_id) VALUES (%s, %s)", [serial, entry]
        )
        app.execute(
            "INSERT INTO ledger_detail (entry_id, person_id, salt, details)"
            " VALUES (%s, 1, '\\x00', '{}')",
            [entry],
        )
        app.execute(
            "INSERT INTO outbox_event (id, serial, entry_id, kind, schema_version, payload,"
            " recorded_at) VALUES (%s, nextval('outbox_serial'), %s, 'test', 1, '{}', %s)",
            [event, entry, AT],
        )
    with psycopg.connect(fresh_database.dsn("sequencer")) as sequencer:
        sequencer.execute(
            "INSERT INTO ledger_leaf (position, entry_id, leaf_hash) VALUES (0, %s, '\\x00')",
            [entry],
        )
        sequencer.execute("INSERT INTO outbox_feed (position, event_id) VALUES (1, %s)", [event])
        sequencer.execute("DELETE FROM ledger_pending")
    return entry


def _one(connection: Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def app(fresh_database: FreshDatabase) -> Iterator[Connection]:
    with psycopg.connect(fresh_database.dsn("app"), autocommit=True) as connection:
        yield connection


ALTERATIONS = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
)
COLUMNS = {
    "ledger_entry": "body",
    "ledger_leaf": "leaf_hash",
    "ledger_checkpoint": "root",
    "outbox_event": "payload",
    "outbox_feed": "position",
}


@pytest.mark.parametrize("role", ["app", "loader", "sequencer", "reader", "eraser", "owner"])
def test_nobody_changes_the_ledger_or_the_feed(
    fresh_database: FreshDatabase, entry_id: UUID, role: str
) -> None:
    assert set(FROZEN) == set(COLUMNS)
    with psycopg.connect(fresh_database.dsn(role), autocommit=True) as connection:
        for table, column in COLUMNS.items():
            for statement in ALTERATIONS:
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(statement.format(table=table, column=column).encode())
    with psycopg.connect(fresh_database.dsn("superuser")) as superuser:
        assert _one(superuser, "SELECT count(*) FROM ledger_entry") == 1
        assert _one(superuser, "SELECT count(*) FROM outbox_feed") == 1


def test_the_application_owns_nothing_and_can_make_nothing(app: Connection) -> None:
    assert _one(app, "SELECT count(*) FROM pg_class WHERE relowner = 'pims_app'::regrole") == 0
    assert _one(app, "SELECT count(*) FROM pg_proc WHERE proowner = 'pims_app'::regrole") == 0
    assert (
        _one(
            app,
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication"
            " FROM pg_roles WHERE rolname = 'pims_app'",
        )
        is False
    )
    # It may step down to those who answer outside, and inherits nothing from them.
    stepped = app.execute(
        "SELECT roleid::regrole::text, rolinherit FROM pg_auth_members"
        " JOIN pg_roles ON pg_roles.oid = member WHERE member = 'pims_app'::regrole ORDER BY 1"
    ).fetchall()
    assert stepped == [("pims_agency", False), ("pims_observatory", False)]
    for statement in (
        "CREATE TABLE mine (n integer)",
        "CREATE TEMPORARY TABLE mine (n integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE pims_owner",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(statement.encode())


def test_the_application_deletes_no_record_and_changes_no_history(
    app: Connection, fresh_database: FreshDatabase
) -> None:
    names = [
        str(row[0])
        for row in app.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    tables = classify(names)
    assert "access_user" in tables.domain
    assert "access_user_history" in tables.history
    refused = [
        *((t, "DELETE") for t in (*tables.domain, *tables.history, *tables.pending)),
        *((t, "UPDATE") for t in (*tables.history, *tables.appended, *tables.sequenced)),
        *((t, "INSERT") for t in (*tables.sequenced, *tables.catalogue)),
        *((t, "TRUNCATE") for t in tables.all),
    ]
    held = [
        (table, right)
        for table, right in refused
        if _one(app, "SELECT has_table_privilege(%s, %s)", table, right)
    ]
    assert held == []
    for table in tables.ephemeral:
        assert _one(app, "SELECT has_table_privilege(%s, 'DELETE')", table)


def test_a_change_made_by_the_application_is_in_the_history(
    fresh_database: FreshDatabase, app: Connection
) -> None:
    user = User.objects.create(badge="H-1", name="A", created_at=clock.now())
    app.execute("UPDATE access_user SET name = 'B' WHERE id = %s", [user.pk])
    rows = app.execute(
        "SELECT name FROM access_user_history WHERE badge = 'H-1' ORDER BY pgh_id"
    ).fetchall()
    assert rows == [("A",), ("B",)]


def test_the_eraser_destroys_what_an_entry_commits_to_and_the_entry_stays(
    fresh_database: FreshDatabase, entry_id: UUID
) -> None:
    with psycopg.connect(fresh_database.dsn("eraser"), autocommit=True) as eraser:
        eraser.execute("DELETE FROM ledger_detail WHERE person_id = 1")
        assert _one(eraser, "SELECT count(*) FROM ledger_detail") == 0
        assert _one(eraser, "SELECT count(*) FROM ledger_entry") == 1
    with (
        psycopg.connect(fresh_database.dsn("app"), autocommit=True) as app,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        app.execute("DELETE FROM ledger_detail")


def test_the_events_process_reads_the_feed_and_nothing_about_anyone(
    fresh_database: FreshDatabase, entry_id: UUID
) -> None:
    with psycopg.connect(fresh_database.dsn("reader"), autocommit=True) as reader:
        assert _one(reader, "SELECT count(*) FROM outbox_feed") == 1
        for table in ("access_user", "people_person", "ledger_entry", "ledger_detail"):
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


@pytest.mark.parametrize(
    ("role", "recorded"), [("loader", "2025-01-02"), ("app", None), ("owner", None)]
)
def test_only_the_loader_says_when_something_was_recorded(
    fresh_database: FreshDatabase, role: str, recorded: str | None
) -> None:
    with psycopg.connect(fresh_database.dsn(role)) as connection:
        today = _one(connection, "SELECT current_date::text")
        connection.execute("SET LOCAL pims.recorded_at = '2025-01-02T08:00:00Z'")
        assert _one(connection, "SELECT pims_recorded_at()::date::text") == (recorded or today)
        connection.execute("SET LOCAL pims.recorded_at = ''")
        assert _one(connection, "SELECT pims_recorded_at()::date::text") == today


def test_migrating_again_changes_no_right(fresh_database: FreshDatabase) -> None:
    query = (
        b"SELECT oid::regclass::text, relacl::text FROM pg_class"
        b" WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')"
    )
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        before = dict(owner.execute(query).fetchall())
        migrate_database(database=fresh_database.name)
        after = dict(owner.execute(query).fetchall())
    assert before
    assert {name: after[name] for name in before} == before


def test_no_role_enters_a_database_of_another_instance(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.dsn("superuser"), autocommit=True) as superuser:
        assert (
            _one(
                superuser,
                "SELECT has_database_privilege('pg_monitor', current_database(), 'CONNECT')",
            )
            is False
        )


@given(st.sets(st.from_regex(r"[a-z]{1,8}_[a-z]{1,8}(_history)?", fullmatch=True), max_size=8))
def test_a_table_nobody_listed_can_never_be_deleted_from_by_the_application(
    names: set[str],
) -> None:
    tables = classify(names)
    deletable = {
        table
        for role, rights, granted in grants(tables)
        if role in ("pims_app", "pims_loader") and "DELETE" in rights
        for table in granted
    }
    assert deletable == set(tables.ephemeral)
    assert set(tables.all) == names
