"""Checkpoints as signed notes: text that a person can read and a program can verify.

The form is that of C2SP `tlog-checkpoint` and `signed-note`, with Ed25519::

    pims-ledger
    1042
    <root, base64>
    time 2026-03-01T18:30:00.000000+00:00

    — pims-ledger <base64 of 4 bytes of key hash and 64 bytes of signature>
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from pims.foundation.ledger.merkle import HASH_SIZE

ORIGIN = "pims-ledger"
_ED25519 = b"\x01"
_DASH = "\N{EM DASH}"
_NOTE = re.compile(
    rf"{ORIGIN}\n(?P<size>\d{{1,19}})\n(?P<root>[A-Za-z0-9+/]{{43}}=)\n"
    rf"time (?P<time>\S{{1,40}})\n\n{_DASH} {ORIGIN} (?P<signature>[A-Za-z0-9+/=]{{92}})\n"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of `size` leaves had the root `root`, as signed at `signed_at` (UTC)."""

    size: int
    root: bytes
    signed_at: datetime
    key_id: str
    signature: bytes

    @property
    def text(self) -> str:
        return _text(self.size, self.root, self.signed_at)

    def note(self) -> str:
        blob = bytes.fromhex(self.key_id.rpartition("+")[2]) + self.signature
        signature = base64.b64encode(blob).decode()
        return f"{self.text}\n{_DASH} {ORIGIN} {signature}\n"


class Signer:
    """Signs checkpoints with the private key of the ledger (32 raw bytes)."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public)

    @staticmethod
    def new_private_key() -> bytes:
        return Ed25519PrivateKey.generate().private_bytes_raw()

    def sign(self, *, size: int, root: bytes, at: datetime) -> Checkpoint:
        signature = self._key.sign(_text(size, root, at).encode())
        return Checkpoint(size, root, at, self.key_id, signature)


class Verifier:
    """Knows the public key, by which anyone can verify who cannot sign."""

    def __init__(self, public: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public)
        self.key_id = key_id_of(public)
        self.line = f"{self.key_id}+{base64.b64encode(_ED25519 + public).decode()}"

    def accepts(self, checkpoint: Checkpoint) -> bool:
        if checkpoint.key_id != self.key_id:
            return False
        try:
            self._key.verify(checkpoint.signature, checkpoint.text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Text among notes that is no whole note; `torn` where a write was cut off by a crash."""

    line: int
    torn: bool


def key_id_of(public: bytes) -> str:
    digest = hashlib.sha256(f"{ORIGIN}\n".encode() + _ED25519 + public).digest()
    return f"{ORIGIN}+{digest[:4].hex()}"


def parse_notes(text: str) -> Iterator[Checkpoint | Unreadable]:
    """Every note of a file in order; what lies between whole notes is `Unreadable`."""
    done = 0
    for match in _NOTE.finditer(text):
        yield from _between(text, done, match.start())
        found = _checkpoint(match)
        yield found or Unreadable(_line(text, match.start()), torn=False)
        done = match.end()
    yield from _between(text, done, len(text))


def _between(text: str, start: int, end: int) -> Iterator[Unreadable]:
    lost = text[start:end]
    if lost.strip():
        begins = start + len(lost) - len(lost.lstrip())
        yield Unreadable(_line(text, begins), torn=_is_torn(lost.strip("\n")))


def _is_torn(lost: str) -> bool:
    """Whether this is the beginning of a note: cut short, and not changed."""
    *whole, last = lost.split("\n")
    shapes = [ORIGIN, r"\d{1,19}", r"[A-Za-z0-9+/]{43}=", r"time \S{1,40}", ""]
    if len(whole) > len(shapes):
        return False
    if any(not re.fullmatch(s, w) for s, w in zip(shapes, whole, strict=False)):
        return False
    if len(whole) == len(shapes):
        return len(last) <= len(f"{_DASH} {ORIGIN} ") + 92
    return True


def _checkpoint(match: re.Match[str]) -> Checkpoint | None:
    try:
        blob = base64.b64decode(match["signature"], validate=True)
        root = base64.b64decode(match["root"], validate=True)
        signed_at = datetime.fromisoformat(match["time"])
    except (binascii.Error, ValueError):
        return None
    if len(blob) != 68 or len(root) != HASH_SIZE or signed_at.tzinfo is None:
        return None
    key_id = f"{ORIGIN}+{blob[:4].hex()}"
    return Checkpoint(int(match["size"]), root, signed_at, key_id, blob[4:])


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _text(size: int, root: bytes, at: datetime) -> str:
    time = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"
