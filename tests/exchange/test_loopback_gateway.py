"""The demonstration's gateway: what it lets through, what it throws away, whom it turns off."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from urllib.parse import unquote

import httpx
import pytest

from pims.demo.agency_keys import Authority
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER, gateway_secret
from pims.exchange.api.loopback_gateway import LARGEST_BODY, Front, serve, tls

pytestmark = pytest.mark.any_server


class _Behind(BaseHTTPRequestHandler):
    """PIMS's place behind the socket: it answers with what it was told."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {"headers": self.headers.items(), "path": self.path, "size": len(body)}
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.do_POST()

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def authority(place: Path) -> Authority:
    made = Authority.make()
    made.write(place / "authorities.pem")
    made.issue_server(place / "gateway.pem", place / "gateway.key", names=("localhost",))
    made.issue_client(place / "police.pem", place / "police.key", name="police")
    return made


@pytest.fixture(scope="module")
def address(place: Path, authority: Authority) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    behind = _Server(str(place / "pims.sock"), _Behind)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    loop = asyncio.new_event_loop()
    context = tls(place / "gateway.pem", place / "gateway.key", place / "authorities.pem")
    task = loop.create_task(serve([Front(port, place / "pims.sock")], context))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        threading.Event().wait(0.02)
    yield f"https://localhost:{port}"
    loop.call_soon_threadsafe(task.cancel)
    thread.join(5)
    loop.run_until_complete(asyncio.sleep(0.1))
    loop.close()
    behind.shutdown()
    behind.server_close()


def _context(place: Path, *, client: str = "") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(place / "authorities.pem"))
    if client:
        context.load_cert_chain(place / f"{client}.pem", place / f"{client}.key")
    return context


def test_the_certificate_that_it_saw_is_named_and_nothing_that_the_client_says_of_it(
    place: Path, address: str
) -> None:
    lies = {SECRET_HEADER: "mine", CERTIFICATE_HEADER: "another's"}
    # For whoever makes variables of them these are the same names.
    lies |= {name.replace("-", "_"): value for name, value in lies.items()}
    with httpx.Client(verify=_context(place, client="police")) as http:
        told = http.post(f"{address}/v1/x?q=a%2Fb", content=b"12345", headers=lies).json()
    shown = [value for name, value in told["headers"] if name.lower() == CERTIFICATE_HEADER.lower()]
    secrets = [value for name, value in told["headers"] if name.lower() == SECRET_HEADER.lower()]
    assert not [name for name, _ in told["headers"] if "_" in name]
    assert [unquote(one).split() for one in shown] == [(place / "police.pem").read_text().split()]
    assert secrets == [gateway_secret()]
    assert (told["path"], told["size"]) == ("/v1/x?q=a%2Fb", 5)


def test_without_a_certificate_pims_itself_answers(place: Path, address: str) -> None:
    with httpx.Client(verify=_context(place)) as http:
        told = dict(http.get(f"{address}/v1/x").json()["headers"])
    assert {name.lower(): value for name, value in told.items()}[CERTIFICATE_HEADER.lower()] == ""


def test_a_certificate_of_another_authority_gets_no_connection(place: Path, address: str) -> None:
    stranger = Authority.make()
    stranger.issue_client(place / "stranger.pem", place / "stranger.key", name="police")
    with (
        httpx.Client(verify=_context(place, client="stranger")) as http,
        pytest.raises(httpx.TransportError),
    ):
        http.get(f"{address}/v1/x")


def test_what_is_too_large_is_refused_and_who_hangs_up_harms_nobody(
    place: Path, address: str
) -> None:
    with httpx.Client(verify=_context(place, client="police")) as http:
        assert http.post(f"{address}/v1/x", content=bytes(LARGEST_BODY + 1)).status_code == 413
        with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1]))) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert http.get(f"{address}/v1/x").status_code == 200
