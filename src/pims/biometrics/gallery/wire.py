"""The messages of the gallery's socket: bounded, and nothing in them is executed.

A message is length of the head 4 | length of the body 4 | head (JSON) | body (bytes), both lengths
big-endian. A body is a row of pieces whose lengths the head lists under "pieces".
"""

import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

_LENGTHS = struct.Struct(">II")
MOST_HEAD = 1 << 20
MOST_BODY = 8 << 20
MOST_PIECES = 64

Head = dict[str, Any]


class Malformed(Exception):
    """What came is no message of ours, or larger than one can be."""


class Closed(Exception):
    """The other side is gone."""


def send(to: socket.socket, head: Mapping[str, object], pieces: Sequence[bytes] = ()) -> None:
    """Raises Malformed for more than the other side would take, OSError."""
    text = json.dumps({**head, "pieces": [len(p) for p in pieces]}, separators=(",", ":")).encode()
    body = b"".join(pieces)
    if len(text) > MOST_HEAD or len(body) > MOST_BODY or len(pieces) > MOST_PIECES:
        raise Malformed("too large")
    to.sendall(_LENGTHS.pack(len(text), len(body)) + text + body)


def receive(of: socket.socket, *, whole_within: float | None = None) -> tuple[Head, list[bytes]]:
    """Raises Closed, Malformed, OSError; holds at most one message.

    `whole_within` are the seconds in which a message that has begun must be there: whoever sends
    it a byte at a time must not hold a place for ever.
    """
    beginning = _exactly(of, _LENGTHS.size)
    until = None if whole_within is None else time.monotonic() + whole_within
    head_length, body_length = _LENGTHS.unpack(beginning)
    if head_length > MOST_HEAD or body_length > MOST_BODY:
        raise Malformed("too large")
    text, body = _exactly(of, head_length, until), _exactly(of, body_length, until)
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no head") from None
    lengths = head.get("pieces", []) if isinstance(head, dict) else None
    if (
        not isinstance(lengths, list)
        or len(lengths) > MOST_PIECES
        or not all(isinstance(n, int) and 0 <= n <= MOST_BODY for n in lengths)
        or sum(lengths) != body_length
    ):
        raise Malformed("no pieces")
    pieces, at = [], 0
    for length in lengths:
        pieces.append(body[at : at + length])
        at += length
    return head, pieces


def _exactly(of: socket.socket, count: int, until: float | None = None) -> bytes:
    parts, left = [], count
    while left:
        if until is not None:
            if (time_left := until - time.monotonic()) <= 0:
                raise Malformed("too slow")
            of.settimeout(time_left)
        part = of.recv(min(left, 1 << 16))
        if not part:
            raise Closed
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
