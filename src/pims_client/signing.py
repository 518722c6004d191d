"""What is signed and what is checked: assertions for tokens, requests, answers."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from pims_client.credentials import SigningKey
from pims_client.errors import NotGenuine

TAG, LABEL = "pims", "agency"
COVERED = ("@method", "@authority", "@path", "@query", "pims-purpose", "pims-end-user")
# An answer must be signed together with the question that it answers.
ANSWER_COVERS = ("@status", '"@method";req', '"@path";req', '"@query";req')
OLDEST, SKEW = timedelta(seconds=300), timedelta(seconds=60)
ASSERTION_SECONDS = 60
_BY_NAME: Mapping[str, type[HTTPSignatureAlgorithm]] = {
    "Ed25519": algorithms.ED25519, "ES256": algorithms.ECDSA_P256_SHA256,
}  # fmt: skip


@dataclass(slots=True)
class Question:
    """A request as it is signed: `url` is absolute, its host the one that is called."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(slots=True)
class Answered:
    """What came back, with the question."""

    status_code: int
    headers: Mapping[str, str]
    request: Question
    body: bytes = b""
    url: str = field(default="")


def assertion(key: SigningKey, *, client_id: str, audience: str) -> str:
    """A JWT of this moment that can be used once (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": client_id, "sub": client_id, "aud": audience, "jti": str(uuid4()),
        "iat": now, "exp": now + ASSERTION_SECONDS,
    }  # fmt: skip
    header = {"alg": key.algorithm, "kid": key.kid}
    return jwt.encode(header, claims, key.key, algorithms=[key.algorithm])


def sign(question: Question, key: SigningKey) -> None:
    """Add Signature-Input and Signature, and over a body Content-Digest (RFC 9421, RFC 9530)."""
    signer = HTTPMessageSigner(
        signature_algorithm=_BY_NAME[key.algorithm], key_resolver=_Private(key)
    )
    signer.sign(
        question, key_id=key.kid, tag=TAG, label=LABEL, covered_component_ids=COVERED,
        body=question.body or None,
    )  # fmt: skip


def check(answer: Answered, keys: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotGenuine unless one of PIMS's keys signed this answer to this question."""
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519, key_resolver=_Public(keys)
    )
    verifier.max_clock_skew = SKEW
    required = (*ANSWER_COVERS, "content-digest")
    try:
        verifier.verify(
            answer, max_age=OLDEST, expect_tag=TAG, require_components=required, body=answer.body
        )
    except (HTTPMessageSignaturesException, ValueError, TypeError, AssertionError) as error:
        raise NotGenuine(f"the answer is not signed as it must be: {error}") from None


class _Private(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key.key.private_key


class _Public(HTTPSignatureKeyResolver):
    def __init__(self, keys: Sequence[Mapping[str, Any]]) -> None:
        self._keys = {str(key.get("kid")): key for key in keys}

    def resolve_public_key(self, key_id: str) -> Any:
        found = self._keys.get(key_id)
        if found is None:
            raise ValueError(f"not a key of PIMS: {key_id}")
        try:
            members: dict[str, str | list[str]] = {
                name: str(found[name]) for name in ("kty", "crv", "x")
            }
            return OKPKey.import_key(members).public_key
        except (KeyError, JoseError):
            raise ValueError(f"not a key: {key_id}") from None
