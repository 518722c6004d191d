"""Every committed entry and event gets its place once, whatever happens to the sequencer."""

import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from pims.foundation.ledger.merkle import root_of
from pims.foundation.ledger.tests.conftest import NOON, Ledger
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event


class Happened(Event):
    kind = "test.happened"


def emit(connection: psycopg.Connection[tuple[Any, ...]], ledger: Ledger, number: int) -> None:
    entry_id = ledger.write(connection, number)
    event = Happened(person_id=number, establishment_id=7)
    _, values = new_event(event, entry_id=entry_id, event_seq=1, at=NOON)
    connection.execute(INSERT_EVENT.encode(), values)


def ordered_numbers(ledger: Ledger) -> list[int]:
    with ledger.connect() as connection:
        rows = connection.execute(
            "SELECT (body::json -> 'body' ->> 'number')::int FROM ledger_leaf l"
            " JOIN ledger_entry e ON e.id = l.entry_id ORDER BY position"
        ).fetchall()
    return [row[0] for row in rows]


def test_entries_and_events_are_placed_without_gaps(ledger: Ledger) -> None:
    with ledger.connect() as connection:
        for number in range(25):
            emit(connection, ledger, number)
    ledger.sequence(batch=10)
    assert ordered_numbers(ledger) == list(range(25))
    assert ledger.number("SELECT count(*) FROM outbox_feed WHERE position BETWEEN 1 AND 25") == 25
    assert ledger.check().ok


def test_a_late_commit_comes_later_and_is_never_skipped(ledger: Ledger) -> None:
    with ledger.connect() as slow, ledger.connect() as quick, ledger.sequencing():
        with slow.transaction():
            emit(slow, ledger, 1)
            emit(quick, ledger, 2)
            ledger.wait_until_ordered()
            assert ordered_numbers(ledger) == [2]
        ledger.wait_until_ordered()
        assert ordered_numbers(ledger) == [2, 1]
    with ledger.connect() as connection:
        feed = connection.execute(
            "SELECT position, person_id FROM outbox_feed f JOIN outbox_event e"
            " ON e.id = f.event_id ORDER BY position"
        ).fetchall()
    assert feed == [(1, 2), (2, 1)]


def test_a_transaction_that_is_rolled_back_leaves_no_gap(ledger: Ledger) -> None:
    with ledger.connect() as connection:
        emit(connection, ledger, 1)
        with connection.transaction(force_rollback=True):
            emit(connection, ledger, 2)
        emit(connection, ledger, 3)
    ledger.sequence()
    assert ordered_numbers(ledger) == [1, 3]
    assert ledger.check().ok


def test_a_waiting_entry_is_placed_well_within_a_second(ledger: Ledger) -> None:
    with ledger.connect() as connection, ledger.sequencing():
        ledger.write_many(1)
        ledger.wait_until_ordered()
        delays = []
        for number in range(1, 6):
            began = time.monotonic()
            ledger.write(connection, number)
            ledger.wait_until_ordered()
            delays.append(time.monotonic() - began)
    assert max(delays) < 1, delays


def test_whoever_listens_is_told_the_newest_position(ledger: Ledger) -> None:
    with ledger.connect() as listener, ledger.connect() as connection:
        listener.execute("LISTEN pims_feed")
        with connection.transaction():
            for number in range(3):
                emit(connection, ledger, number)
        with ledger.sequencing():
            (told,) = listener.notifies(timeout=5, stop_after=1)
    assert told.payload == "3"


def test_a_second_sequencer_waits_and_takes_over(ledger: Ledger) -> None:
    with ledger.sequencing():
        ledger.write_many(3)
        ledger.wait_until_ordered()
        with ledger.sequencing():
            ledger.write_many(3, start=3)
            ledger.wait_until_ordered()
            ledger.tamper(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'pims sequencer' AND datname = current_database()"
            )
            ledger.write_many(3, start=6)
            ledger.wait_until_ordered()
    assert ordered_numbers(ledger) == list(range(9))
    assert ledger.check().ok


def test_a_new_start_goes_on_with_the_same_tree(ledger: Ledger) -> None:
    for start in (0, 7, 12):
        ledger.write_many(7 if start == 0 else 5, start=start)
        ledger.sequence()
    with ledger.connect() as connection:
        rows = connection.execute("SELECT leaf_hash FROM ledger_leaf ORDER BY position").fetchall()
    report = ledger.check()
    assert report.ok
    assert report.root == root_of(bytes(row[0]) for row in rows).hex()
    assert report.checkpoints == 3


def test_a_start_does_not_trust_a_changed_frontier(ledger: Ledger) -> None:
    ledger.write_many(5)
    ledger.sequence()
    ledger.tamper("UPDATE ledger_checkpoint SET frontier = %s", b"\1" * 64)
    ledger.write_many(5, start=5)
    ledger.sequence()
    ledger.tamper("DELETE FROM ledger_checkpoint WHERE tree_size = 5")
    assert ledger.check().ok


def test_a_tree_that_its_checkpoint_denies_is_reported(ledger: Ledger) -> None:
    ledger.write_many(5)
    ledger.sequence()
    ledger.tamper("DELETE FROM ledger_leaf WHERE position = 4")
    with ledger.sequencing():
        ledger.wait_for(
            "(SELECT count(*) FROM outbox_event e JOIN outbox_feed f ON f.event_id = e.id"
            " WHERE kind = 'ledger.tree_differs')",
            1,
        )


def test_a_checkpoint_is_signed_about_once_a_second_under_load(ledger: Ledger) -> None:
    began = time.monotonic()
    with ledger.connect() as connection, ledger.sequencing():
        while time.monotonic() - began < 2.2:
            ledger.write(connection, 1)
    signed = ledger.number("SELECT count(*) FROM ledger_checkpoint")
    assert 2 <= signed <= 5
    assert ledger.check().ok


def test_facts_go_in_while_the_folder_of_copies_cannot_be_written(ledger: Ledger) -> None:
    ledger.folder.write_text("a file where the folder should be")
    ledger.write_many(3)
    ledger.sequence()
    assert ledger.number("SELECT count(*) FROM ledger_leaf") == 3
    assert ledger.number("SELECT count(*) FROM ledger_checkpoint") == 0
    ledger.folder.unlink()
    with ledger.sequencing():
        ledger.wait_for("(SELECT count(*) FROM ledger_checkpoint)", 1)
    assert ledger.check().ok


class TestAClockThatGoesBack:
    def jumps(self, ledger: Ledger, times: list[datetime], **more: Any) -> list[int]:
        with ledger.connect() as connection:
            for number, at in enumerate(times):
                ledger.write(connection, number, at=at, **more)
            ledger.sequence()
            rows = connection.execute(
                "SELECT (payload ->> 'position')::int FROM outbox_event e JOIN outbox_feed f"
                " ON f.event_id = e.id WHERE kind = 'ledger.clock_went_back' ORDER BY 1"
            ).fetchall()
        assert ledger.number("SELECT count(*) FROM ledger_leaf") >= len(times)
        return [row[0] for row in rows]

    def test_is_reported_once_a_jump_and_the_facts_go_in(self, ledger: Ledger) -> None:
        back = NOON - timedelta(hours=1)
        steps = [NOON, back, back + timedelta(seconds=1), NOON, back, back]
        assert self.jumps(ledger, steps) == [1, 4]
        assert ledger.check().ok

    def test_is_reported_across_a_restart(self, ledger: Ledger) -> None:
        assert self.jumps(ledger, [NOON]) == []
        assert self.jumps(ledger, [NOON - timedelta(seconds=61)]) == [1]

    @pytest.mark.parametrize("seconds", [0, 1, 60])
    def test_is_not_a_matter_of_seconds(self, ledger: Ledger, seconds: int) -> None:
        assert self.jumps(ledger, [NOON, NOON - timedelta(seconds=seconds)]) == []

    def test_is_not_confused_with_times_that_a_loader_gave(self, ledger: Ledger) -> None:
        with ledger.connect() as connection:
            ledger.write(connection, 100, at=NOON)
        past = NOON - timedelta(days=300)
        assert self.jumps(ledger, [past, past - timedelta(days=5)], loaded=True) == []

    def test_is_not_confused_with_a_late_commit(self, ledger: Ledger) -> None:
        with ledger.connect() as slow, ledger.connect() as quick, ledger.sequencing():
            with slow.transaction():
                ledger.write(slow, 1, at=NOON - timedelta(minutes=5))
                ledger.write(quick, 2, at=NOON)
                ledger.wait_until_ordered()
            ledger.wait_until_ordered()
        assert self.jumps(ledger, []) == []
