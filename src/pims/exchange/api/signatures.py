"""Signatures of requests and answers (RFC 9421), over the body by its digest (RFC 9530).

Agencies sign what they send, and what they ask where they said that they would; we sign every
answer. `REQUIRED` is what a request's signature must cover; whoever covers more may.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpRequest, HttpResponse
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from joserfc.jwk import OKPKey

from pims.exchange import jose
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER
from pims.exchange.inbound.signed import evidence
from pims.foundation.vault import secrets
from pims.kernel.errors import NotFound

OWN_KEY, NEXT_KEY = "exchange-signing-key", "exchange-signing-key-next"
TAG, LABEL = "pims", "pims"
SKEW = dt.timedelta(seconds=60)
OLDEST = dt.timedelta(seconds=300)
# Not the token: what was signed is kept with a message, and no token is.
REQUIRED = ("@method", "@authority", "@path", "@query", "pims-purpose", "pims-end-user")
# What the gateway adds, and what is nobody's to keep.
ADDED = frozenset({SECRET_HEADER.lower(), CERTIFICATE_HEADER.lower()})
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
ANSWERED = ("@status", "content-type", "pims-inquiry")
OF_REQUEST = ('"@method";req', '"@path";req', '"@query";req')

_ALGORITHMS: Mapping[str, Any] = {
    "Ed25519": algorithms.ED25519, "ES256": algorithms.ECDSA_P256_SHA256,
}  # fmt: skip


# What the library raises for what a stranger wrote: it takes some of that for granted.
_UNREADABLE = (HTTPMessageSignaturesException, ValueError, TypeError, AssertionError)


class BadSignature(Exception):
    """The message is not signed as it must be: `code` says why (`exchange.signature_fault.<code>`
    has the words), `what` names the part of the request that it is about, where it is about one."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip())
        self.code, self.what = code, what


# How the library begins what it says, and what we call that. Whatever begins otherwise was written
# by a stranger so that it cannot be read.
_FAULTS = (
    (r'Expected "Signature', "missing"),
    (r"No signatures found in", "missing"),
    (r"No signatures found matching", "tag"),
    (r'Signature "created" parameter is set to a time in the future', "future"),
    (r'Signature is missing a required "created"', "created"),
    (r'Signature is missing a required "keyid"', "key"),
    (r'Signature "expires"', "old"),
    (r"Signature age exceeds", "old"),
    (r"Unable to resolve verification key", "key"),
    (r"Unexpected algorithm", "algorithm"),
    (r'Required component "?([a-z@-]+)', "left_out"),
    (r'Covered header field "+([a-z@-]+)', "absent"),
    (r"The message body requires a signed Content-Digest", "no_digest"),
    (r"Content-Digest does not match", "digest"),
    (r"$", "wrong"),
)


def _fault(error: Exception) -> BadSignature:
    said = str(error)
    for begins, code in _FAULTS:
        if found := re.match(begins, said):
            return BadSignature(code, found[1][:60] if found.groups() else "")
    return BadSignature("unreadable")


@dataclass(slots=True)
class Message:
    """A request as the library wants it."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Answered:
    """An answer, and the request that it answers."""

    status_code: int
    headers: dict[str, str]
    request: Message
    url: str = field(default="")


def message_of(request: HttpRequest) -> Message:
    """The request as its sender wrote it: the gateway changes neither target nor host, and what it
    adds is nothing that anybody else can have signed."""
    url = f"https://{request.get_host()}{request.get_full_path()}"
    sent = {name: value for name, value in request.headers.items() if name.lower() not in ADDED}
    return Message(request.method or "", url, sent)


def verify(request: HttpRequest, keys: Collection[Mapping[str, Any]]) -> str:
    """The `kid` of the key, of those believed now, that signed the request. Raises BadSignature."""
    body = request.body
    required = (*REQUIRED, *(("content-digest",) if body else ()))
    return verify_message(message_of(request), keys, body=body, required=required)


def verify_message(
    message: object,
    keys: Collection[Mapping[str, Any]],
    *,
    body: bytes | None,
    required: Iterable[str],
) -> str:
    """Raises BadSignature."""
    problem = BadSignature("key")
    for name in sorted({jose.algorithm_of(key["jwk"]) for key in keys}):
        verifier = HTTPMessageVerifier(
            signature_algorithm=_ALGORITHMS[name], key_resolver=_Keys(keys, name)
        )
        verifier.max_clock_skew = SKEW
        try:
            (found,) = verifier.verify(
                message, max_age=OLDEST, expect_tag=TAG, require_components=tuple(required),
                body=body,
            )  # fmt: skip
            return str(found.parameters["keyid"])
        except _UNREADABLE as error:
            fault = _fault(error)
            # Of keys of two algorithms, what is said of the one that it is signed with.
            if problem.code in ("key", "algorithm") or fault.code not in ("key", "algorithm"):
                problem = fault
    raise problem


def kept(request: HttpRequest) -> tuple[str, str]:
    """The kid that a request's signature names, and what is kept of it: what was signed, and the
    signature itself. Both empty where there is none that can be read. Nothing is judged."""
    # The library tells what was signed only to whoever it believes; its parts tell everybody.
    looking: Any = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=None)
    message = message_of(request)
    # No token is kept, whatever its holder signed.
    message.headers = {n: v for n, v in message.headers.items() if n.lower() not in SECRET}
    with suppress(*_UNREADABLE):
        for _, given, signature in looking._get_sig_inputs_and_signatures(message, expect_tag=TAG):
            base, _, _ = looking._build_signature_base(
                message, covered_component_ids=list(given), signature_params=given.params
            )
            return str(given.params.get("keyid", ""))[:80], evidence(base, signature.value)
    return "", ""


class _Keys(HTTPSignatureKeyResolver):
    """The keys of one algorithm, by kid."""

    def __init__(self, keys: Collection[Mapping[str, Any]], algorithm: str) -> None:
        self._keys = {
            key["kid"]: key["jwk"] for key in keys if jose.algorithm_of(key["jwk"]) == algorithm
        }

    def resolve_public_key(self, key_id: str) -> Any:
        jwk = self._keys.get(key_id)
        return None if jwk is None else jose.key_of(jwk).public_key


class OwnKey(HTTPSignatureKeyResolver):
    """The key that signs what PIMS says to agencies; its private half never leaves the secrets."""

    def __init__(self, private: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.jwk: dict[str, Any] = OKPKey.import_key(self._private.public_key()).as_dict(
            private=False
        )
        self.kid = f"pims-{jose.thumbprint(self.jwk)}"

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._private

    def public(self) -> dict[str, Any]:
        return {**self.jwk, "kid": self.kid, "use": "sig", "alg": "Ed25519"}


def own_key() -> OwnKey:
    """The key that signs now: another one as soon as its file is."""
    path = secrets.secret_path(OWN_KEY)
    return _loaded(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=2)
def _loaded(_path: Path, _written: int) -> OwnKey:
    return OwnKey(secrets.read_or_create(OWN_KEY, _new_private))


def announce_next_key() -> OwnKey:
    """Make the key that is to follow, and name it beside the one that signs, for all to fetch."""
    return OwnKey(secrets.read_or_create(NEXT_KEY, _new_private))


def use_next_key() -> OwnKey:
    """The announced key signs from now on; the one of before is destroyed.

    Raises NotFound where none was announced.
    """
    if not secrets.exists(NEXT_KEY):
        raise NotFound("signing_key", "next")
    secrets.replace(OWN_KEY, secrets.secret_path(NEXT_KEY).read_bytes())
    secrets.forget(NEXT_KEY)
    return own_key()


def public_keys() -> list[dict[str, Any]]:
    """The key that signs, and the one that will where a change of keys was announced."""
    found = [own_key().public()]
    if secrets.exists(NEXT_KEY):
        found.append(OwnKey(secrets.secret_path(NEXT_KEY).read_bytes()).public())
    return found


def sign_answer(request: HttpRequest, response: HttpResponse) -> None:
    """Add Content-Digest, Signature-Input and Signature to an answer."""
    key = own_key()
    asked = message_of(request)
    told = Answered(response.status_code, dict(response.headers), asked)
    present = {name.lower() for name in told.headers}
    own = [one for one in ANSWERED if one.startswith("@") or one in present]
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=key)
    # Of a target that no rule of addresses allows nothing can be signed.
    for covered in ([*own, *OF_REQUEST], own):
        with suppress(HTTPMessageSignaturesException):
            signer.sign(
                told, key_id=key.kid, label=LABEL, tag=TAG, covered_component_ids=covered,
                body=response.content,
            )  # fmt: skip
            break
    for name in ("Content-Digest", "Signature-Input", "Signature"):
        response[name] = told.headers[name]


def _new_private() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()
