"""The parts of every program: its folder, the connection to PIMS, the page server."""

import html
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pims_agency.store import Store
from pims_client import Client, Credentials, NotGenuine, feed, webhooks
from pims_client.errors import PimsError

log = logging.getLogger(__name__)
HERE = "127.0.0.1"
LARGEST = 8 * 1024 * 1024
EVERY = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """What a request is answered with."""

    body: bytes
    status: int = HTTPStatus.OK
    kind: str = "text/html; charset=utf-8"
    goes_to: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a page: its parts, and a form's fields."""

    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Program:
    """What one agency does: the purpose of its agreement, who asks, its pages, and what it does
    all the time, each in a thread."""

    purpose: str
    end_user: str
    pages: Callable[["Desk", Asked], Page]
    always: tuple[Callable[["Desk"], None], ...]


@dataclass
class Desk:
    """One agency's program at work, with its own store."""

    program: Program
    credentials: Credentials
    folder: Path
    state: Path
    store: Store = field(init=False)
    stop: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)
    problem: str = "not connected yet"
    heard_at: datetime | None = None
    _calls: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.store = Store(self.state / "store.db")

    @property
    def client(self) -> Client:
        """The calling thread's own connection."""
        found: Client | None = getattr(self._calls, "client", None)
        if found is None:
            found = Client(
                self.credentials, purpose=self.program.purpose, end_user=self.program.end_user
            )
            self._calls.client = found
        return found

    # -- the feed ------------------------------------------------------------------------------
    def follow(self) -> None:
        """Stay in step with the feed until the program stops."""
        feed.follow(
            self.client, self.store, stop=self.stop, wake=self.wake, every=EVERY, told=self.heard
        )

    def heard(self, problem: PimsError | None) -> None:
        self.problem = str(problem) if problem else ""
        if problem is None:
            self.heard_at = datetime.now(UTC)

    def take_push(self, headers: Mapping[str, str], body: bytes) -> int:
        """What PIMS pushed: kept, and the feed read at once. The status to answer with."""
        secret = self.folder / "webhook.secret"
        try:
            secrets = secret.read_text().split()
            event = webhooks.read(headers, body, secrets)
        except (OSError, NotGenuine) as error:
            log.warning("a push was not believed: %s", error)
            return HTTPStatus.UNAUTHORIZED
        self.store.note_push(event)
        self.wake.set()
        return HTTPStatus.NO_CONTENT

    # -- pages ---------------------------------------------------------------------------------
    def serve(self, port: int) -> None:
        """Do everything that the program does, until the process is told to stop."""
        for work in self.program.always:
            threading.Thread(target=work, args=(self,), daemon=True).start()
        server = ThreadingHTTPServer((HERE, port), _handler(self, port))
        server.daemon_threads = True
        try:
            server.serve_forever()
        finally:
            self.stop.set()
            self.wake.set()
            server.server_close()


def _handler(desk: Desk, port: int) -> type[BaseHTTPRequestHandler]:
    own = {f"{HERE}:{port}", f"localhost:{port}"}

    class Handler(BaseHTTPRequestHandler):
        server_version = "pims-agency"
        sys_version = ""
        timeout = 20

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST:
                self._send(Page(b"", HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
                return
            body = self.rfile.read(int(length))
            if urlsplit(self.path).path == "/hooks":
                self._send(Page(b"", desk.take_push(dict(self.headers.items()), body)))
                return
            # Another site's page in the same browser must not send a form here.
            origin = self.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc not in own:
                self._send(Page(b"", HTTPStatus.FORBIDDEN))
                return
            self._answer(dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))

        def _answer(self, form: Mapping[str, str]) -> None:
            if self.headers.get("Host", "") not in own:
                self._send(Page(b"", HTTPStatus.MISDIRECTED_REQUEST))
                return
            parts = urlsplit(self.path)
            asked = Asked(parts.path, dict(parse_qsl(parts.query)), form)
            try:
                page = desk.program.pages(desk, asked)
            except PimsError as error:
                page = Page(html.escape(str(error)).encode(), HTTPStatus.BAD_GATEWAY)
            except Exception:
                log.exception("a page failed")
                page = Page(b"Something went wrong here.", HTTPStatus.INTERNAL_SERVER_ERROR)
            self._send(page)

        def _send(self, page: Page) -> None:
            status = HTTPStatus.SEE_OTHER if page.goes_to else page.status
            self.send_response(status)
            if page.goes_to:
                self.send_header("Location", page.goes_to)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header(
                "Content-Security-Policy",
                "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'",
            )
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            log.debug(format, *args)

    return Handler
