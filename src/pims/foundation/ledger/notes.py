"""Checkpoints as signed notes: text that a person can read and a program can verify.

The form is that of C2SP `tlog-checkpoint` and `signed-note`, with Ed25519::

    pims-ledger
    1042
    <root, base64>
    time 2026-03-01T18:30:00.000000+00:00

    — pims-ledger <base64 of 4 bytes of key hash and 64 bytes of signature>

The last checkpoint of a key names the next one in a line more, ``handover <old> <new>`` (two
verifier lines), and both keys sign it: the old one names its successor, the new one vouches for
the tree so far and for whose it was.
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
_LINE = rf"{ORIGIN}\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]{{44}}"
_NOTE = re.compile(
    rf"{ORIGIN}\n(?P<size>\d{{1,19}})\n(?P<root>[A-Za-z0-9+/]{{43}}=)\n"
    rf"time (?P<time>\S{{1,40}})\n(?:handover (?P<old>{_LINE}) (?P<new>{_LINE})\n)?\n"
    rf"{_DASH} {ORIGIN} (?P<signature>[A-Za-z0-9+/=]{{92}})\n"
    rf"(?(old){_DASH} {ORIGIN} (?P<cosignature>[A-Za-z0-9+/=]{{92}})\n)"
)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The verifier lines of the key that ends and of the one that follows, which also signs."""

    old: str
    new: str
    cosignature: bytes

    @property
    def names(self) -> str:
        return f"{self.old} {self.new}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of `size` leaves had the root `root`, as signed at `signed_at` (UTC).

    `handover` is there in the last checkpoint of a key that was followed by another.
    """

    size: int
    root: bytes
    signed_at: datetime
    key_id: str
    signature: bytes
    handover: HandOver | None = None

    @property
    def text(self) -> str:
        names = self.handover.names if self.handover else ""
        return _text(self.size, self.root, self.signed_at, names)

    def note(self) -> str:
        signed = f"{self.text}\n{_signature(self.key_id, self.signature)}"
        if self.handover is None:
            return signed
        return signed + _signature(id_of_line(self.handover.new), self.handover.cosignature)


class Signer:
    """Signs checkpoints with the private key of the ledger (32 raw bytes)."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public)
        self.line = line_of(self.public)

    @staticmethod
    def new_private_key() -> bytes:
        return Ed25519PrivateKey.generate().private_bytes_raw()

    def sign(self, *, size: int, root: bytes, at: datetime) -> Checkpoint:
        signature = self._key.sign(_text(size, root, at).encode())
        return Checkpoint(size, root, at, self.key_id, signature)

    def hand_over(self, to: "Signer", *, size: int, root: bytes, at: datetime) -> Checkpoint:
        """This key's last checkpoint, which names and is also signed by the key that follows."""
        text = _text(size, root, at, f"{self.line} {to.line}").encode()
        handover = HandOver(self.line, to.line, to._key.sign(text))
        return Checkpoint(size, root, at, self.key_id, self._key.sign(text), handover)


class Verifier:
    """Knows the public key, by which anyone can verify who cannot sign."""

    def __init__(self, public: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public)
        self.key_id = key_id_of(public)
        self.line = line_of(public)

    @classmethod
    def of_line(cls, line: str) -> "Verifier":
        """The verifier that a line writes, as `pims ledger key` prints it. Raises ValueError."""
        _, _, coded = line.split("+", 2) if line.count("+") >= 2 else ("", "", "")
        try:
            raw = base64.b64decode(coded, validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) != 33 or raw[:1] != _ED25519 or line_of(raw[1:]) != line:
            raise ValueError(f"no public key of a ledger: {line[:120]}")
        return cls(raw[1:])

    def accepts(self, checkpoint: Checkpoint) -> bool:
        """Whether this key signed it, as the one that ended or as the one that followed."""
        return self.signed(checkpoint) or self.cosigned(checkpoint)

    def signed(self, checkpoint: Checkpoint) -> bool:
        return checkpoint.key_id == self.key_id and self._fits(checkpoint, checkpoint.signature)

    def cosigned(self, checkpoint: Checkpoint) -> bool:
        handover = checkpoint.handover
        if handover is None or handover.new != self.line:
            return False
        return self._fits(checkpoint, handover.cosignature)

    def _fits(self, checkpoint: Checkpoint, signature: bytes) -> bool:
        try:
            self._key.verify(signature, checkpoint.text.encode())
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


def line_of(public: bytes) -> str:
    """The public key as one line, by which others can verify."""
    return f"{key_id_of(public)}+{base64.b64encode(_ED25519 + public).decode()}"


def id_of_line(line: str) -> str:
    return "+".join(line.split("+")[:2])


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
    if len(whole) > 4 and whole[4]:
        signed = rf"{_DASH} {ORIGIN} [A-Za-z0-9+/=]{{92}}"
        shapes[4:] = [rf"handover {_LINE} {_LINE}", "", signed]
    if len(whole) > len(shapes):
        return False
    if any(not re.fullmatch(s, w) for s, w in zip(shapes, whole, strict=False)):
        return False
    if len(whole) == len(shapes):
        return len(last) <= len(f"{_DASH} {ORIGIN} ") + 92
    return True


def _checkpoint(match: re.Match[str]) -> Checkpoint | None:
    try:
        key_id, signature = _read_signature(match["signature"])
        root = base64.b64decode(match["root"], validate=True)
        signed_at = datetime.fromisoformat(match["time"])
        handover = None
        if match["old"] is not None:
            new_id, cosignature = _read_signature(match["cosignature"])
            handover = HandOver(match["old"], match["new"], cosignature)
            if (key_id, new_id) != (id_of_line(handover.old), id_of_line(handover.new)):
                return None
    except (binascii.Error, ValueError):
        return None
    if len(root) != HASH_SIZE or signed_at.tzinfo is None:
        return None
    return Checkpoint(int(match["size"]), root, signed_at, key_id, signature, handover)


def _read_signature(text: str) -> tuple[str, bytes]:
    blob = base64.b64decode(text, validate=True)
    if len(blob) != 68:
        raise ValueError("no signature")
    return f"{ORIGIN}+{blob[:4].hex()}", blob[4:]


def _signature(key_id: str, signature: bytes) -> str:
    blob = bytes.fromhex(key_id.rpartition("+")[2]) + signature
    return f"{_DASH} {ORIGIN} {base64.b64encode(blob).decode()}\n"


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _text(size: int, root: bytes, at: datetime, names: str = "") -> str:
    time = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"
    return f"{text}handover {names}\n" if names else text
