"""Events to test with: written as a service would write them, ordered as the sequencer does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from pims.foundation.database.ephemeral import database_from_template
from pims.foundation.ledger.sequence import State, step
from pims.foundation.ledger.tests.conftest import migrated
from pims.foundation.outbox.append import append_events
from pims.foundation.outbox.records import new_event
from pims.kernel import clock
from pims.kernel.events import Event
from tests.fixtures.database import FreshDatabase, default_database


class Placed(Event):
    kind = "custody.placed"


class Counted(Event):
    kind = "custody.counted"


class Opened(Event):
    kind = "facilities.opened"


@dataclass
class Feed:
    """The feed of one test."""

    database: FreshDatabase
    sequencer: psycopg.Connection[tuple[Any, ...]]
    state: State = field(default_factory=State)
    _seq: dict[int, int] = field(default_factory=dict)

    def put(self, *persons: int | None, kind: type[Event] = Placed) -> None:
        """One event for each person named, at the end of the feed."""
        with transaction.atomic():
            for person_id in persons:
                seq = None
                if person_id is not None:
                    seq = self._seq[person_id] = self._seq.get(person_id, 0) + 1
                event = kind(person_id=person_id, establishment_id=7)
                _, values = new_event(event, entry_id=uuid4(), event_seq=seq, at=clock.now())
                append_events([values])
        self.state, _ = step(self.sequencer, self.state, limit=10_000)

    def lose_connection(self) -> None:
        """End every session of the application, as a server that restarts does."""
        with psycopg.connect(self.database.dsn("superuser"), autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'pims_app'"
            )


@pytest.fixture(scope="session")
def outbox_database(django_db_setup: None) -> Iterator[FreshDatabase]:
    with database_from_template() as name:
        yield migrated(name)


@pytest.fixture
def feed(
    outbox_database: FreshDatabase,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Feed]:
    """An empty feed with the default connection on its database; commits are real."""
    with psycopg.connect(outbox_database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "TRUNCATE outbox_event, outbox_pending, outbox_feed, outbox_cursor, outbox_parked,"
            " ledger_entry, ledger_pending, ledger_leaf, ledger_detail RESTART IDENTITY CASCADE"
        )
    monkeypatch.setenv("PIMS_DB_NAME", outbox_database.name)
    with (
        default_database(outbox_database.name, django_db_blocker),
        django_db_blocker.unblock(),
        psycopg.connect(outbox_database.dsn("sequencer"), autocommit=True) as sequencer,
    ):
        yield Feed(outbox_database, sequencer)
