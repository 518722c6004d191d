"""What the process that answers agencies cannot reach itself, handed out through a Unix socket.

It has no key that opens a photograph and no table of the ledger. A process of ours hands it a
picture once the receipt of the disclosure is on the disk, and the proof of a receipt to the agency
whose receipt it is. What is asked for is looked up by the inquiry and never taken on trust.
"""

import logging
import os
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pims.biometrics.gallery import wire
from pims.exchange.places import window_socket
from pims.kernel.errors import PimsError

log = logging.getLogger("pims.window")

PATIENCE = 5.0
IDLE_SECONDS = 30.0
MOST_AT_ONCE = 16


class WindowAway(PimsError):
    """Nobody answers behind the window, or too slowly."""

    code = "exchange.window_away"
    http_status = 503


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    content: bytes = field(repr=False)


# -- asking ------------------------------------------------------------------------------------
def picture(inquiry: UUID, photograph: UUID) -> Picture | None:
    """A photograph whose disclosure under this inquiry is on the disk; None where it is not.

    Raises WindowAway.
    """
    head, pieces = _ask({"do": "picture", "inquiry": str(inquiry), "photograph": str(photograph)})
    return Picture(str(head["media_type"]), pieces[0]) if head.get("found") else None


def checkpoint(before: int | None = None) -> dict[str, Any] | None:
    """The newest signed checkpoint, and the proof that the tree of `before` entries grew into it;
    None where there is none (of that size). Raises WindowAway."""
    head, _ = _ask({"do": "checkpoint", "before": before})
    return head if head.get("found") else None


def receipt(inquiry: UUID, about: UUID) -> dict[str, Any] | None:
    """The receipt of the inquiry `about`, which must be of the agency that asks with `inquiry`;
    None where there is none, or no checkpoint covers it yet. Raises WindowAway."""
    head, _ = _ask({"do": "receipt", "inquiry": str(inquiry), "about": str(about)})
    return head if head.get("found") else None


def _ask(head: dict[str, object]) -> tuple[wire.Head, list[bytes]]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(PATIENCE)
            link.connect(str(window_socket()))
            wire.send(link, head)
            answer, pieces = wire.receive(link)
    except (OSError, wire.Closed, wire.Malformed) as error:
        raise WindowAway(f"{type(error).__name__}: {error}") from error
    if failed := answer.get("error"):
        raise WindowAway(str(failed))
    return answer, pieces


# -- answering ---------------------------------------------------------------------------------
Carried = tuple[dict[str, object], list[bytes]]


class Window:
    """Serves on `path` until `close`; `carry_out` is what it does (`pims.exchange.handing`)."""

    def __init__(self, carry_out: Callable[[wire.Head], Carried], path: Path | None = None) -> None:
        self.path, self._carry_out = path or window_socket(), carry_out
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.parent.stat().st_uid != os.getuid():
            raise PermissionError(f"{self.path.parent} is another user's")
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = _Listening(str(self.path), _handler(self))
        finally:
            os.umask(before)

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="window", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.path.unlink(missing_ok=True)

    def answer(self, link: socket.socket) -> None:
        link.settimeout(IDLE_SECONDS)
        with self._room:
            try:
                head, _ = wire.receive(link)
                wire.send(link, *self._done(head))
            except (wire.Closed, wire.Malformed, OSError) as error:
                log.warning("a message was passed over: %s", error)

    def _done(self, head: wire.Head) -> Carried:
        try:
            return self._carry_out(head)
        except (KeyError, ValueError, TypeError) as error:
            return {"error": type(error).__name__}, []
        except Exception as error:
            log.exception("%s failed", head.get("do"))
            return {"error": type(error).__name__}, []


class _Listening(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def _handler(window: Window) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            window.answer(self.request)

    return Handler
