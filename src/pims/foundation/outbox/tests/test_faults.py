"""The worker and the sequencer are killed fifty times each in the middle of 2,000 events."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, count
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.ledger.check import check_ledger
from pims.foundation.ledger.copies import folders
from pims.foundation.ledger.keys import verifier
from pims.kernel.events import Event
from tests.fixtures.database import FreshDatabase

pytestmark = pytest.mark.any_server

KILLS = 50
EVENTS = 2000
WRITERS = 6
PERSONS = 40
PATIENCE = 60.0  # seconds; nothing waits so long but on a machine that is busy with much else
BOTH = ("worker", "sequencer")


class Happened(Event):
    kind = "test.happened"


@service
def record_happening(tx: Transaction, *, number: int, person_id: int | None) -> int:
    tx.record(Happened(person_id=person_id, establishment_id=1), details={"number": number})
    return number


def write(actor: Actor, number: int, person_id: int | None, *, late: float, fails: bool) -> None:
    """One event: written at once, committed `late` seconds afterwards or rolled back."""
    with transaction.atomic():
        record_happening(Command(actor), number=number, person_id=person_id)
        time.sleep(late)
        if fails:
            raise RolledBack


class RolledBack(Exception):
    pass


@dataclass
class Writers:
    """Write events, so many as `allow` lets through, until `EVENTS` are committed."""

    allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    committed: list[int] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads

    def allow(self, events: int) -> None:
        self.allowed.release(events)

    def _write(self, seed: int) -> None:
        dice = random.Random(seed)
        actor = Actor(user_id=1, name="Writer", badge="W", system=True)
        try:
            while (number := self._next()) is not None:
                person_id = dice.choice([None, *range(1, PERSONS)])
                late = dice.choice([0, 0, 0, 0, 0, 0, 0.02, 0.05, 0.3])
                if dice.random() < 0.05:
                    with pytest.raises(RolledBack):
                        write(actor, -number, person_id, late=0, fails=True)
                write(actor, number, person_id, late=late, fails=False)
                self.committed.append(number)
        except BaseException as failure:
            self.failures.append(failure)
        finally:
            connection.close()

    def _next(self) -> int | None:
        with self._lock:
            number = next(self._numbers)
        if number > EVENTS:
            return None
        self.allowed.acquire()
        return number


class Nursery:
    """Starts workers and sequencers, each a process of its own, and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pims.foundation.outbox.tests.fault_nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._alive: dict[str, int] = {}

    def start(self, what: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        self._alive[what] = int(self._process.stdout.readline())

    def kill(self, what: str) -> None:
        os.kill(self._alive.pop(what), signal.SIGKILL)

    def end(self) -> None:
        for what in list(self._alive):
            self.kill(what)
        self._process.kill()
        self._process.communicate()


@contextmanager
def at_work() -> Iterator[Nursery]:
    nursery = Nursery()
    try:
        for what in BOTH:
            nursery.start(what)
        yield nursery
    finally:
        nursery.end()


@dataclass
class Observer:
    connection: psycopg.Connection[tuple[Any, ...]]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()

    def number(self, query: str) -> int:
        return int(self.rows(query)[0][0])

    def wait_until(self, query: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.rows(query)[0][0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


@pytest.fixture
def observer(fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Observer]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in sys.path if p))
    with psycopg.connect(fresh_database.dsn("owner"), autocommit=True) as owner:
        owner.execute(
            "CREATE TABLE fault_effect (id bigserial, position bigint, person_id bigint,"
            " event_seq bigint)"
        )
        owner.execute("GRANT ALL ON fault_effect, fault_effect_id_seq TO pims_app")
    with psycopg.connect(fresh_database.dsn("app"), autocommit=True) as found:
        yield Observer(found)


def kill_in_the_middle(observer: Observer, writers: Writers, nursery: Nursery) -> int:
    """Kill both `KILLS` times, while events are under way; give how often they were."""
    dice = random.Random(7)
    under_way = 0
    for _ in range(KILLS):
        position = observer.number("SELECT coalesce(max(position), 0) FROM outbox_feed")
        handled = observer.number("SELECT count(*) FROM fault_effect")
        writers.allow(EVENTS // KILLS)
        # Both have done something since their last start, so that every kill is of a live one.
        assert observer.wait_until(
            f"SELECT coalesce(max(position), 0) > {position} FROM outbox_feed", PATIENCE
        )
        assert observer.wait_until(f"SELECT count(*) > {handled} FROM fault_effect", PATIENCE)
        time.sleep(dice.uniform(0, 0.06))
        under_way += observer.number(
            "SELECT ((SELECT count(*) FROM outbox_event)"
            " > (SELECT count(*) FROM fault_effect))::int"
        )
        for what in dice.sample(BOTH, 2):
            nursery.kill(what)
        for what in BOTH:
            nursery.start(what)
    return under_way


def test_nothing_is_lost_or_handled_twice_when_worker_and_sequencer_are_killed_fifty_times(
    observer: Observer, fresh_database: FreshDatabase
) -> None:
    writers = Writers()
    with at_work() as nursery:
        threads = writers.start()
        under_way = kill_in_the_middle(observer, writers, nursery)
        for thread in threads:
            thread.join(PATIENCE)
        assert not writers.failures
        assert len(writers.committed) == EVENTS
        assert observer.wait_until(
            f"SELECT (SELECT count(*) FROM fault_effect) >= {EVENTS}"
            " AND NOT EXISTS (SELECT FROM outbox_parked)"
            " AND NOT EXISTS (SELECT FROM ledger_pending)",
            PATIENCE,
        ), "events were lost"
    assert under_way > KILLS // 2, "the kills did not come in the middle of the work"

    feed = observer.rows(
        "SELECT f.position, e.person_id, e.event_seq, e.serial FROM outbox_feed f"
        " JOIN outbox_event e ON e.id = f.event_id ORDER BY f.position"
    )
    effects = observer.rows("SELECT position, person_id, event_seq FROM fault_effect ORDER BY id")
    assert [row[0] for row in feed] == list(range(1, EVENTS + 1))
    assert sorted(row[0] for row in effects) == list(range(1, EVENTS + 1))

    told_in_feed, told_in_effect = defaultdict(list), defaultdict(list)
    for _, person_id, event_seq, _ in feed:
        told_in_feed[person_id].append(event_seq)
    for _, person_id, event_seq in effects:
        told_in_effect[person_id].append(event_seq)
    for person_id in set(told_in_feed) - {None}:
        expected = list(range(1, len(told_in_feed[person_id]) + 1))
        assert told_in_feed[person_id] == expected
        assert told_in_effect[person_id] == expected
    serials = [row[3] for row in feed]
    newest = accumulate(serials, max)
    late = sum(serial < seen for serial, seen in zip(serials, newest, strict=True))
    assert late > 20, "no transaction committed late"

    report = check_ledger(
        conninfo=fresh_database.dsn("app"), verifier=verifier(), folders=folders()
    )
    assert report.ok, report.problems
    assert report.entries == EVENTS
