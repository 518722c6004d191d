"""Bringing a database up to date: the superuser's part, migrations as the owner, then rights."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module, util
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from pims.foundation.database import urls
from pims.foundation.database.errors import DatabaseBehind
from pims.foundation.database.privileges import RECORDED_AT_FUNCTION, apply_privileges
from pims.foundation.database.rendering import only_what_changed
from pims.foundation.database.roles import prepare_server
from pims.foundation.database.statements import install_statements
from pims.foundation.database.triggers import sync_triggers

# A migration waits this long for a lock and then gives up, so that it never stops the prison.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def migrate_database(
    *,
    database: str | None = None,
    report: Callable[[str], None] = lambda _: None,
    verbosity: int = 0,
) -> None:
    """Make the database where there is none, migrate it, give the rights, load the roles.

    The server must be running. Repeating it changes nothing. Raises DatabaseUnavailable, and
    django.db.OperationalError where a lock was not had in time (what was done stays done, and it
    can be run again).
    """
    name = database or urls.parameters("app").get("dbname") or urls.DATABASE
    report("Preparing roles and extensions")
    prepare_server(database=name)
    with psycopg.connect(urls.dsn("owner", database=name), autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext('pims.migrate'))")
        owner.execute(RECORDED_AT_FUNCTION)
        with acting_as("owner", database=name):
            if migrations_to_apply():
                report("Migrating the database")
                with only_what_changed():
                    call_command("migrate", interactive=False, verbosity=verbosity)
            sync_triggers()
            install_statements(owner)
            apply_privileges(owner)
            _sync_access_roles()


def migrations_to_apply() -> int:
    """How many migrations the default connection's database still lacks."""
    executor = MigrationExecutor(connections["default"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def needing_migration_told() -> Iterator[None]:
    """Turn what fails within the block because the database is behind into DatabaseBehind."""
    try:
        yield
    except (psycopg.Error, DatabaseError) as error:
        if is_behind():
            raise DatabaseBehind(
                "The database is not up to date with this program. Nothing was changed."
            ) from error
        raise


def is_behind() -> bool:
    """Whether the database, or a part of it that the program needs, is still to be made.

    False where the server can't be asked.
    """
    if not urls.is_external():
        try:
            psycopg.connect(urls.dsn(urls.SUPERUSER, database="postgres")).close()
        except psycopg.OperationalError:
            return False
    try:
        with acting_as("owner"):
            return migrations_to_apply() > 0
    except (psycopg.Error, DatabaseError):
        return not urls.is_external()


@contextmanager
def acting_as(role: str, *, database: str | None = None) -> Iterator[None]:
    """Within the block this thread's default connection is the role's."""
    connection = connections["default"]
    connection.close()
    # A dictionary of this connection's own: the one it was given is every thread's.
    before: dict[str, Any] = connection.settings_dict
    entry = urls.django_database(role, database=database)
    if role == "owner":
        entry["OPTIONS"]["options"] = (
            f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}"
        )
    connection.settings_dict = {**before, **entry}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def _sync_access_roles() -> None:
    """Load `foundation/access/roles.toml` into the role tables."""
    module = "pims.foundation.access.roles"
    if util.find_spec(module) is not None:
        import_module(module).sync_roles()
