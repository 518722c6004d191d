"""A database of an earlier version, or none, is told as that and not as something unforeseen."""

import psycopg
import pytest
from django.db import ProgrammingError, connection

from pims.foundation.database.errors import DatabaseBehind
from pims.foundation.database.migrate import needing_migration_told
from tests.fixtures.database import FreshDatabase


def ask(query: str) -> None:
    with needing_migration_told(), connection.cursor() as cursor:
        cursor.execute(query)


def test_a_missing_table_of_a_database_that_is_behind_is_told_as_that(
    fresh_database: FreshDatabase,
) -> None:
    with psycopg.connect(fresh_database.dsn("superuser")) as superuser:
        superuser.execute("DELETE FROM django_migrations WHERE app = 'ledger'")
    with pytest.raises(DatabaseBehind):
        ask("SELECT column_of_tomorrow FROM ledger_entry")


@pytest.mark.usefixtures("fresh_database")
def test_a_fault_of_ours_is_not_taken_for_it() -> None:
    with pytest.raises(ProgrammingError):
        ask("SELECT column_of_tomorrow FROM ledger_entry")


@pytest.mark.usefixtures("fresh_database")
def test_a_database_that_was_never_made_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    # Put back before the fixture puts back what was there before it: the dictionary is one.
    with monkeypatch.context() as patch:
        patch.setenv("PIMS_DB_NAME", "never_made")
        patch.setitem(connection.settings_dict, "NAME", "never_made")
        with pytest.raises(DatabaseBehind):
            ask("SELECT 1")
        connection.close()
