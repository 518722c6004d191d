"""Writing rows by COPY: text lines in batches, ids taken from the tables' own sequences."""

import time
from collections.abc import Callable, Iterable
from itertools import islice

from django.db import connection, transaction

BATCH = 20_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Progress:
    """Says what is being done, and how far it has come, once a second at most."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report, self._said = report, 0.0

    def tell(self, text: str, *, always: bool = False) -> None:
        now = time.monotonic()
        if always or now - self._said >= 1:
            self._said = now
            self._report(text)


def copy_rows(
    table: str, columns: str, rows: Iterable[Iterable[object]], progress: Progress
) -> int:
    """COPY the rows, a transaction a batch, with every trigger and constraint on; their number."""
    waiting, count = iter(rows), 0
    while batch := list(islice(waiting, BATCH)):
        text = "".join("\t".join(map(_text, row)) + "\n" for row in batch)
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            copy.write(text)
        count += len(batch)
        progress.tell(f"{count:,} rows of {table}")
    return count


def take_ids(count: int, *, table: str = "", sequence: str = "") -> int:
    """Take `count` ids in a row from the table's sequence; give the first."""
    with connection.cursor() as cursor:
        if table:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]
        cursor.execute(
            "SELECT setval(%s::regclass, nextval(%s::regclass) + %s - 1) - %s + 1",
            [sequence, sequence, max(1, count), max(1, count)],
        )
        return int(cursor.fetchone()[0])


def _text(value: object) -> str:
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)
