"""Functions, views and row security that the rooms keep as SQL, made anew after every migration.

Each room's are in its folder ``sql``, one subject a file, run in the order of their names. They
replace what is there, so that they can change without a migration: a view or a policy is right only
when it agrees with the table as it is now. A migration must not depend on one of them.
"""

from pathlib import Path

import psycopg

_ROOMS = Path(__file__).resolve().parents[2]


def statement_files() -> list[Path]:
    return sorted(_ROOMS.glob("*/sql/*.sql"), key=lambda path: (path.parent, path.name))


def install_statements(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Run every file, all of them or none. `connection` is the owner's."""
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '5s'")
        connection.execute("SET LOCAL client_min_messages = 'warning'")
        for path in statement_files():
            connection.execute(path.read_text("utf-8").encode())
