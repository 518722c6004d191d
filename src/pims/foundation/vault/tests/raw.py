"""Looking for a mark where no program looks: in the bytes of the files, and in every column."""

from pathlib import Path

import psycopg
from django.db import connection

from pims.foundation.vault.tests import marked
from tests.fixtures.database import FreshDatabase


def data_directory(database: FreshDatabase) -> Path:
    with psycopg.connect(database.dsn("superuser")) as superuser:
        row = superuser.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def files_with(folder: Path, mark: str) -> list[str]:
    """Every file under the folder with the mark's bytes in it, whatever kind of file it is."""
    needle = mark.encode()
    found = []
    for path in folder.rglob("*"):
        try:
            if path.is_file() and needle in path.read_bytes():
                found.append(str(path))
        except FileNotFoundError:
            continue
    return found


def sees_nothing(mark: str) -> None:
    """No column of any table shows the mark."""
    with connection.cursor() as cursor:
        for table in marked.all_tables():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{mark}%"]
            )
            assert cursor.fetchone() == (0,), table
