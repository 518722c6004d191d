"""Databases of one case alone, copied from the migrated one, and who is connected to them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections

from pims.foundation.database import urls
from pims.foundation.database.roles import create_database

TEMPLATE = "pims_bench_empty"


def keep_template() -> None:
    """Set the migrated, empty database aside; nobody may be connected to it."""
    connections["default"].close()
    with _superuser() as server:
        create_database(server, TEMPLATE, template=urls.DATABASE)


def make_database(name: str) -> None:
    with _superuser() as server:
        create_database(server, name, template=TEMPLATE)


def drop_database(name: str) -> None:
    with _superuser() as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Within the block this process, its threads and its children use that database."""
    settings = connections.databases["default"]
    before, told = dict(settings), os.environ.get("PIMS_DB_NAME")
    connections["default"].close()
    settings.update(urls.django_database("app", database=name))
    os.environ["PIMS_DB_NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        settings.clear()
        settings.update(before)
        if told is None:
            del os.environ["PIMS_DB_NAME"]
        else:
            os.environ["PIMS_DB_NAME"] = told


def _superuser() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(urls.dsn(urls.SUPERUSER, database="postgres"), autocommit=True)
