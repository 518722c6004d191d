"""From a change to every open board: 200 clients on this machine, real sequencer and stream."""

import asyncio
import statistics
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from bench.context import Context
from bench.http_load import Browser
from bench.prison import officer, prison, session_of
from bench.results import Result, percentile
from bench.servers import free_port, pages, sequencer, stream
from pims.foundation.access.actor import Actor
from pims.foundation.database.urls import dsn
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event
from pims.live.token import issue

CLIENTS = 200
CHANGES = 100
PAUSE = 0.25
FIGURES = "/board/figures/"


class Happened(Event):
    kind = "bench.happened"


def run(context: Context) -> list[Result]:
    port, web = free_port(), free_port()
    with (
        prison(context) as found,
        sequencer(),
        stream(port),
        pages(web, PIMS_PORT=str(web), PIMS_EVENTS_PORT=str(port)),
    ):
        _until_ordered()
        cookies = {"pims_session": session_of(officer("duty_senior_officer")[0])}
        times, floor, shown = asyncio.run(
            _measure(port, found.establishment_id, Browser(web, cookies), Browser(web, cookies))
        )
    times.sort()
    return [
        Result(
            name=f"change to figures on the board, sampled on 2 of {CLIENTS} open boards, p99",
            value=1000 * percentile(shown, 0.99),
            unit="ms",
            target=300,
            floor=1000 * percentile(times, 0.99),
            against="change to client, p99",
            details={
                "p50_ms": round(1000 * statistics.median(shown), 1),
                "fetched": len(shown),
                "held": found.held,
            },
        ),
        Result(
            name=f"change to client, {CLIENTS} open streams, p99",
            value=1000 * times[int(len(times) * 0.99)],
            unit="ms",
            target=300,
            floor=1000 * statistics.quantiles(floor, n=100)[98],
            against="the sequencer's own notice, p99",
            details={
                "p50_ms": round(1000 * statistics.median(times), 1),
                "most_ms": round(1000 * times[-1], 1),
                "messages": len(times),
            },
        ),
    ]


def _until_ordered() -> None:
    """What the making of the prison left to be put in order is none of what is measured."""
    with psycopg.connect(dsn("app"), autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM outbox_pending LIMIT 1").fetchone():
            time.sleep(0.1)


async def _measure(
    port: int, establishment_id: int, *browsers: Browser
) -> tuple[list[float], list[float], list[float]]:
    """Seconds from the start of each change to each client, to a bare listener, and to the new
    figures in the hands of the boards that `browsers` stand for."""
    began: dict[int, float] = {}
    times: list[float] = []
    floor: list[float] = []
    shown: list[float] = []
    for browser in browsers:
        for _ in range(6):
            await browser.ask(FIGURES)
    clients = [await _Board.open(port) for _ in range(CLIENTS)]
    readers = [asyncio.create_task(client.read(CHANGES, times, began)) for client in clients]
    boards = [
        asyncio.create_task(_board(client, browser, shown, began))
        for client, browser in zip(clients, browsers, strict=False)
    ]
    listener = await psycopg.AsyncConnection.connect(dsn("app"), autocommit=True)
    await listener.execute("LISTEN pims_feed")
    writer = await psycopg.AsyncConnection.connect(dsn("app"), autocommit=True)
    async with listener, writer:
        watch = asyncio.create_task(_watch(listener, floor, began))
        row = await (
            await writer.execute("SELECT coalesce(max(position), 0) FROM outbox_feed")
        ).fetchone()
        assert row is not None
        for number in range(1, CHANGES + 1):
            # The position that this change will have: nobody else writes.
            began[int(row[0]) + number] = time.monotonic()
            await _change(writer, establishment_id)
            await asyncio.sleep(PAUSE)
        await asyncio.wait_for(asyncio.gather(*readers), 30)
        watch.cancel()
    for board in boards:
        board.cancel()
    for client in clients:
        client.writer.close()
    return times, floor, shown


async def _board(
    client: "_Board", browser: Browser, shown: list[float], began: dict[int, float]
) -> None:
    """Fetch the figures when told of a change, and again after it if more came meanwhile."""
    while True:
        await client.told.wait()
        client.told.clear()
        position = client.position
        status, _ = await browser.ask(FIGURES)
        if status != 200:
            raise AssertionError(f"{FIGURES} answered {status}")
        shown.append(time.monotonic() - began[position])


async def _change(writer: psycopg.AsyncConnection[tuple[Any, ...]], establishment_id: int) -> None:
    event = Happened(establishment_id=establishment_id)
    _, values = new_event(event, entry_id=UUID(int=0), event_seq=None, at=datetime.now(UTC))
    async with writer.transaction():
        await writer.execute(INSERT_EVENT.encode(), values)
    await writer.execute("SELECT pg_notify('pims_pending', '')")


async def _watch(
    listener: psycopg.AsyncConnection[tuple[Any, ...]], floor: list[float], began: dict[int, float]
) -> None:
    async for told in listener.notifies():
        floor.append(time.monotonic() - began[int(told.payload)])  # noqa: PERF401 - cancelled


class _Board:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.told, self.position = asyncio.Event(), 0

    @classmethod
    async def open(cls, port: int) -> "_Board":
        actor = Actor(user_id=1, name="Bench", badge="B", system=True)
        query = urlencode({"token": issue(actor, origin="http://127.0.0.1")})
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /events?{query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        await reader.readuntil(b"event: ready\n")
        await reader.readuntil(b"\n\n")
        return cls(reader, writer)

    async def read(self, count: int, times: list[float], began: dict[int, float]) -> None:
        while count:
            line = await self.reader.readline()
            if not line:
                raise ConnectionError("the stream ended")
            if line.startswith(b"id: "):
                self.position = int(line[4:])
                times.append(time.monotonic() - began[self.position])
                self.told.set()
                count -= 1
