"""The bridge's own small server: this PC's loopback alone, for the pages of one site, with a token.

Every request must come to our own name (or a page of elsewhere could rename itself to us), from an
origin that was named at the start, and carry the token. ``GET /status`` tells what is attached,
``POST /capture`` waits for a finger and gives its picture. One finger at a time.
"""

import hmac
import json
import logging
import threading
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pims.biometrics.capture.drivers import Driver, NoPrint
from pims.biometrics.capture.origin import HOST, PORT, TOKEN_HEADER

log = logging.getLogger("pims.capture")

WITHIN = 20.0
MOST_ASKED = 1024
# 0 for any finger, the ten, and several at once: four of the right hand, of the left, the thumbs.
POSITIONS = frozenset({*range(11), 13, 14, 15})


class Bridge:
    """Serves until `close`; `port` 0 takes a free one."""

    def __init__(
        self, driver: Driver, *, origins: Collection[str], token: str, port: int = PORT,
        within: float = WITHIN,
    ) -> None:  # fmt: skip
        if not token:
            raise ValueError("a bridge without a token is open to every program of the PC")
        self._driver, self._token, self._within = driver, token.encode(), within
        self._origins, self._busy = frozenset(origins), threading.Lock()
        self._server = ThreadingHTTPServer((HOST, port), _handler(self))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._names = frozenset({f"{HOST}:{self.port}", f"localhost:{self.port}"})

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def admits(self, host: str, origin: str) -> bool:
        return host in self._names and origin in self._origins

    def knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token)

    def status(self) -> dict[str, str]:
        return {"driver": self._driver.name, "trouble": self._driver.trouble()}

    def capture(self, position: int) -> tuple[int, str, bytes, dict[str, str]]:
        """HTTP status, media type, body, further headers."""
        if not self._busy.acquire(blocking=False):
            return _told(409, "busy")
        try:
            found = self._driver.capture(position, within=self._within)
        except NoPrint as none:
            return _told(503, none.code)
        except Exception:
            # Whatever a scanner's own program does wrong is no reason to hang up on the page.
            log.exception("%s gave no print", self._driver.name)
            return _told(503, "scanner_failed")
        finally:
            self._busy.release()
        more = {} if found.ppi is None else {"X-Pims-Ppi": str(found.ppi)}
        return 200, found.media_type, found.data, more


def _told(status: int, code: str) -> tuple[int, str, bytes, dict[str, str]]:
    return status, "application/json", json.dumps({"trouble": code}).encode(), {}


def _handler(bridge: Bridge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "pims-capture", ""
        timeout = 30

        def do_OPTIONS(self) -> None:
            """A browser asks first whether this page may."""
            if self._admitted():
                self._send(204, "", b"", {
                    "Access-Control-Allow-Methods": "GET, POST",
                    "Access-Control-Allow-Headers": f"{TOKEN_HEADER}, Content-Type",
                    "Access-Control-Allow-Private-Network": "true",
                    "Access-Control-Max-Age": "60",
                })  # fmt: skip

        def do_GET(self) -> None:
            if self._allowed() and self._is("/status"):
                self._send(200, "application/json", json.dumps(bridge.status()).encode(), {})

        def do_POST(self) -> None:
            if self._allowed() and self._is("/capture"):
                self._send(*bridge.capture(self._position()))

        def _admitted(self) -> bool:
            if bridge.admits(self.headers.get("Host", ""), self.headers.get("Origin", "")):
                return True
            self._send(*_told(403, "origin"), anonymous=True)
            return False

        def _allowed(self) -> bool:
            if not self._admitted():
                return False
            if bridge.knows(self.headers.get(TOKEN_HEADER, "")):
                return True
            self._send(*_told(401, "token"))
            return False

        def _is(self, path: str) -> bool:
            if self.path == path:
                return True
            self._send(*_told(404, "path"))
            return False

        def _position(self) -> int:
            """Which finger is asked for, 0 where nobody says."""
            try:
                length = min(int(self.headers.get("Content-Length", "0")), MOST_ASKED)
                position = json.loads(self.rfile.read(max(length, 0)) or b"{}").get("position", 0)
                # 1.0 and true are equal to 1 and are no number of a finger.
                return position if type(position) is int and position in POSITIONS else 0
            except (ValueError, AttributeError, TypeError, RecursionError):
                return 0

        def _send(
            self, status: int, media_type: str, body: bytes, more: dict[str, str], *,
            anonymous: bool = False,
        ) -> None:  # fmt: skip
            self.send_response(status)
            if not anonymous:
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", ""))
                self.send_header("Access-Control-Expose-Headers", "X-Pims-Ppi")
                self.send_header("Vary", "Origin")
            for name, value in more.items():
                self.send_header(name, value)
            if media_type:
                self.send_header("Content-Type", media_type)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent: who was scanned when is not a matter of this PC's terminal."""

    return Handler
