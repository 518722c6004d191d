"""The floor of a page: a bare WSGI application that sends the page's own SQL and nothing else.

No session, no scope, no rules, no template: the statements that the page was seen to send, read
to the end, and the same entry in the ledger.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import django
import psycopg

django.setup()

from pims.foundation.database.urls import dsn  # noqa: E402
from pims.foundation.ledger.entries import new_read, statements_of  # noqa: E402
from pims.kernel import clock  # noqa: E402

_pages = json.loads(Path(os.environ["PIMS_BENCH_STATEMENTS"]).read_text("utf-8"))
_held = threading.local()
_turn = count()


def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    connection = getattr(_held, "connection", None)
    if connection is None:
        connection = _held.connection = psycopg.connect(dsn("app"), autocommit=True)
    page = _pages[next(_turn) % len(_pages)]
    rows = 0
    for statement in page["statements"]:
        rows += len(connection.execute(statement.encode()).fetchall())
    entry = new_read(
        actor_id=page["actor_id"],
        page="prisoner.overview",
        person_ids=[page["person_id"]],
        establishment_id=page["establishment_id"],
        at=clock.now(),
    )
    for statement, values in statements_of([entry]):
        connection.execute(statement.encode(), values)
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{rows} rows\n".encode()]
