"""Asking the gallery: every call is bounded in time, and a gallery that is away says so."""

import os
import socket
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pims.biometrics.gallery import wire
from pims.config import instance
from pims.kernel.errors import PimsError

SOON = 5.0
MOST_NAME = 100
# A search of a large gallery, by a machine that does other things too.
SEARCHING = 60.0


class GalleryAway(PimsError):
    """Nobody answers: not started yet, just being started again, or too slow."""

    code = "biometrics.gallery_away"
    http_status = 503


class NotInGallery(PimsError):
    """The gallery holds no finger of this subject (yet)."""

    code = "biometrics.not_in_gallery"
    http_status = 404


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` over all fingers, `fingers` of each position: logarithms of likelihood ratios."""

    key: UUID
    score: float
    fingers: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Answer:
    hits: tuple[Hit, ...]
    size: int
    engine: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two impressions compared: the score, and which minutiae of each belong together."""

    score: float
    pairs: tuple[tuple[int, int], ...]


def socket_path() -> Path:
    """Beside the state, or, where that is too deep for a socket's name (108 bytes), in a folder of
    this user's own among the temporary files, named after the installation."""
    if explicit := os.environ.get("PIMS_GALLERY_SOCKET"):
        return Path(explicit)
    path = instance.var_dir() / "run" / "gallery.sock"
    if len(os.fsencode(path)) < MOST_NAME:
        return path
    folder = Path(tempfile.gettempdir()) / f"pims-{os.getuid()}-{instance.instance_id()}"
    return folder / "gallery.sock"


class Gallery:
    """One call, one connection; safe between threads. `path` None is the installation's own."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def ping(self, *, within: float = 1.0) -> tuple[int, bool, int]:
        """Fingers held, whether all of the database is in it, and the feed's position it reached.

        Raises GalleryAway.
        """
        head, _ = self._ask({"do": "ping"}, within=within)
        return int(head["size"]), bool(head["ready"]), int(head["position"])

    def threshold(self, fmr: float, *, within: float = 1.0) -> float:
        """The score that at most this share of pairs of strangers exceeds."""
        head, _ = self._ask({"do": "threshold", "fmr": fmr}, within=within)
        return float(head["threshold"])

    def insert(self, key: UUID, templates: Mapping[int, bytes]) -> None:
        """These are the subject's fingers from now on; position -> packed template."""
        self._ask({"do": "insert", "key": key.hex, **_told(templates)}, _packed(templates))

    def delete(self, key: UUID) -> None:
        self._ask({"do": "delete", "key": key.hex})

    def refresh(self, key: UUID, *, within: float = SOON) -> None:
        """Have the gallery read this subject's fingers from the database again."""
        self._ask({"do": "refresh", "key": key.hex}, within=within)

    def identify(
        self, probe: Mapping[int, bytes], *, limit: int = 10, without: Sequence[UUID] = (),
        within: float = SEARCHING,
    ) -> Answer:  # fmt: skip
        """Whose fingers these are most like, the likest first. Raises GalleryAway."""
        head, _ = self._ask(
            {
                "do": "identify",
                "limit": limit,
                "without": [key.hex for key in without],
                **_told(probe),
            },
            _packed(probe),
            within=within,
        )
        return Answer(
            tuple(_hit(one) for one in head["hits"]), int(head["size"]), str(head["engine"])
        )

    def verify(self, key: UUID, probe: Mapping[int, bytes], *, within: float = SOON) -> Hit:
        """Position 0 is compared with every finger. Raises GalleryAway, NotInGallery."""
        head, _ = self._ask(
            {"do": "verify", "key": key.hex, **_told(probe)}, _packed(probe), within=within
        )
        if not head.get("known"):
            raise NotInGallery(key.hex)
        return _hit(head["hit"])

    def compare(
        self, one: bytes, others: Sequence[bytes], *, within: float = SOON
    ) -> list[Pairing]:
        """One impression with others, which need not be in the gallery."""
        if not others:
            return []
        head, _ = self._ask({"do": "compare"}, [one, *others], within=within)
        return [
            Pairing(float(p["score"]), tuple((int(i), int(j)) for i, j in p["pairs"]))
            for p in head["pairings"]
        ]

    def _ask(
        self, head: Mapping[str, object], pieces: Sequence[bytes] = (), *, within: float = SOON
    ) -> tuple[wire.Head, list[bytes]]:
        with self._connected(within) as link:
            wire.send(link, head, pieces)
            answer, more = wire.receive(link)
        if error := answer.get("error"):
            raise GalleryAway(str(error))
        return answer, more

    @contextmanager
    def _connected(self, within: float) -> Iterator[socket.socket]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(within)
                link.connect(str(self._path or socket_path()))
                _require_own(link)
                yield link
        except (OSError, wire.Closed, wire.Malformed) as error:
            raise GalleryAway(f"{type(error).__name__}: {error}") from error


ROOT = 0
_CREDENTIALS = struct.Struct("3i")


def _require_own(link: socket.socket) -> None:
    """Whoever answers for fingers is a process of this user: among the temporary files anybody
    could have put a socket of the same name. Raises OSError."""
    peer = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(peer)
    if user not in (os.getuid(), ROOT):
        raise PermissionError("the gallery's socket is another user's")


def _told(templates: Mapping[int, bytes]) -> dict[str, object]:
    return {"positions": [int(position) for position in templates]}


def _packed(templates: Mapping[int, bytes]) -> list[bytes]:
    return list(templates.values())


def _hit(one: Mapping[str, object]) -> Hit:
    fingers = one["fingers"]
    assert isinstance(fingers, dict)
    return Hit(
        UUID(hex=str(one["key"])),
        float(str(one["score"])),
        {int(position): float(score) for position, score in fingers.items()},
    )


gallery = Gallery()
