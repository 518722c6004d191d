"""An agency's program as the tests write it: it gets tokens, signs, and calls."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client, override_settings
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from joserfc import jwt
from joserfc.jwk import OKPKey

from pims.exchange import services
from pims.exchange.api import answers, limits, signatures
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER, gateway_secret
from pims.exchange.api.tokens import ASSERTION_TYPE, GRANT
from pims.exchange.tests.helpers import SmallAgency
from pims.foundation.commands.transaction import Command

HOST = "exchange.example"
AUDIENCE = f"https://{HOST}"
URLS = {
    "agency": "pims.exchange.api.urls",
    "observatory": "pims.exchange.api.observatory_urls",
}


@contextmanager
def serving(role: str = "agency", *, step: float = 0.001) -> Iterator[Client]:
    """The interface in this process, on this test's own connection; answers leave sooner."""
    limits.calls.forget()
    limits.failures.forget()
    with (
        patch.object(answers, "STEP", step),
        override_settings(
            ROOT_URLCONF=URLS[role],
            MIDDLEWARE=["pims.exchange.api.answers.AnswerMiddleware"],
            ALLOWED_HOSTS=[HOST],
            DATA_UPLOAD_MAX_MEMORY_SIZE=8 * 1024 * 1024,
        ),
    ):
        yield Client(raise_request_exception=True)


class _Own(HTTPSignatureKeyResolver):
    def __init__(self, key: OKPKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key.private_key

    def resolve_public_key(self, key_id: str) -> Any:
        return self._key.public_key


@dataclass(slots=True)
class Program:
    """`through` None is a call that did not come through the gateway."""

    agency: SmallAgency
    key: OKPKey
    kid: str
    end_user: str = "PC 1234 Choc"
    purpose: str = "custody_enquiry"
    host: str = HOST
    certificate: bytes = b""
    token: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, agency: SmallAgency) -> "Program":
        """With a key of its own for messages, registered."""
        key = OKPKey.generate_key("Ed25519")
        kid = services.add_key(
            Command(agency.officers[0]), agency_id=agency.agency_id, use="message",
            jwk=json.dumps(key.as_dict(private=False)),
        ).kid  # fmt: skip
        purpose = agency.terms.get("purpose", "custody_enquiry")
        return cls(agency, key, kid, purpose=purpose, certificate=agency.certificate)

    # -- what is sent --------------------------------------------------------------------------
    def gateway(self) -> dict[str, str]:
        """The headers that the gateway adds."""
        return {
            SECRET_HEADER: gateway_secret(),
            CERTIFICATE_HEADER: quote(self.certificate.decode(), safe=""),
        }

    def assertion(self, *, key: OKPKey | None = None, kid: str = "", **claims: Any) -> str:
        now = int(time.time())
        given = {
            "iss": self.agency.code, "sub": self.agency.code,
            "aud": f"https://{self.host}/v1/token", "iat": now, "exp": now + 60,
            "jti": str(uuid4()), **claims,
        }  # fmt: skip
        header = {"alg": "Ed25519", "kid": kid or self.agency.kid}
        used = key or self.agency.assertion_key
        assert used is not None
        return jwt.encode(
            header, {n: v for n, v in given.items() if v is not None}, used,
            algorithms=["Ed25519"],
        )  # fmt: skip

    def token_form(self, assertion: str = "") -> dict[str, str]:
        return {
            "grant_type": GRANT, "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
        }  # fmt: skip

    def headers(
        self, method: str, target: str, body: bytes = b"", *, signed: bool = True
    ) -> dict[str, str]:
        """Of one call, signed."""
        found = {
            "Authorization": f"Bearer {self.token}",
            "PIMS-Purpose": self.purpose,
            "PIMS-End-User": quote(self.end_user),
            **({"Content-Type": "application/json"} if body else {}),
            **self.extra,
        }
        if not signed:
            return found
        message = signatures.Message(method, f"https://{self.host}{target}", found)
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519, key_resolver=_Own(self.key)
        )
        covered = signatures.REQUIRED
        signer.sign(
            message, key_id=self.kid, tag=signatures.TAG, label="own",
            covered_component_ids=covered, body=body or None,
        )  # fmt: skip
        return found

    # -- calling the interface in this process -------------------------------------------------
    def get_token(self, client: Client, **form: str) -> Any:
        answer = client.post(
            "/v1/token", data=urlencode(self.token_form() | form), headers=self.gateway(),
            content_type="application/x-www-form-urlencoded", HTTP_HOST=self.host,
        )  # fmt: skip
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    def call(
        self, client: Client, method: str, target: str, body: object = None, *,
        signed: bool = True, gateway: Mapping[str, str] | None = None, **headers: str,
    ) -> Any:  # fmt: skip
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(
            body
        ).encode()  # fmt: skip
        if not self.token:
            assert self.get_token(client).status_code == 200
        found = self.headers(method, target, data, signed=signed)
        found |= self.gateway() if gateway is None else gateway
        found |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = found.pop("Content-Type", "application/octet-stream")
        return client.generic(
            method, target, data, content_type=kind if data else "", headers=found,
            HTTP_HOST=self.host,
        )  # fmt: skip

    def get(self, client: Client, target: str, **more: Any) -> Any:
        return self.call(client, "GET", target, **more)

    def post(self, client: Client, target: str, body: object, **more: Any) -> Any:
        return self.call(client, "POST", target, body, **more)


def digest_of(body: bytes) -> str:
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


__all__ = ["AUDIENCE", "HOST", "Ed25519PrivateKey", "Program", "digest_of", "serving"]
