"""Signatures of what is pushed, as the Standard Webhooks specification (1.0) has them.

What is signed is ``<webhook-id>.<webhook-timestamp>.<body>``. A message carries one signature a
secret that holds, separated by spaces: while a secret is being changed there are two, and whoever
knows either believes it. ``v1`` is HMAC-SHA256, ``v1a`` is Ed25519.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HMAC, ED25519 = "hmac", "ed25519"
SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
VERSIONS = {HMAC: "v1", ED25519: "v1a"}
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_SECONDS = 300
_SHORTEST, _LONGEST, _MADE = 24, 64, 32


class BadSecret(ValueError):
    """Not a secret of a kind that we know."""


class NotGenuine(Exception):
    """The message was not signed with any of these secrets, or not within the time."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: of both sides (HMAC), or of the sender alone with a public half (Ed25519).

    `key` is the shared secret, the 32 bytes of the private key, or those of the public one.
    """

    scheme: str
    key: bytes = field(repr=False)
    public_only: bool = False

    @property
    def text(self) -> str:
        prefix = SHARED if self.scheme == HMAC else PUBLIC if self.public_only else PRIVATE
        return prefix + base64.b64encode(self.key).decode()

    def public(self) -> "Secret":
        """What may be known to everybody. Raises BadSecret for a shared secret: nothing of it."""
        if self.scheme == HMAC:
            raise BadSecret("a shared secret has no public half")
        if self.public_only:
            return self
        own = Ed25519PrivateKey.from_private_bytes(self.key).public_key()
        return Secret(ED25519, own.public_bytes_raw(), public_only=True)


def new_secret(scheme: str) -> Secret:
    """A secret that nobody has seen. Raises BadSecret for another scheme."""
    if scheme == HMAC:
        return Secret(HMAC, secrets.token_bytes(_MADE))
    if scheme == ED25519:
        return Secret(ED25519, Ed25519PrivateKey.generate().private_bytes_raw())
    raise BadSecret("scheme")


def parse_secret(text: str) -> Secret:
    """A secret as it is handed over: ``whsec_…``, ``whsk_…`` or ``whpk_…``. Raises BadSecret."""
    for prefix, scheme in ((SHARED, HMAC), (PRIVATE, ED25519), (PUBLIC, ED25519)):
        if not text.startswith(prefix):
            continue
        try:
            key = base64.b64decode(text.removeprefix(prefix), validate=True)
        except (binascii.Error, ValueError):
            raise BadSecret("base64") from None
        if scheme == HMAC and not _SHORTEST <= len(key) <= _LONGEST:
            raise BadSecret("length")
        if scheme == ED25519:
            # Some keep the public half behind the private one.
            if len(key) not in ((32, 64) if prefix == PRIVATE else (32,)):
                raise BadSecret("length")
            key = key[:32]
        return Secret(scheme, key, public_only=prefix == PUBLIC)
    raise BadSecret("prefix")


def sign(
    secrets_held: Iterable[Secret], *, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of a message. The first secret is the newest.

    Raises ValueError without a secret, and for an id that could be read as another message.
    """
    if not message_id or "." in message_id or not message_id.isascii() or " " in message_id:
        raise ValueError(f"not an id of a message: {message_id!r}")
    stamp = str(int(at.timestamp()))
    signed = _signed(message_id, stamp, body)
    signatures = [_signature(one, signed) for one in secrets_held]
    if not signatures:
        raise ValueError("nothing to sign with")
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: " ".join(signatures)}


def verify(
    secrets_known: Iterable[Secret], headers: Mapping[str, str], body: bytes, *, at: datetime
) -> str:
    """The id of a genuine message that was sent within five minutes of `at`.

    One good signature is enough; of a kind that we do not know none is. Raises NotGenuine.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, stamp, offered = given[ID], given[TIMESTAMP], given[SIGNATURE]
        sent = int(stamp)
    except (KeyError, ValueError):
        raise NotGenuine("headers") from None
    if abs(at.timestamp() - sent) > TOLERANCE_SECONDS:
        raise NotGenuine("time")
    signed = _signed(message_id, stamp, body)
    known = tuple(secrets_known)
    for one in offered.split(" "):
        version, _, encoded = one.partition(",")
        for secret in known:
            if VERSIONS[secret.scheme] == version and _matches(secret, signed, encoded):
                return message_id
    raise NotGenuine("signature")


def _signed(message_id: str, stamp: str, body: bytes) -> bytes:
    return f"{message_id}.{stamp}.".encode() + body


def _signature(secret: Secret, signed: bytes) -> str:
    if secret.public_only:
        raise BadSecret("only its owner signs with it")
    if secret.scheme == HMAC:
        made = hmac.new(secret.key, signed, hashlib.sha256).digest()
    else:
        made = Ed25519PrivateKey.from_private_bytes(secret.key).sign(signed)
    return f"{VERSIONS[secret.scheme]},{base64.b64encode(made).decode()}"


def _matches(secret: Secret, signed: bytes, encoded: str) -> bool:
    try:
        offered = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    if secret.scheme == HMAC:
        return hmac.compare_digest(
            hmac.new(secret.key, signed, hashlib.sha256).digest(), offered
        )  # fmt: skip
    try:
        Ed25519PublicKey.from_public_bytes(secret.public().key).verify(offered, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
