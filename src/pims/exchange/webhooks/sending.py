"""Posting one message to one address, and never to one that it may not be posted to.

Connections are made to the very address that was judged. Redirects are not followed, proxies of
the environment not used, and of an answer no more is read than says whether it was taken.
"""

import asyncio
import contextlib
import socket
import ssl
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore

from pims.exchange.rules.addresses import AllowedNetwork, refuse_address, target_of
from pims.kernel import clock

CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 4.0, 10.0, 15.0
LARGEST_ANSWER = 4096
KEPT_OPEN_SECONDS = 60.0
AT_ONCE = 4

AllowedNow = Callable[[], Iterable[AllowedNetwork]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt. `status` is None where there was no answer; then `error` says
    why. `asked_for` is how long the receiver asked us to wait."""

    status: int | None
    error: str = ""
    asked_for: timedelta | None = None


class AddressRefused(OSError):
    """A name stands for an address that nothing is sent to."""


class _JudgedBackend(httpcore.AsyncNetworkBackend):
    """Looks a name up itself, judges every address and connects to one that it judged."""

    def __init__(self, allowed: AllowedNow, *, plain: bool) -> None:
        self._allowed, self._plain = allowed, plain
        self._wire = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        allowed = tuple(self._allowed())
        # One bad address among several is enough: which of them is tried is nobody's to choose.
        for address in addresses:
            if refuse_address(address, allowed, plain=self._plain) is not None:
                raise AddressRefused(f"nothing is sent to {address}")
        last: Exception = OSError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._wire.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("nothing is sent to a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Sender:
    """The open connections to one endpoint. One event loop uses it, and closes it."""

    def __init__(self, url: str, *, allowed: AllowedNow, tls: ssl.SSLContext | None = None) -> None:
        """Raises ValueError for an address that is not one of an endpoint."""
        target, reason = target_of(url)
        if target is None:
            raise ValueError(reason.code if reason else url)
        self.url = url
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=AT_ONCE,
            keepalive_expiry=KEPT_OPEN_SECONDS,
            network_backend=_JudgedBackend(allowed, plain=target.plain),
        )

    async def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post and say what became of it; never raises for what the other side did."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._post(headers, body)
        except TimeoutError:
            return Answer(None, "no answer in time")
        except AddressRefused as refused:
            return Answer(None, str(refused))
        except httpcore.TimeoutException as late:
            return Answer(None, f"no answer in time ({type(late).__name__})")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:300])

    async def _post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        sent = [
            ("content-type", "application/cloudevents+json"),
            ("content-length", str(len(body))),
            ("user-agent", "PIMS"),
            *headers.items(),
        ]
        target, _ = target_of(self.url)
        assert target is not None
        async with self._pool.stream(
            "POST",
            self.url,
            headers=[("host", _host(target.host, target.port, target.scheme)), *sent],
            content=body,
            extensions={
                "timeout": {
                    "connect": CONNECT_SECONDS, "read": ANSWER_SECONDS,
                    "write": ANSWER_SECONDS, "pool": WHOLE_SECONDS,
                }
            },
        ) as answer:  # fmt: skip
            given = {k.lower(): v for k, v in answer.headers}
            read = 0
            async for part in answer.aiter_stream():
                read += len(part)
                if read > LARGEST_ANSWER:
                    break
            asked = _asked_for(given.get(b"retry-after", b"").decode("latin-1"), clock.now())
            return Answer(answer.status, "", asked)

    async def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            await self._pool.aclose()


def _host(host: str, port: int, scheme: str) -> str:
    named = f"[{host}]" if ":" in host else host
    return named if port == {"https": 443, "http": 80}[scheme] else f"{named}:{port}"


def _asked_for(value: str, now: datetime) -> timedelta | None:
    """How long ``Retry-After`` asks to wait: seconds, or until an instant."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return timedelta(seconds=int(value))
    with contextlib.suppress(ValueError, TypeError):
        until = parsedate_to_datetime(value)
        if until.tzinfo is not None and until > now:
            return until - now
    return None
