"""From a change to every open board: 200 clients on this machine, real sequencer and stream."""

import asyncio
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from bench.context import Context
from bench.results import Result
from pims.foundation.access.actor import Actor
from pims.foundation.database.urls import dsn
from pims.foundation.outbox.records import INSERT_EVENT, new_event
from pims.kernel.events import Event
from pims.live.token import issue

CLIENTS = 200
CHANGES = 100
PAUSE = 0.1


class Happened(Event):
    kind = "bench.happened"


def run(context: Context) -> list[Result]:
    port = _free_port()
    with _processes(port):
        times, floor = asyncio.run(_measure(port))
    times.sort()
    return [
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
        )
    ]


@contextmanager
def _processes(port: int) -> Iterator[None]:
    started = [
        subprocess.Popen([sys.executable, "-m", "pims.foundation.ledger.sequencer"]),
        subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "pims.live.stream:app", "--port", str(port),
                "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "1",
            ]
        ),
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > deadline:
                raise TimeoutError("the stream did not start")
            time.sleep(0.05)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


async def _measure(port: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of each change to each client, and to a bare listener."""
    began: dict[int, float] = {}
    times: list[float] = []
    floor: list[float] = []
    clients = [await _Board.open(port) for _ in range(CLIENTS)]
    readers = [asyncio.create_task(client.read(CHANGES, times, began)) for client in clients]
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
            await _change(writer)
            await asyncio.sleep(PAUSE)
        await asyncio.wait_for(asyncio.gather(*readers), 30)
        watch.cancel()
    for client in clients:
        client.writer.close()
    return times, floor


async def _change(writer: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
    event = Happened(establishment_id=1)
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
                times.append(time.monotonic() - began[int(line[4:])])
                count -= 1


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
