"""The live stream: server-sent events, in a small process of its own (ASGI, no Django requests).

Run as ``uvicorn pims.live.stream:app``. ``GET /events?token=...&topics=...&after=...`` answers with
a message for each event that the token's holder may know of. A client that comes again says how
far it was (``Last-Event-ID``, else ``after``) and is told what it missed.

Named events: ``ready`` once, ``reset`` where too much was missed to list it (ask for everything
again), ``renew`` at the end of a connection's life and where a client was too slow (get a new
address and come again). Where the pass names a view, ``figures`` brings the board's figures after
every change (``{"position", "html"}``), or ``fetch`` says that the client must get them itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg_pool import PoolTimeout

from pims.live.boards import Boards
from pims.live.hub import CATCH_UP_AT_MOST, Client, Hub
from pims.live.token import NotAPass, Pass, read_pass

HEARTBEAT_SECONDS = 15.0
# Rights may be taken away: nobody keeps a stream longer without asking the page server again.
LIFE_SECONDS = 15 * 60.0
SEND_SECONDS = 20.0
MOST_CLIENTS = 2000
LONGEST_QUERY = 16384

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HEARTBEAT = b": still here\n\n"
_RENEW = b"event: renew\ndata: {}\n\n"
_RESET = b"event: reset\ndata: {}\n\n"

log = logging.getLogger("pims.stream")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, for what, from which position on, and whether they were here before."""

    viewer: Pass
    topics: frozenset[str]
    after: int | None
    again: bool


class Refusal(Exception):
    """An answer other than a stream."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Stream:
    """The ASGI application. `conninfo` and `key` are looked up at start where not given."""

    def __init__(
        self,
        *,
        conninfo: str | None = None,
        key: str | None = None,
        heartbeat: float = HEARTBEAT_SECONDS,
        life: float = LIFE_SECONDS,
        boards: Callable[[], Boards] = Boards,
    ) -> None:
        self._conninfo, self._key = conninfo, key
        self._heartbeat, self._life, self._boards = heartbeat, life, boards
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self.hub is not None:
            await self.hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        from pims.foundation.database.urls import dsn
        from pims.foundation.vault.secrets import django_secret_key

        self._key = self._key or django_secret_key()
        self.hub = Hub(self._conninfo or dsn("app"), boards=self._boards())
        await self.hub.start()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = ""
        try:
            if scope["path"] == "/healthz":
                raise Refusal(200, "ok")
            if scope["path"] != "/events" or scope["method"] != "GET":
                raise Refusal(404, "not found")
            asked = self._ask(scope)
            origin = asked.viewer.origin
            await self._open(asked, receive, send)
        except Refusal as refusal:
            await _answer(send, refusal.status, str(refusal), origin)
        except (psycopg.OperationalError, PoolTimeout):
            await _answer(send, 503, "the database is away", origin)

    def _ask(self, scope: Scope) -> Asked:
        """Raises Refusal."""
        if len(scope["query_string"]) > LONGEST_QUERY:
            raise Refusal(414, "the address is too long")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        assert self._key is not None
        try:
            viewer = read_pass(query.get("token", [""])[0], key=self._key)
        except NotAPass:
            raise Refusal(401, "no valid token: get a new address from the page") from None
        if headers.get(b"origin", viewer.origin) != viewer.origin:
            raise Refusal(403, "the token was given to another page")
        topics = frozenset(t for t in query.get("topics", [""])[0].split(",") if t)
        last = headers.get(b"last-event-id") or query.get("after", [""])[0]
        # Longer than a position can be: it is none.
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None
        return Asked(viewer, topics, after, again=b"last-event-id" in headers or "again" in query)

    async def _open(self, asked: Asked, receive: Receive, send: Send) -> None:
        assert self.hub is not None
        if len(self.hub.clients) >= MOST_CLIENTS:
            raise Refusal(503, "too many boards are open")
        client = Client(asked.viewer, asked.topics)
        await self.hub.record_opening(asked.viewer, asked.topics)
        position = await self.hub.join(client)
        watcher = asyncio.create_task(_watch(client, receive))
        try:
            await send(_head(200, "text/event-stream; charset=utf-8", asked.viewer.origin))
            await self._catch_up(client, asked.after, position, send)
            # A page that has just been made holds the figures of its position already.
            self.hub.watch(client, figures_at_once=asked.again or asked.after != position)
            await self._follow(client, send)
        except TimeoutError:
            log.info("a client stopped reading and was let go")
            raise
        finally:
            self.hub.part(client)
            watcher.cancel()

    async def _catch_up(self, client: Client, after: int | None, position: int, send: Send) -> None:
        assert self.hub is not None
        if after is not None and not 0 <= position - after <= CATCH_UP_AT_MOST:
            await _write(send, _RESET)
        elif after is not None:
            try:
                async for data in self.hub.missed(client, after, position):
                    await _write(send, data)
            except (psycopg.OperationalError, PoolTimeout):
                await _write(send, _RESET)
        ready = f'retry: 2000\nid: {position}\nevent: ready\ndata: {{"position":{position}}}\n\n'
        await _write(send, ready.encode())

    async def _follow(self, client: Client, send: Send) -> None:
        ends = asyncio.get_running_loop().time() + self._life
        while not client.left:
            left = ends - asyncio.get_running_loop().time()
            if client.overflowed or left <= 0:
                await _write(send, _RENEW, more=False)
                return
            try:
                async with asyncio.timeout(min(self._heartbeat, left)):
                    await client.wake.wait()
            except TimeoutError:
                if left > self._heartbeat:
                    await _write(send, _HEARTBEAT)
                continue
            client.wake.clear()
            if data := client.take():
                await _write(send, data)


async def _watch(client: Client, receive: Receive) -> None:
    """Notice that the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    client.leave()


async def _write(send: Send, data: bytes, *, more: bool = True) -> None:
    """Raises TimeoutError where the client does not read."""
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": data, "more_body": more})


async def _answer(send: Send, status: int, text: str, origin: str) -> None:
    await send(_head(status, "text/plain; charset=utf-8", origin))
    await send({"type": "http.response.body", "body": text.encode()})


def _head(status: int, content_type: str, origin: str) -> Message:
    headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"origin"),
    ]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-allow-credentials", b"true"),
        ]
    return {"type": "http.response.start", "status": status, "headers": headers}


app = Stream()
