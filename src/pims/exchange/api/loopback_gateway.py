"""A gateway for one machine: mutual TLS in front of the agencies' sockets, on loopback only.

What nginx does in an installation (`deploy/nginx`), for the demonstration and for whoever develops
against it: it holds the TLS connection, throws away what a client says in the gateway's own
headers, names the certificate that it saw, and hands the call through the Unix socket. Each
connection is closed after its answer.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import h11

from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER, gateway_secret

log = logging.getLogger(__name__)
HERE = "127.0.0.1"
LARGEST_BODY = 8 * 1024 * 1024
SECONDS = 60.0
_OWN = {SECRET_HEADER.lower().encode(), CERTIFICATE_HEADER.lower().encode()}
_HOP = {b"connection", b"transfer-encoding", b"keep-alive", b"upgrade"}


@dataclass(frozen=True, slots=True)
class Front:
    """A port of this machine and the socket behind it."""

    port: int
    socket: Path


def tls(certificate: Path, key: Path, authorities: Path) -> ssl.SSLContext:
    """TLS 1.3; whoever shows no certificate is answered by PIMS, in words."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authorities))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(certificate, key)
    return context


async def serve(fronts: list[Front], context: ssl.SSLContext) -> None:
    """Serve until it is cancelled."""
    servers = [
        await asyncio.start_server(_handler(front.socket), HERE, front.port, ssl=context)
        for front in fronts
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _handler(socket: Path) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await _one_call(reader, writer, socket)
        except (OSError, TimeoutError, h11.ProtocolError) as error:
            log.info("a call was given up: %s", error)
        finally:
            writer.close()
            with suppress(OSError, ssl.SSLError):
                await writer.wait_closed()

    return handle


async def _one_call(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, socket: Path
) -> None:
    agency = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    request = await _next(agency, reader)
    if not isinstance(request, h11.Request):
        return
    if agency.they_are_waiting_for_100_continue:
        writer.write(agency.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
    body = await _body(agency, reader)
    if body is None:
        writer.write(_plain(agency, 413))
        return
    try:
        pims_reader, pims_writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        writer.write(_plain(agency, 503))
        return
    try:
        status, headers, answer = await _ask(pims_reader, pims_writer, request, body, _seen(writer))
    finally:
        pims_writer.close()
    sent = [(name, value) for name, value in headers if name not in _HOP]
    sent.append((b"connection", b"close"))
    writer.write(agency.send(h11.Response(status_code=status, headers=sent)) or b"")
    if answer:
        writer.write(agency.send(h11.Data(data=answer)) or b"")
    writer.write(agency.send(h11.EndOfMessage()) or b"")
    await writer.drain()


def _seen(writer: asyncio.StreamWriter) -> bytes:
    """The certificate that was shown, as nginx's `$ssl_client_escaped_cert`; empty for none."""
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return quote(ssl.DER_cert_to_PEM_cert(der), safe="").encode() if der else b""


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: h11.Request,
    body: bytes,
    certificate: bytes,
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """The call as PIMS gets it, and its answer."""
    pims = h11.Connection(h11.CLIENT)
    headers = [
        (name, value)
        for name, value in request.headers
        # As nginx does: behind the socket "_" and "-" are one, and a name of ours could be two.
        if b"_" not in name and name not in _OWN | _HOP | {b"content-length", b"expect"}
    ]
    headers += [
        (SECRET_HEADER.encode(), gateway_secret().encode()),
        (CERTIFICATE_HEADER.encode(), certificate),
        (b"Connection", b"close"),
    ]
    if body or request.method == b"POST":
        headers.append((b"Content-Length", str(len(body)).encode()))
    asked = h11.Request(method=request.method, target=request.target, headers=headers)
    writer.write(pims.send(asked) or b"")
    if body:
        writer.write(pims.send(h11.Data(data=body)) or b"")
    writer.write(pims.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    response = await _next(pims, reader)
    while isinstance(response, h11.InformationalResponse):
        response = await _next(pims, reader)
    if not isinstance(response, h11.Response):
        raise OSError("PIMS closed the connection")
    return response.status_code, list(response.headers), await _body(pims, reader, None) or b""


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            return event
        connection.receive_data(await reader.read(65_536))


async def _body(
    connection: h11.Connection, reader: asyncio.StreamReader, most: int | None = LARGEST_BODY
) -> bytes | None:
    """The whole body; None where there is more than `most`."""
    found = bytearray()
    while True:
        event = await _next(connection, reader)
        if isinstance(event, h11.Data):
            found += event.data
            if most is not None and len(found) > most:
                return None
        elif isinstance(event, h11.EndOfMessage):
            return bytes(found)
        else:
            raise OSError("the connection ended in the middle")


def _plain(connection: h11.Connection, status: int) -> bytes:
    headers = [("content-length", "0"), ("connection", "close")]
    head = connection.send(h11.Response(status_code=status, headers=headers)) or b""
    return head + (connection.send(h11.EndOfMessage()) or b"")
