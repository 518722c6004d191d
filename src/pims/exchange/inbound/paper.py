"""A signed paper: its code holds the message and the signature, so that it needs no line to come.

The text of the code is ``PIMS1.<agency>.<JWS>``: the message as a compact JWS (RFC 7515) whose head
names the key. A hand scanner types it into a field; it is then a message like any other.
"""

import hashlib
import io
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import segno

from pims.exchange.inbound.kinds import Read, read_envelope

MARK = "PIMS1"
# What a code of the largest size holds at the lowest correction, with room for a bad print.
LONGEST = 2_300


class NoPaper(ValueError):
    """The text is not that of a signed paper: half scanned, or another code."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`signature` is the JWS without its content, as a message over the wire carries it."""

    agency_code: str
    body: str
    digest: bytes
    signature: str
    kid: str
    read: Read

    @property
    def message_id(self) -> str:
        return self.read.message_id or f"sha256-{self.digest.hex()}"


def decode(text: str) -> Paper:
    """Raises NoPaper. What is wrong with the message itself, or its signature, is judged later."""
    parts = "".join(text.split()).split(".")
    if len(parts) != 5 or parts[0].upper() != MARK or not all(parts):
        raise NoPaper
    agency_code, head, payload, signature = parts[1].lower(), parts[2], parts[3], parts[4]
    if not agency_code.isascii() or len(agency_code) > 24:
        raise NoPaper
    try:
        octets = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        body = octets.decode()
        kid = _kid(head)
    except (ValueError, RecursionError):
        raise NoPaper from None
    if "\0" in body:
        raise NoPaper
    return Paper(
        agency_code=agency_code,
        body=body,
        digest=hashlib.sha256(octets).digest(),
        signature=f"{head}..{signature}",
        kid=kid,
        read=read_envelope(body),
    )


def text_of(agency_code: str, body: bytes, detached: str) -> str:
    """What the code of a paper says; `detached` is the JWS of the body without its content, its
    head naming the key. Raises ValueError where it is more than a code holds."""
    head, _, signature = detached.split(".")
    payload = urlsafe_b64encode(body).decode().rstrip("=")
    text = f"{MARK}.{agency_code}.{head}.{payload}.{signature}"
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} characters; a code holds {LONGEST}")
    return text


def drawn(text: str) -> str:
    """The code as SVG, to be printed on the paper: four centimetres and more on a side."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(out, kind="svg", scale=3, border=4, xmldecl=False)
    return out.getvalue().decode()


def _kid(head: str) -> str:
    named = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if not isinstance(named, dict):
        raise ValueError("no head")
    return str(named.get("kid", ""))[:80]
