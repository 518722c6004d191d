"""Who signed a message: looked at from what was kept of it, whatever the process that took it in
believed.

A message carries a detached JWS of its text (RFC 7515, appendix F), or came in a signed request
(RFC 9421), of which the base that was signed is kept, its Content-Digest among it.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from pims.exchange import jose

VALID = ""
# A paper is signed in court and comes with the van: its key may have been changed since.
PAPER_MAY_WAIT = timedelta(days=45)
WHERE_SENT = frozenset({'"@method": POST', '"@path": /v1/messages'})
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the sender for messages, and from when to when it is believed."""

    kid: str
    jwk: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None


def evidence(base: str, signature: bytes) -> str:
    """What is kept of a signed request, to be looked at again: its signature base and signature."""
    return json.dumps({"base": base, "signature": b64encode(signature).decode()})


def of_header(text: str) -> str:
    """What came in a header of its own as the signature of a message, as far as it can be one. A
    signature base is what we saw of a request, and nobody else's to write down."""
    return "no JWS" if text.lstrip().startswith("{") else text


def fault_of(
    keys: Iterable[Key],
    *,
    kid: str,
    proof: str,
    body: bytes,
    digest: bytes,
    at: datetime,
    signed_at: datetime | None = None,
) -> str:
    """The code of what is wrong with the signature; "" where it is the agency's, of this text.

    `at` is when it came. `signed_at` is given of a paper alone: it may have been signed with a key
    that has been changed since, but not with one that was revoked.
    """
    if not proof.strip():
        return "not_signed"
    named = _kid_of(proof) or kid
    key = next((one for one in keys if one.kid == named), None)
    if key is None:
        return "unknown_key"
    if key.revoked_at is not None:
        return "key_revoked"
    if not _holds(key, at, signed_at):
        return "key_not_in_force"
    right = _request_is(key.jwk, proof, digest) if proof.lstrip().startswith("{") else (
        jose.signs(key.jwk, proof, body)
    )  # fmt: skip
    return VALID if right else "wrong_signature"


def _holds(key: Key, at: datetime, signed_at: datetime | None) -> bool:
    def held(instant: datetime) -> bool:
        return key.starts_at <= instant and (key.ends_at is None or instant < key.ends_at)

    if held(at):
        return True
    return signed_at is not None and held(signed_at) and at - signed_at <= PAPER_MAY_WAIT


def _kid_of(proof: str) -> str:
    """The key that a JWS itself names."""
    head = proof.strip().partition(".")[0]
    try:
        named = json.loads(b64decode(head + "=" * (-len(head) % 4), altchars=b"-_"))
    except (ValueError, RecursionError):
        return ""
    return str(named.get("kid", ""))[:80] if isinstance(named, dict) else ""


def _request_is(jwk: Mapping[str, Any], proof: str, digest: bytes) -> bool:
    """Whether the kept base was signed by the key, and was about this very text."""
    try:
        kept = json.loads(proof)
        base, signature = str(kept["base"]), b64decode(str(kept["signature"]), validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    given = base.split("\n")
    # What was signed to ask something else is no message.
    if not WHERE_SENT.issubset(given):
        return False
    lines = [line for line in given if line.startswith('"content-digest": ')]
    said = [found[1] for line in lines for found in [_DIGEST.search(line)] if found]
    if len(lines) != 1 or said != [b64encode(digest).decode()]:
        return False
    return _signs_raw(jwk, signature, base.encode())


def _signs_raw(jwk: Mapping[str, Any], signature: bytes, data: bytes) -> bool:
    """Ed25519, or ECDSA with P-256 and SHA-256 as RFC 9421 writes it (r and s side by side)."""
    try:
        if jwk["kty"] == "OKP":
            Ed25519PublicKey.from_public_bytes(_octets(jwk["x"])).verify(signature, data)
            return True
        if len(signature) != 64:
            return False
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(_octets(jwk["x"])), int.from_bytes(_octets(jwk["y"])), ec.SECP256R1()
        )
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        numbers.public_key().verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False


def _octets(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
