"""What PIMS pushes, believed only where it is signed (Standard Webhooks 1.0).

    event = webhooks.read(request.headers, body, ["whsec_…"])

Answer 2xx once the event is kept; the same `webhook-id` may come again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pims_client.errors import NotGenuine

TOLERANCE_SECONDS = 300
LARGEST = 8 * 1024 * 1024


def read(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, now: float | None = None
) -> dict[str, Any]:
    """The event (CloudEvents), its id that of the message. Raises NotGenuine.

    `secrets` are ``whsec_…`` (shared) or ``whpk_…`` (PIMS's public half); several while they are
    being changed.
    """
    told = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent = told["webhook-id"], told["webhook-timestamp"]
        given = told["webhook-signature"].split()
        age = abs((time.time() if now is None else now) - int(sent))
    except (KeyError, ValueError):
        raise NotGenuine("it lacks the headers of a webhook") from None
    if age > TOLERANCE_SECONDS:
        raise NotGenuine("it is not of this moment")
    if len(body) > LARGEST:
        raise NotGenuine("it is too large")
    signed = f"{message_id}.{sent}.".encode() + body
    if not any(_signs(secret, signed, one) for secret in secrets for one in given[:8]):
        raise NotGenuine("none of our secrets signed it")
    try:
        event = json.loads(body)
    except ValueError:
        raise NotGenuine("it is no JSON") from None
    if not isinstance(event, dict):
        raise NotGenuine("it is no event")
    return event


def _signs(secret: str, signed: bytes, given: str) -> bool:
    version, _, text = given.partition(",")
    prefix, _, key_text = secret.partition("_")
    try:
        signature = base64.b64decode(text, validate=True)
        key = base64.b64decode(key_text, validate=True)
    except (binascii.Error, ValueError):
        return False
    if version == "v1" and prefix == "whsec":
        return hmac.compare_digest(hmac.digest(key, signed, hashlib.sha256), signature)
    if version == "v1a" and prefix == "whpk":
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
            return True
        except (InvalidSignature, ValueError):
            return False
    return False
