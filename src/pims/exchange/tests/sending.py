"""An agency that sends: its key, its messages, and how they reach us, for the tests of what comes
in."""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from pims.exchange import services
from pims.exchange.inbound import intake
from pims.exchange.models import Inbound
from pims.exchange.services.inbound import judge_inbound
from pims.exchange.tests.helpers import (
    SmallAgency,
    as_agency,
    sign_and_activate,
    small_agency,
    terms_of,
    token_for,
)
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock


@dataclass
class Sender:
    """A court, or the police, with an agreement in force unless `agreed` is false."""

    code: str
    kind: str
    bodies: tuple[int, ...] = ()
    agreed: bool = True
    sandbox: bool = False
    tries_as: tuple[str, ...] = ()
    agency: SmallAgency = field(init=False)
    key: OKPKey = field(init=False)
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        self.agency = small_agency(
            self.code, kind=self.kind, sandbox=self.sandbox, tries_as=self.tries_as
        )
        if self.agreed:
            sign_and_activate(self.agency, terms_of(self.code))
        self.key, self.kid = self.new_key()
        for body_id in self.bodies:
            services.speak_for(
                Command(self.agency.officers[0]), agency_id=self.agency.agency_id,
                body_id=body_id, speaks=True,
            )  # fmt: skip

    def new_key(self, **more: Any) -> tuple[OKPKey, str]:
        key = OKPKey.generate_key("Ed25519")
        made = services.add_key(
            Command(self.agency.officers[0]), agency_id=self.agency.agency_id, use="message",
            jwk=json.dumps(key.as_dict(private=False)), **more,
        )  # fmt: skip
        return key, made.kid

    def text(
        self,
        kind: str,
        content: dict[str, Any],
        *,
        message_id: str = "",
        sent_at: datetime | None = None,
        corrects: str = "",
    ) -> bytes:
        said = {
            "v": 1,
            "message_id": message_id or f"m-{uuid4()}",
            "kind": kind,
            "sent_at": (sent_at or clock.now()).isoformat(),
            "content": content,
        }
        return json.dumps(said | ({"corrects": corrects} if corrects else {})).encode()

    def sign(self, body: bytes, key: OKPKey | None = None) -> str:
        whole = jws.serialize_compact(
            {"alg": "Ed25519"}, body, key or self.key, algorithms=["Ed25519"]
        )
        return jws.detach_content(whole)

    def sign_paper(self, body: bytes) -> str:
        """As a paper carries it: its head names the key."""
        whole = jws.serialize_compact(
            {"alg": "Ed25519", "kid": self.kid}, body, self.key, algorithms=["Ed25519"]
        )
        return jws.detach_content(whole)

    def sign_request(
        self, body: bytes, key: OKPKey | None = None, *, path: str = "/v1/messages"
    ) -> str:
        """As a request signed after RFC 9421 is kept."""
        digest = b64encode(hashlib.sha256(body).digest()).decode()
        base = (
            f'"@method": POST\n"@path": {path}\n'
            f'"content-digest": sha-256=:{digest}:\n'
            f'"@signature-params": ("@method" "@path" "content-digest");keyid="{self.kid}"'
        )
        private = (key or self.key).private_key
        assert isinstance(private, Ed25519PrivateKey)
        return intake.evidence(base, private.sign(base.encode()))

    def give(
        self,
        body: bytes,
        *,
        signature: str | None = None,
        kid: str | None = None,
        end_user: str = "The clerk",
    ) -> intake.Receipt:
        """Over the wire, not looked at yet."""
        asking = {**self._asking(), "end_user": end_user}
        with as_agency():
            return intake.receive(
                **asking,
                body=body,
                kid=self.kid if kid is None else kid,
                signature=self.sign(body) if signature is None else signature,
            )

    def send(self, kind: str, content: dict[str, Any], **more: Any) -> Inbound:
        """Sent, kept and looked at."""
        receipt = self.give(self.text(kind, content, **more))
        judge()
        return self.row(receipt.message_id)

    def row(self, message_id: str) -> Inbound:
        return Inbound.objects.get(agency_id=self.agency.agency_id, message_id=message_id)

    def status(self, message_id: str) -> dict[str, Any]:
        found = intake.status(**self._asking(), message_id=message_id)
        assert found is not None
        return found

    def asked(self, message_id: str) -> dict[str, Any] | None:
        return intake.status(**self._asking(), message_id=message_id)

    def _asking(self) -> dict[str, Any]:
        return {
            "token_hash": token_for(self.agency),
            "thumbprint": self.agency.thumbprint,
            "purpose": self.agency.terms.get("purpose", "custody_enquiry"),
            "end_user": "The clerk",
        }


def judge() -> None:
    """The worker looks at what came, in the order in which it came."""
    for row in Inbound.objects.filter(state="received").order_by("received_at"):
        look_at(row.pk)


def look_at(inbound_id: UUID) -> None:
    judge_inbound(Command(system_actor()), inbound_id=inbound_id)
