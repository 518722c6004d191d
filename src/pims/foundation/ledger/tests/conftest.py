"""A ledger to test with: its own database, key and folder of copies."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pims.foundation.database import urls
from pims.foundation.database.ephemeral import database_from_template
from pims.foundation.ledger import entries
from pims.foundation.ledger.check import check_ledger, check_snapshot
from pims.foundation.ledger.events import DetailsForgotten
from pims.foundation.ledger.notes import Signer, Verifier
from pims.foundation.ledger.report import LedgerReport
from pims.foundation.ledger.sequencer import Keys, run_sequencer
from tests.fixtures.database import FreshDatabase

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Ledger:
    """The application's side (`write`), the sequencer's and the auditor's (`check`)."""

    database: FreshDatabase
    signer: Signer
    folder: Path

    def connect(self, role: str = "app") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.database.dsn(role), autocommit=True)

    def write(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        number: int,
        *,
        at: datetime = NOON,
        details: dict[str, object] | None = None,
        persons: tuple[int, ...] = (),
        loaded: bool = False,
    ) -> UUID:
        entry = entries.new_entry(
            kind="test.happened",
            actor_id=1,
            command_id=None,
            person_ids=persons or (number,),
            establishment_id=7,
            body={"number": number},
            details=details,
            at=at,
            loaded=loaded,
        )
        for statement, values in entry.statements:
            connection.execute(statement.encode(), values)
        return entry.id

    def write_asked(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        *,
        kind: str,
        persons: tuple[int, ...],
        at: datetime,
    ) -> UUID:
        """A question of an agency, with its words beside it."""
        return self._add(connection, kind=kind, persons=persons, at=at, details={"asked": "words"})

    def write_forgotten(
        self, connection: psycopg.Connection[tuple[Any, ...]], *, kind: str, before: datetime
    ) -> UUID:
        said = DetailsForgotten(entry_kind=kind, before=entries.instant(before), count=1)
        return self._add(connection, kind=said.kind, body=said.payload(), at=NOON)

    def _add(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        *,
        kind: str,
        at: datetime,
        persons: tuple[int, ...] = (),
        body: dict[str, object] | None = None,
        details: dict[str, object] | None = None,
    ) -> UUID:
        entry = entries.new_entry(
            kind=kind, actor_id=1, command_id=None, person_ids=persons, establishment_id=None,
            body=body or {}, details=details, at=at,
        )  # fmt: skip
        for statement, values in entry.statements:
            connection.execute(statement.encode(), values)
        return entry.id

    def write_many(self, count: int, *, start: int = 0) -> list[UUID]:
        with self.connect() as connection, connection.transaction():
            return [self.write(connection, start + n) for n in range(count)]

    @contextmanager
    def sequencing(self, *, batch: int = 1000, keys: Keys | None = None) -> Iterator[None]:
        """A sequencer at work within the block; stopped cleanly after it."""
        stop = threading.Event()
        thread = threading.Thread(
            target=run_sequencer,
            args=(stop,),
            kwargs={
                "conninfo": self.database.dsn("sequencer"),
                "signer": keys or self.signer,
                "folders": [self.folder],
                "batch": batch,
            },
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()

    def sequence(self, **options: Any) -> None:
        """Let the sequencer catch up, sign and stop."""
        with self.sequencing(**options):
            self.wait_until_ordered()

    def wait_until_ordered(self) -> None:
        self.wait_for("(SELECT count(*) FROM ledger_pending)", 0)
        self.wait_for("(SELECT count(*) FROM outbox_pending)", 0)

    def wait_for(self, expression: str, number: int, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while (found := self.number(f"SELECT {expression}")) != number:
            assert time.monotonic() < deadline, f"{expression} is {found}, not {number}"
            time.sleep(0.01)

    def number(self, query: str, *values: object) -> int:
        with self.connect() as connection:
            row = connection.execute(query.encode(), values).fetchone()
            assert row is not None
            return int(row[0])

    def tamper(self, statement: str, *values: object) -> None:
        """What a superuser can do, with every trigger off."""
        with self.connect("superuser") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement.encode(), values)

    @contextmanager
    def scratch(self, folder: Path) -> Iterator["Scratch"]:
        """The ledger to be tampered with: whatever is done to it is undone after the block."""
        shutil.copytree(self.folder, folder)
        with psycopg.connect(self.database.dsn("superuser")) as connection:
            connection.execute("SET session_replication_role = replica")
            yield Scratch(connection, Verifier(self.signer.public), folder)
            connection.rollback()

    def check(self, **changed: Any) -> LedgerReport:
        return check_ledger(
            **{
                "conninfo": self.database.dsn("app"),
                "verifier": Verifier(self.signer.public),
                "folders": [self.folder],
                **changed,
            }
        )


@dataclass
class Scratch:
    """One superuser's open transaction, in which the ledger is altered and checked."""

    connection: psycopg.Connection[tuple[Any, ...]]
    verifier: Verifier
    folder: Path

    def tamper(self, statement: str, *values: object) -> None:
        self.connection.execute(statement.encode(), values)

    def check(self, *, verifier: Verifier | None = None, **options: Any) -> LedgerReport:
        return check_snapshot(
            self.connection, verifier=verifier or self.verifier, folders=[self.folder], **options
        )

    def body_at(self, position: int) -> str:
        row = self.connection.execute(
            "SELECT body FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id"
            " WHERE position = %s",
            [position],
        ).fetchone()
        assert row is not None
        return str(row[0])


def migrated(name: str) -> FreshDatabase:
    """A database that several tests share, as the fixture `fresh_database` describes its own."""
    roles = (*urls.ROLES, urls.SUPERUSER)
    return FreshDatabase(name, {role: urls.dsn(role, database=name) for role in roles})


@pytest.fixture(scope="module")
def signed_ledger(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """Thirty entries, signed at 10, 20 and 30; the first three have details."""
    with database_from_template() as name:
        found = Ledger(
            migrated(name),
            Signer(Signer.new_private_key()),
            tmp_path_factory.mktemp("ledger") / "checkpoints",
        )
        with found.connect() as connection:
            for number in range(3):
                details = {"name": f"Name {number}"}
                found.write(connection, number, details=details, persons=(40 + number,))
        for start, count in ((3, 7), (10, 10), (20, 10)):
            found.write_many(count, start=start)
            found.sequence()
        yield found


@pytest.fixture(scope="session")
def ledger_database(django_db_setup: None) -> Iterator[FreshDatabase]:
    with database_from_template() as name:
        yield migrated(name)


@pytest.fixture
def ledger(ledger_database: FreshDatabase, tmp_path: Path) -> Ledger:
    """An empty ledger; only a superuser without triggers can empty one."""
    found = Ledger(ledger_database, Signer(Signer.new_private_key()), tmp_path / "checkpoints")
    found.tamper(
        "TRUNCATE ledger_entry, ledger_leaf, ledger_detail, ledger_pending, ledger_checkpoint,"
        " outbox_event, outbox_pending, outbox_feed RESTART IDENTITY CASCADE"
    )
    return found
