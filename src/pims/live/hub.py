"""From the feed to every open board: one listener a process, one short queue a client."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from pims.foundation.ledger.entries import new_read
from pims.foundation.outbox.records import FEED_CHANNEL
from pims.kernel import clock
from pims.live.boards import Boards
from pims.live.token import Pass

QUEUE_LENGTH = 256
CATCH_UP_AT_MOST = 2000
PAGE = 500
POLL_SECONDS = 5.0
RECONNECT_SECONDS = 0.5

Row = tuple[int, str, int | None]

_READ = """
SELECT f.position, e.kind, e.establishment_id FROM outbox_feed f
JOIN outbox_event e ON e.id = f.event_id
WHERE f.position > %s AND f.position <= %s ORDER BY f.position LIMIT %s
"""
_END = "SELECT coalesce(max(position), 0) FROM outbox_feed"

log = logging.getLogger("pims.stream")


def message(row: Row) -> bytes:
    """One event as the stream writes it: position, kind, establishment; never a person."""
    position, kind, establishment_id = row
    data = json.dumps(
        {"position": position, "kind": kind, "establishment_id": establishment_id},
        separators=(",", ":"),
    )
    return f"id: {position}\ndata: {data}\n\n".encode()


class Client:
    """One open board. Its queue is bounded: who can't keep up is told to come again."""

    __slots__ = (
        "_exact", "_rooms", "figures", "left", "overflowed", "position", "queue", "shown", "viewer",
        "wake",
    )  # fmt: skip

    def __init__(self, viewer: Pass, topics: frozenset[str]) -> None:
        self.viewer = viewer
        self._exact = frozenset(topic for topic in topics if "." in topic)
        self._rooms = topics - self._exact
        self.queue: deque[bytes] = deque()
        self.wake = asyncio.Event()
        self.overflowed = False
        self.left = False
        # Only the newest figures are worth sending, and only if they differ from those shown.
        self.figures = b""
        self.shown = ""
        self.position = -1

    def wants(self, row: Row) -> bool:
        _, kind, establishment_id = row
        if not self.viewer.sees(establishment_id):
            return False
        if not self._rooms and not self._exact:
            return True
        return kind in self._exact or kind.partition(".")[0] in self._rooms

    def put(self, data: bytes) -> None:
        if len(self.queue) >= QUEUE_LENGTH:
            self.overflowed = True
            self.queue.clear()
        if not self.overflowed:
            self.queue.append(data)
        self.wake.set()

    def show(self, data: bytes) -> None:
        self.figures = data
        self.wake.set()

    def take(self) -> bytes:
        """Everything that waits to be sent; nothing waits afterwards."""
        data = b"".join(self.queue) + self.figures
        self.queue.clear()
        self.figures = b""
        return data

    def leave(self) -> None:
        self.left = True
        self.wake.set()


class Hub:
    """Knows the end of the feed and everyone who waits for it to grow."""

    def __init__(self, conninfo: str, *, boards: Boards | None = None) -> None:
        self._conninfo = conninfo
        self.boards = boards or Boards()
        self._pool = AsyncConnectionPool(
            conninfo, min_size=1, max_size=4, open=False, kwargs={"autocommit": True}, timeout=5
        )
        self._task: asyncio.Task[None] | None = None
        self._advancing = asyncio.Lock()
        self.position: int | None = None
        self.clients: set[Client] = set()

    async def start(self) -> None:
        await self._pool.open()
        self.boards.start()
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.boards.stop()
        await self._pool.close()

    async def join(self, client: Client) -> int:
        """Add the client; from the returned position on it is told of everything by its queue.

        Raises psycopg.OperationalError while the database is away.
        """
        if self.position is None:
            await self._advance()
        assert self.position is not None
        self.clients.add(client)
        return self.position

    def watch(self, client: Client, *, figures_at_once: bool) -> None:
        """Bring the client the figures of its view from now on, if its pass names one."""
        if client.viewer.view is not None:
            position = self.position if figures_at_once else None
            self.boards.join(client, client.viewer.view, position=position)

    def part(self, client: Client) -> None:
        self.clients.discard(client)
        if client.viewer.view is not None:
            self.boards.part(client, client.viewer.view)

    async def record_opening(self, viewer: Pass, topics: frozenset[str]) -> None:
        """A live board is one ledger entry a connection."""
        ids = None if viewer.establishment_ids is None else sorted(viewer.establishment_ids)
        entry = new_read(
            actor_id=viewer.user_id,
            page="live.stream",
            person_ids=[],
            establishment_id=ids[0] if ids and len(ids) == 1 else None,
            at=clock.now(),
            establishments=ids,
            topics=sorted(topics),
        )
        async with self._pool.connection() as connection, connection.transaction():
            for statement, values in entry.statements:
                await connection.execute(statement.encode(), values)

    async def missed(self, client: Client, after: int, upto: int) -> AsyncIterator[bytes]:
        """What the client has not seen between the two positions, a page at a time."""
        while after < upto:
            rows = await self._read(after, upto)
            if not rows:
                return
            after = rows[-1][0]
            if data := b"".join(message(row) for row in rows if client.wants(row)):
                yield data

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {FEED_CHANNEL}")
                    await self._follow(connection)
            except psycopg.Error as error:
                log.warning("the database is away: %s", str(error).strip())
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _follow(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        """Go on for as long as the connection lives; look by itself where nothing is told."""
        while True:
            await self._advance()
            async for told in connection.notifies(timeout=POLL_SECONDS):
                if self.position is None or int(told.payload or 0) > self.position:
                    await self._advance()

    async def _advance(self) -> None:
        """Tell everyone of what is new in the feed."""
        async with self._advancing:
            if self.position is None:
                async with self._pool.connection() as connection:
                    row = await (await connection.execute(_END)).fetchone()
                    assert row is not None
                    self.position = int(row[0])
            while rows := await self._read(self.position, 2**62):
                for row in rows:
                    self._tell(row)
                self.position = rows[-1][0]

    def _tell(self, row: Row) -> None:
        data = message(row)
        sights = set()
        for client in self.clients:
            if client.wants(row):
                client.put(data)
                if client.viewer.view is not None:
                    sights.add(client.viewer.view.sight)
        for sight in sights:
            self.boards.changed(sight)

    async def _read(self, after: int, upto: int) -> list[Row]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_READ, [after, upto, PAGE])
            return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
