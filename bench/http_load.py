"""A bounded load on a server of this machine: kept connections, no more parsing than needed."""

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

HERE = "127.0.0.1"


class Browser:
    """One kept connection with its cookies; it follows nothing and loads no assets."""

    def __init__(
        self, port: int, cookies: dict[str, str] | None = None, *, own: str = HERE
    ) -> None:
        """`own` is the loopback address that it asks from: a PC of its own."""
        self.port, self.own = port, own
        self.cookies = dict(cookies or {})
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, path: str, form: bytes | None = None, headers: str = ""
    ) -> tuple[int, bytes]:
        """The status and the body; `form` makes it a POST."""
        if self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection(
                HERE, self.port, local_addr=(self.own, 0)
            )
        reader, writer = self._reader, self._writer
        assert reader is not None
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\nHost: {HERE}:{self.port}\r\n"
            f"Cookie: {cookies}\r\n{headers}"
        )
        if form is not None:
            head += (
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(form)}\r\nOrigin: http://{HERE}:{self.port}\r\n"
            )
        writer.write(head.encode() + b"\r\n" + (form or b""))
        status, length, chunked = await self._head(reader)
        if chunked:
            return status, await _chunks(reader)
        return status, await reader.readexactly(length)

    async def _head(self, reader: asyncio.StreamReader) -> tuple[int, int, bool]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length, chunked = 0, False
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = "chunked" in value
                case "set-cookie":
                    key, _, kept = value.partition(";")[0].partition("=")
                    self.cookies[key] = kept
        return int(lines[0].split()[1]), length, chunked

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body


def rate(
    port: int,
    paths: Sequence[str],
    *,
    seconds: float,
    at_once: int,
    cookies: dict[str, str] | None = None,
) -> float:
    """Answers a second, `at_once` connections asking for `paths` in turn. Raises on any but 200."""

    async def one(number: int, until: float) -> int:
        browser, count = Browser(port, cookies), 0
        while time.monotonic() < until:
            path = paths[(number + count) % len(paths)]
            status, _ = await browser.ask(path)
            if status != 200:
                raise AssertionError(f"{urlsplit(path).path} answered {status}")
            count += 1
        browser.close()
        return count

    async def all_of_them() -> float:
        began = time.monotonic()
        counts = await asyncio.gather(*(one(n, began + seconds) for n in range(at_once)))
        return sum(counts) / (time.monotonic() - began)

    return asyncio.run(all_of_them())
