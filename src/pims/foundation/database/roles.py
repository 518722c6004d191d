"""The superuser's part: roles with a password each, the database, what needs superuser rights.

No role of the application is a superuser; the application's own owns nothing.
"""

import psycopg
from psycopg import sql

from pims.foundation.database import urls
from pims.foundation.database.errors import DatabaseUnavailable

EXTENSIONS = ("pg_trgm", "btree_gist", "fuzzystrmatch", "unaccent")

_CONNECTION_LIMITS = {
    "owner": 10, "sequencer": 5, "loader": 20, "eraser": 3, "reader": 10,
    "agency": 60, "observatory": 10,
}  # fmt: skip

# They answer other agencies. The application may step down to them, so that what it shows or sends
# passes the same gate; it inherits nothing from them.
OUTSIDE = ("agency", "observatory")
_OUTSIDE_SETTINGS = {
    "statement_timeout": "10s", "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s", "temp_file_limit": "64MB",
}  # fmt: skip

# Any role could otherwise keep files of its own in the database.
_LARGE_OBJECTS = """
DO $$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
          AND proname IN ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_import', 'lo_open')
    LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one); END LOOP;
END $$
"""


def prepare_server(*, database: str) -> None:
    """Make or repair the roles, the database and its extensions. Repeating it changes nothing.

    On an outside server this needs `PIMS_SUPERUSER_DATABASE_URL`; without it the work must have
    been done there by hand, and is only checked. Raises DatabaseUnavailable with what is missing.
    """
    if urls.is_external() and not _superuser_known():
        _check_prepared(database)
        return
    maintenance = None if urls.is_external() else "postgres"
    with psycopg.connect(
        urls.dsn(urls.SUPERUSER, database=maintenance), autocommit=True
    ) as connection:
        for role in urls.ROLES:
            _make_role(connection, role)
        _let_step_down(connection)
        _make_database(connection, database)
    with psycopg.connect(
        urls.dsn(urls.SUPERUSER, database=database), autocommit=True
    ) as connection:
        connection.execute("ALTER SCHEMA public OWNER TO pims_owner")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute(_LARGE_OBJECTS)
        for extension in EXTENSIONS:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )


def create_database(
    connection: psycopg.Connection[tuple[object, ...]], name: str, *, template: str
) -> None:
    """A database that is the owner role's and that only our roles may enter."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER pims_owner TEMPLATE {} STRATEGY {}").format(
            sql.Identifier(name),
            sql.Identifier(template),
            sql.Identifier("file_copy" if template != "template0" else "wal_log"),
        )
    )
    restrict_database(connection, name)


def restrict_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Rights on a database are not copied from its template, so they are given again."""
    database = sql.Identifier(name)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            database, sql.SQL(", ").join(sql.Identifier(urls.role_name(r)) for r in urls.ROLES)
        )
    )
    connection.execute(
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO pims_owner, pims_loader").format(database)
    )


def _make_role(connection: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    name = urls.role_name(role)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    password = urls.parameters(role).get("password", "")
    # The server is given the SCRAM verifier, so that the password is in no log.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL(
            "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION"
            " NOBYPASSRLS CONNECTION LIMIT {} PASSWORD {}"
        ).format(
            sql.Identifier(name),
            sql.Literal(_CONNECTION_LIMITS.get(role, -1)),
            sql.Literal(verifier.decode()),
        )
    )


def _let_step_down(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    for role in OUTSIDE:
        name = sql.Identifier(urls.role_name(role))
        # Who inherits nothing (NOINHERIT, above) gains by it only the right to SET ROLE.
        connection.execute(sql.SQL("GRANT {} TO pims_app").format(name))
        for setting, value in _OUTSIDE_SETTINGS.items():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    name, sql.Identifier(setting), sql.Literal(value)
                )
            )


def _make_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        create_database(connection, name, template="template0")
    else:
        restrict_database(connection, name)


def _superuser_known() -> bool:
    try:
        urls.parameters(urls.SUPERUSER)
    except urls.DatabaseNotConfigured:
        return False
    return True


def _check_prepared(database: str) -> None:
    with psycopg.connect(urls.dsn("owner")) as connection:
        roles = [urls.role_name(r) for r in urls.ROLES]
        there = {
            str(row[0])
            for row in connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
                " UNION ALL SELECT extname FROM pg_extension",
                [roles],
            )
        }
    if missing := [name for name in (*roles, *EXTENSIONS) if name not in there]:
        raise DatabaseUnavailable(
            f"The server of DATABASE_URL lacks, for the database {database}:"
            f" {', '.join(missing)}. Set PIMS_SUPERUSER_DATABASE_URL for one migration, or have"
            " them made there."
        )
