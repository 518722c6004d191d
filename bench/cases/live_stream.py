"""From a change to the new figures on every open board: 200 boards, real sequencer and stream.

Each change is one transaction: the destination of somebody who is out, which every board shows, and
its event. A board counts when the figures in its hands show that change.
"""

import asyncio
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from bench.context import Context
from bench.prison import officer, prison
from bench.results import Result, percentile
from bench.servers import free_port, sequencer, stream
from pims.custody import services as custody
from pims.custody.selectors import roll
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.urls import dsn
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event
from pims.live.sight import view_of
from pims.live.token import issue

CLIENTS = 200
# One board in four is read in Spanish.
SPANISH = 50
CHANGES = 100
PAUSE = 0.25
LARGEST = 4 * 2**20
SHOWN = re.compile(rb"Change (\d+)")
AWAY = "UPDATE custody_escort SET destination = %s WHERE id = %s"


class Happened(Event):
    kind = "custody.bench_happened"


@dataclass
class Times:
    """Seconds from the start of each change to the word of it and to its figures, by board, and
    to a bare listener."""

    began: dict[int, float] = field(default_factory=dict)
    told: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    last_shown: dict[int, float] = field(default_factory=dict)
    noticed: list[float] = field(default_factory=list)
    brought: int = 0


def run(context: Context) -> list[Result]:
    port = free_port()
    with prison(context) as found, sequencer(), stream(port):
        escort = _somebody_out(found.establishment_id)
        _until_ordered()
        actor = officer("duty_senior_officer")[1]
        times = asyncio.run(_measure(port, found.establishment_id, escort, actor))
    told, shown = sorted(times.told), sorted(times.shown)
    last = sorted(times.last_shown.values())
    return [
        Result(
            name=f"change to new figures on all of {CLIENTS} open boards, p99",
            value=1000 * percentile(shown, 0.99),
            unit="ms",
            target=300,
            floor=1000 * percentile(told, 0.99),
            against="change to the word of it at the client, p99",
            details={
                "p50_ms": round(1000 * statistics.median(shown), 1),
                "most_ms": round(1000 * shown[-1], 1),
                "last_board_p50_ms": round(1000 * statistics.median(last), 1),
                "shown": len(shown),
                "brought": times.brought,
                "held": found.held,
            },
        ),
        Result(
            name=f"change to client, {CLIENTS} open streams, p99",
            value=1000 * percentile(told, 0.99),
            unit="ms",
            target=300,
            floor=1000 * percentile(sorted(times.noticed), 0.99),
            against="the sequencer's own notice, p99",
            details={
                "p50_ms": round(1000 * statistics.median(told), 1),
                "most_ms": round(1000 * told[-1], 1),
                "messages": len(told),
            },
        ),
    ]


def _somebody_out(establishment_id: int) -> int:
    """The escort of one prisoner who is out all through."""
    command = Command(system_actor())
    inside = next(row for row in roll(command.actor, establishment_id) if row.inside)
    out = custody.send_out(
        command,
        establishment_id=establishment_id,
        prisoners=[custody.EscortInput(person_id=inside.person_id)],
        kind="court",
        destination="Change 0",
    )
    return out.escorts[0].escort_id


def _until_ordered() -> None:
    """What the making of the prison left to be put in order is none of what is measured."""
    with psycopg.connect(dsn("app"), autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM outbox_pending LIMIT 1").fetchone():
            time.sleep(0.1)


async def _measure(port: int, establishment_id: int, escort: int, actor: Actor) -> Times:
    times = Times()
    boards = [
        await _Board.open(port, establishment_id, actor, language) for language in _languages()
    ]
    readers = [asyncio.create_task(board.read(times)) for board in boards]
    listener = await psycopg.AsyncConnection.connect(dsn("app"), autocommit=True)
    await listener.execute("LISTEN pims_feed")
    writer = await psycopg.AsyncConnection.connect(dsn("app"), autocommit=True)
    async with listener, writer:
        end = await (
            await writer.execute("SELECT coalesce(max(position), 0) FROM outbox_feed")
        ).fetchone()
        assert end is not None
        before = int(end[0])
        for board in boards:
            board.before = before
        await asyncio.gather(*(board.ready.wait() for board in boards))
        watch = asyncio.create_task(_watch(listener, times, before))
        for number in range(1, CHANGES + 1):
            times.began[number] = time.monotonic()
            await _change(writer, establishment_id, escort, number)
            await asyncio.sleep(PAUSE)
        await asyncio.wait_for(asyncio.gather(*readers), 30)
        watch.cancel()
    for board in boards:
        board.writer.close()
    return times


def _languages() -> Iterator[str]:
    for number in range(CLIENTS):
        yield "es" if number < SPANISH else "en"


async def _change(
    writer: psycopg.AsyncConnection[tuple[Any, ...]],
    establishment_id: int,
    escort: int,
    number: int,
) -> None:
    event = Happened(establishment_id=establishment_id)
    _, values = new_event(event, entry_id=UUID(int=0), event_seq=None, at=datetime.now(UTC))
    async with writer.transaction():
        await writer.execute(AWAY, [f"Change {number}", escort])
        await writer.execute(INSERT_EVENT.encode(), values)
    await writer.execute("SELECT pg_notify('pims_pending', '')")


async def _watch(
    listener: psycopg.AsyncConnection[tuple[Any, ...]], times: Times, before: int
) -> None:
    async for told in listener.notifies():
        began = times.began[int(told.payload) - before]
        times.noticed.append(time.monotonic() - began)


class _Board:
    """An open board: reads its stream and looks which change its newest figures show."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.ready = asyncio.Event()
        self.before = self.shown = 0

    @classmethod
    async def open(cls, port: int, establishment_id: int, actor: Actor, language: str) -> "_Board":
        view = view_of(actor, establishment_id, language)
        token = issue(actor, origin="http://127.0.0.1", view=view)
        query = urlencode({"token": token, "again": "1"})
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LARGEST)
        writer.write(f"GET /events?{query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        await reader.readuntil(b"event: ready\n")
        await reader.readuntil(b"\n\n")
        return cls(reader, writer)

    async def read(self, times: Times) -> None:
        """Until the last change is shown. What comes before the first change only makes ready."""
        while self.shown < CHANGES:
            message = await self.reader.readuntil(b"\n\n")
            now = time.monotonic()
            if b"event: figures\n" in message:
                self._look(message, now, times)
            elif (at := message.find(b"id: ")) >= 0:
                position = int(message[at + 4 : message.index(b"\n", at)])
                times.told.append(now - times.began[position - self.before])

    def _look(self, message: bytes, now: float, times: Times) -> None:
        found = SHOWN.search(message)
        if found is None:
            raise AssertionError("the figures do not show who is out")
        self.ready.set()
        times.brought += 1
        for number in range(self.shown + 1, int(found[1]) + 1):
            took = now - times.began[number]
            times.shown.append(took)
            times.last_shown[number] = max(took, times.last_shown.get(number, 0))
        self.shown = max(self.shown, int(found[1]))
