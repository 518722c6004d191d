"""The gallery's socket: a thread a connection, one message after another.

Whoever may open the socket's folder may ask; the socket itself is its owner's alone (mode 0600).
Where there is a database behind it, `load` reads a subject's fingers from there, and "insert",
"delete" and "refresh" all mean: read this subject again. So nothing can be in here that is not
there.
"""

import logging
import os
import socket
import socketserver
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from pims.biometrics.engine import Position, Template
from pims.biometrics.gallery import wire
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.matching import threshold
from pims.biometrics.packing import Unpackable, unpack

log = logging.getLogger("pims.gallery")

MOST_HITS = 200
# More at once wait until one is let in: each may hold a message.
MOST_AT_ONCE = 32
IDLE_SECONDS, MESSAGE_SECONDS = 30.0, 10.0

# Subject -> position -> template, all in effect now; a subject without any is gone.
Load = Callable[[UUID], Mapping[int, Template]]


class GalleryServer:
    """Serves `holding` on `path` until `close`."""

    def __init__(self, holding: Holding, path: Path, *, load: Load | None = None) -> None:
        self.holding, self.path, self._load = holding, path, load
        self.ready = load is None
        self.position = 0
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._reading = threading.Lock()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Among the temporary files anybody may have made it, or pointed its name elsewhere.
        folder = path.parent.lstat()
        if folder.st_uid != os.getuid() or not stat.S_ISDIR(folder.st_mode):
            raise PermissionError(f"{path.parent} is another user's")
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = _Listening(str(path), _handler(self))
        finally:
            os.umask(before)

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="gallery", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.path.unlink(missing_ok=True)

    def refresh(self, key: UUID) -> None:
        """Hold of this subject what the database holds now.

        One at a time: of two, the one that read first must not be the one that writes last.
        """
        assert self._load is not None
        with self._reading:
            self.holding.put(key, self._load(key))

    def answer(self, link: socket.socket) -> None:
        with self._room:
            try:
                while True:
                    link.settimeout(IDLE_SECONDS)
                    head, pieces = wire.receive(link, whole_within=MESSAGE_SECONDS)
                    link.settimeout(IDLE_SECONDS)
                    wire.send(link, *self._carry_out(head, pieces))
            except (wire.Closed, OSError):
                return
            except wire.Malformed as error:
                log.warning("a message was refused: %s", error)

    def _carry_out(self, head: wire.Head, pieces: list[bytes]) -> tuple[dict[str, object]]:
        try:
            return (self._do(head, pieces),)
        except (KeyError, ValueError, TypeError, Unpackable) as error:
            return ({"error": f"{type(error).__name__}"},)
        except Exception as error:
            log.exception("%s failed", head.get("do"))
            return ({"error": f"{type(error).__name__}"},)

    def _do(self, head: wire.Head, pieces: list[bytes]) -> dict[str, object]:
        match head["do"]:
            case "ping":
                return {
                    "size": len(self.holding), "ready": self.ready, "position": self.position,
                    "pid": os.getpid(),
                }  # fmt: skip
            case "threshold":
                return {"threshold": threshold(float(head["fmr"]))}
            case "insert" | "delete" | "refresh" as what:
                key = UUID(hex=head["key"])
                if self._load is not None:
                    self.refresh(key)
                elif what == "insert":
                    self.holding.put(key, _templates(head, pieces))
                elif what == "delete":
                    self.holding.put(key, {})
                return {"done": True}
            case "identify":
                if not self.ready:
                    raise NotReady
                found = self.holding.identify(
                    _templates(head, pieces),
                    limit=min(int(head["limit"]), MOST_HITS),
                    without={UUID(hex=key) for key in head["without"]},
                )
                return {
                    "hits": [_told(*hit) for hit in found],
                    "size": len(self.holding),
                    "engine": self.holding.engine,
                }
            case "verify" | "compare" if not self.ready:
                raise NotReady
            case "verify":
                hit = self.holding.verify(UUID(hex=head["key"]), _templates(head, pieces))
                return {"known": hit is not None, "hit": _told(*hit) if hit else None}
            case "compare":
                one, *others = (unpack(piece) for piece in pieces)
                return {
                    "pairings": [
                        {"score": score, "pairs": pairs}
                        for score, pairs in self.holding.compare(one, others)
                    ]
                }
        raise ValueError("unknown")


class NotReady(Exception):
    """The database is still being read: an answer now could miss somebody, or take too long."""


def _templates(head: wire.Head, pieces: list[bytes]) -> dict[int, Template]:
    positions = [int(Position(position)) for position in head["positions"]]
    if len(positions) != len(pieces) or len(set(positions)) != len(positions):
        raise ValueError("positions")
    return {position: unpack(piece) for position, piece in zip(positions, pieces, strict=True)}


def _told(key: UUID, score: float, fingers: Mapping[int, float]) -> dict[str, object]:
    return {
        "key": key.hex,
        "score": float(score),
        "fingers": {str(position): float(value) for position, value in fingers.items()},
    }


class _Listening(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(server: GalleryServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            server.answer(self.request)

    return Handler
