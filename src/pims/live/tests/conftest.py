"""A live stream to test with: the real server in a thread, on a feed of its own."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg
import pytest
import uvicorn
from django.core import signing

from pims.foundation.database.ephemeral import database_from_template
from pims.foundation.ledger.sequence import State, step
from pims.foundation.ledger.tests.conftest import migrated
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event
from pims.live.sight import View
from pims.live.stream import Stream
from tests.fixtures.database import FreshDatabase

KEY = "a key of this test alone"
ORIGIN = "http://pages.test:8000"


@dataclass
class Feed:
    """Events, written as the application and put in order as the sequencer."""

    database: FreshDatabase
    app: psycopg.Connection[tuple[Any, ...]]
    sequencer: psycopg.Connection[tuple[Any, ...]]
    state: State = field(default_factory=State)

    def put(self, kind: str, *establishments: int | None) -> None:
        with self.app.transaction():
            for establishment_id in establishments:
                happened = type("Happened", (Event,), {"kind": kind})
                event = happened(person_id=41, establishment_id=establishment_id)
                _, values = new_event(
                    event,
                    entry_id=UUID(int=0),
                    event_seq=uuid4().int % 2**62,
                    at=datetime.now(UTC),
                )
                self.app.execute(INSERT_EVENT.encode(), values)
        self.state, _ = step(self.sequencer, self.state, limit=10_000)


class Board:
    """An open page: reads the stream, message by message."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self._connection.request("GET", path, headers={"Origin": ORIGIN, **headers})
        self.response = self._connection.getresponse()

    @property
    def status(self) -> int:
        return self.response.status

    def next(self) -> dict[str, str]:
        """The fields of the next message; a comment has the field ``""``. Empty at the end."""
        found: dict[str, str] = {}
        while line := self.response.readline().decode():
            if line == "\n":
                if found:
                    return found
                continue
            name, _, value = line.rstrip("\n").partition(":")
            found[name] = value.strip()
        return found

    def next_data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.next()["data"])
        return found

    def kinds(self, count: int) -> list[str]:
        return [self.next_data()["kind"] for _ in range(count)]

    def close(self) -> None:
        self.response.close()
        self._connection.close()


@dataclass
class Live:
    feed: Feed
    stream: Stream
    port: int
    boards: list[Board] = field(default_factory=list)

    def token(
        self,
        establishments: list[int] | None = None,
        *,
        origin: str = ORIGIN,
        key: str = KEY,
        view: View | None = None,
    ) -> str:
        claims: dict[str, Any] = {"u": 9, "e": establishments, "o": origin}
        if view is not None:
            claims["v"] = view.claims()
        return signing.dumps(claims, key=key, salt="pims.live.stream")

    def open(
        self,
        establishments: list[int] | None = None,
        *,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        view: View | None = None,
        **query: str,
    ) -> Board:
        # What was put before is behind the page, not on its way.
        assert self.stream.hub is not None
        self.wait_for(lambda: self.stream.hub.position == self.feed.state.feed)
        token = self.token(establishments, view=view) if token is None else token
        return self.get(f"/events?{urlencode({'token': token, **query})}", headers)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Board:
        board = Board(self.port, path, headers or {})
        self.boards.append(board)
        return board

    def open_ready(self, *args: Any, **more: Any) -> Board:
        board = self.open(*args, **more)
        assert board.next()["event"] == "ready"
        return board

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@contextmanager
def serving(stream: Stream) -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(stream, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def live_database(django_db_setup: None) -> Iterator[FreshDatabase]:
    with database_from_template() as name:
        yield migrated(name)


@pytest.fixture
def feed(live_database: FreshDatabase) -> Iterator[Feed]:
    with psycopg.connect(live_database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "TRUNCATE outbox_event, outbox_pending, outbox_feed, ledger_entry, ledger_pending,"
            " ledger_leaf, ledger_detail CASCADE"
        )
    with (
        psycopg.connect(live_database.dsn("app"), autocommit=True) as app,
        psycopg.connect(live_database.dsn("sequencer"), autocommit=True) as sequencer,
    ):
        yield Feed(live_database, app, sequencer)


@pytest.fixture
def live(feed: Feed) -> Iterator[Live]:
    with live_stream(feed) as found:
        yield found


@contextmanager
def live_stream(feed: Feed, **options: Any) -> Iterator[Live]:
    stream = Stream(conninfo=feed.database.dsn("app"), key=KEY, **options)
    with serving(stream) as port:
        found = Live(feed, stream, port)
        try:
            yield found
        finally:
            for board in found.boards:
                board.close()
