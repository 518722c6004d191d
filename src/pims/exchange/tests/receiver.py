"""A receiver on this machine's loopback, to push to: it keeps what comes and answers as told."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Got:
    """One request: when it came, its headers in small letters, its body."""

    at: float
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


Answering = Callable[[Got], int]


@dataclass
class Receiver:
    """`answer` gives the status of each request; `wait` seconds pass before it does."""

    answer: Answering = lambda got: 204
    wait: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 0
    got: list[Got] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def messages(self) -> list[Got]:
        """Without the heartbeats."""
        return [one for one in list(self.got) if not one.message_id.startswith("heartbeat-")]

    def ids(self) -> list[str]:
        return [one.message_id for one in self.messages]

    def until(self, count: int, *, within: float = 10.0) -> list[Got]:
        """The messages, once there are so many."""
        deadline = time.monotonic() + within
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"{len(self.messages)} of {count} came"
            time.sleep(0.02)
        return self.messages


@contextmanager
def receiving(
    receiver: Receiver | None = None, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """The receiver listens within the block."""
    found = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            got = Got(time.monotonic(), headers, body)
            found.got.append(got)
            time.sleep(found.wait)
            self.send_response(found.answer(got))
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever hung up has hung up."""

    server = Server(("127.0.0.1", port), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
