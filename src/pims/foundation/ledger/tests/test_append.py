"""An entry goes in with the change that it records, or not at all."""

import json
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from pims.foundation.database.migrate import acting_as
from pims.foundation.ledger.append import append_entry, append_read
from pims.foundation.ledger.entries import canonical, commitment
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry, LedgerPending
from pims.foundation.ledger.tests.conftest import NOON
from tests.fixtures.database import FreshDatabase


def append(number: int = 1, details: dict[str, object] | None = None) -> LedgerEntry:
    entry_id = append_entry(
        kind="test.happened",
        actor_id=9,
        command_id=uuid4(),
        person_ids=[41, 42],
        establishment_id=7,
        body={"number": number, "when": NOON},
        details=details,
        at=NOON,
    )
    return LedgerEntry.objects.get(pk=entry_id)


@pytest.mark.django_db
class TestAnEntry:
    def test_says_the_same_in_its_text_and_its_columns(self) -> None:
        entry = append()
        assert json.loads(entry.body) == {
            "v": 1,
            "id": str(entry.id),
            "kind": "test.happened",
            "actor": 9,
            "command": str(entry.command_id),
            "persons": [41, 42],
            "establishment": 7,
            "at": "2026-03-01T12:00:00.000000+00:00",
            "body": {"number": 1, "when": "2026-03-01T12:00:00Z"},
        }
        assert entry.body == canonical(json.loads(entry.body))
        assert LedgerPending.objects.get().entry_id == entry.id

    def test_commits_to_details_without_telling_them(self) -> None:
        entry = append(details={"name": "Ana Choc"})
        detail = LedgerDetail.objects.get(pk=entry.id)
        assert "Ana" not in entry.body
        assert json.loads(detail.details) == {"name": "Ana Choc"}
        assert detail.person_id == 41
        committed = json.loads(entry.body)["commitment"]
        assert committed == commitment(bytes(detail.salt), detail.details)

    def test_of_a_reading_lists_all_its_subjects_in_one(self) -> None:
        append_read(
            actor_id=9, page="custody.roll", person_ids=[1, 2, 3], establishment_id=7, at=NOON
        )
        entry = LedgerEntry.objects.get()
        assert (entry.kind, entry.person_ids) == ("read", [1, 2, 3])

    def test_is_never_changed_or_removed_by_the_application(self) -> None:
        append(details={"name": "Ana"})
        for statement in (
            "UPDATE ledger_entry SET kind = 'x'",
            "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry CASCADE",
            "UPDATE ledger_detail SET details = '{}'",
            "DELETE FROM ledger_detail",
            "DELETE FROM ledger_pending",
            "INSERT INTO ledger_checkpoint SELECT * FROM ledger_checkpoint",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_even_the_owner_of_the_tables_is_stopped(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        for statement in (
            "UPDATE ledger_entry SET kind = 'x'",
            "DELETE FROM ledger_leaf",
            "TRUNCATE ledger_checkpoint",
            "TRUNCATE outbox_feed",
        ):
            with pytest.raises(psycopg.Error, match="refused"):
                owner.execute(statement.encode())


def test_the_sequencer_is_woken_once_and_only_by_a_commit(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.dsn("app"), autocommit=True) as listener:
        listener.execute("LISTEN pims_pending")
        with transaction.atomic():
            append()
            transaction.set_rollback(True)
        assert list(listener.notifies(timeout=0.2)) == []
        with transaction.atomic():
            append(1)
            append(2)
        assert len(list(listener.notifies(timeout=0.5))) == 1


def test_times_that_a_loader_gives_are_marked_as_given(fresh_database: FreshDatabase) -> None:
    assert "loaded" not in json.loads(append().body)
    with acting_as("loader", database=fresh_database.name):
        assert json.loads(append().body)["loaded"] is True
    assert "loaded" not in json.loads(append().body)
