"""An agency with an agreement in force, and a token of it, for the tests of the exchange."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from django.db import connection, transaction
from joserfc import jws
from joserfc.jwk import OKPKey

from pims.exchange import catalogue, services
from pims.exchange.enforcement import Inquired, open_inquiry
from pims.exchange.models import AccessToken, AgencyCertificate
from pims.exchange.rules import terms as terms_rules
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.access.models import User
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

ALL = (catalogue.EVERYONE,)


def terms_of(
    agency: str = "police",
    *,
    purpose: str = "custody_enquiry",
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    labels: tuple[str, ...] = ("ordinary",),
    lookups: tuple[str, ...] = ("number", "name_birth", "document", "list"),
    events: Mapping[str, str] | None = None,
    a_minute: int = 600,
    a_day: int = 100_000,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """A document of terms; without `tables` the whole of custody of everybody."""
    begins = valid_from or clock.now() - timedelta(days=30)
    return {
        "v": 1,
        "agency": agency,
        "purpose": purpose,
        "legal_basis": [{"text": "A law that nobody made", "citation": "", "confirmed": False}],
        "valid_from": begins.isoformat(),
        "valid_until": (valid_until or clock.now() + timedelta(days=300)).isoformat(),
        "labels": list(labels),
        "lookups": list(lookups),
        "tables": {
            name: dict(one) for name, one in (tables or {"custody": whole("custody")}).items()
        },
        "events": dict(events or {}),
        "retention_days": 90,
        "quota": {"a_minute": a_minute, "a_day": a_day},
    }


def whole(table: str) -> dict[str, Any]:
    """Every column of a table, for everybody."""
    return {"rows": [list(ALL)], "columns": sorted(
        f.name for f in catalogue.TABLES[table].fields if not f.label
    )}  # fmt: skip


@dataclass(slots=True)
class SmallAgency:
    """An agency as a test has it: `private` keys are of this run alone."""

    agency_id: int
    code: str
    officers: tuple[Actor, Actor]
    version_id: int = 0
    agreement_id: int = 0
    terms: dict[str, Any] = field(default_factory=dict)
    assertion_key: OKPKey | None = None
    kid: str = ""
    thumbprint: str = ""
    certificate: bytes = b""
    certificate_key: bytes = b""


def officer(name: str) -> Actor:
    """Somebody who may do everything that the exchange asks of an officer."""
    permissions = frozenset(
        f"exchange.{what}"
        for what in ("view", "manage", "sign", "disclosures", "inbox", "breaker", "replay")
    )
    badge = f"X{secrets.token_hex(4)}"
    user = User.objects.create(badge=badge, name=name, created_at=clock.now())
    reach = Reach("tester", permissions, None, None, frozenset(LABELS))
    return Actor(user_id=user.pk, name=name, badge=badge, reaches=(reach,), strong=True)


def small_agency(code: str = "police", *, kind: str = "police", **more: Any) -> SmallAgency:
    """A registered agency with a key and a certificate, and no agreement yet."""
    first, second = officer("First Officer"), officer("Second Officer")
    made = services.register_agency(
        Command(first), code=code, name=code.title(), kind=kind, phone="+501 555 0100", **more
    )
    found = SmallAgency(made.agency_id, code, (first, second))
    key = OKPKey.generate_key("Ed25519")
    found.assertion_key = key
    found.kid = services.add_key(
        Command(first), agency_id=made.agency_id, use="assertion",
        jwk=json.dumps(key.as_dict(private=False)),
    ).kid  # fmt: skip
    found.certificate, found.certificate_key = self_signed(code)
    found.thumbprint = services.add_certificate(
        Command(first), agency_id=made.agency_id, pem=found.certificate.decode()
    ).thumbprint
    return found


def sign_and_activate(agency: SmallAgency, terms: Mapping[str, Any]) -> int:
    """Draft, signed by two officers and with the agency's own key, in force; the version's id."""
    first, second = agency.officers
    drafted = services.draft_agreement(Command(first), agency_id=agency.agency_id, terms=terms)
    for one in (first, second):
        services.sign_agreement(Command(one), version_id=drafted.version_id, office="Officer")
    kid, signature = signed_by_them(agency, terms)
    services.record_their_signature(
        Command(first), version_id=drafted.version_id, name="Their Chief", office="Chief",
        kid=kid, signature=signature,
    )  # fmt: skip
    services.activate_agreement(Command(second), version_id=drafted.version_id)
    agency.version_id, agency.agreement_id = drafted.version_id, drafted.agreement_id
    agency.terms = dict(terms)
    return drafted.version_id


def signed_by_them(agency: SmallAgency, terms: Mapping[str, Any]) -> tuple[str, str]:
    """A signature over the terms by a new key of the agency for agreements: (kid, detached JWS)."""
    key = OKPKey.generate_key("Ed25519")
    kid = services.add_key(
        Command(agency.officers[0]), agency_id=agency.agency_id, use="agreement",
        jwk=json.dumps(key.as_dict(private=False)),
    ).kid  # fmt: skip
    text = terms_rules.canonical_text(terms_rules.document_of(terms_rules.parse(terms)))
    whole_jws = jws.serialize_compact(
        {"alg": "Ed25519"}, text.encode(), key, algorithms=["Ed25519"]
    )
    return kid, jws.detach_content(whole_jws)


def agency_with(terms: Mapping[str, Any] | None = None, *, kind: str = "police") -> SmallAgency:
    """An agency with these terms in force."""
    terms = terms or terms_of()
    agency = small_agency(terms["agency"], kind=kind)
    sign_and_activate(agency, terms)
    return agency


def token_for(agency: SmallAgency, *, seconds: int = 300) -> bytes:
    """The hash of a token of the agency that holds now, bound to its certificate."""
    digest = hashlib.sha256(secrets.token_bytes(32)).digest()
    certificate = AgencyCertificate.objects.get(thumbprint=agency.thumbprint)
    AccessToken.objects.create(
        id=uuid4(), agency_id=agency.agency_id, kid=agency.kid, thumbprint=certificate.thumbprint,
        hash=digest, issued_at=clock.now() - timedelta(seconds=5),
        expires_at=clock.now() + timedelta(seconds=seconds),
    )  # fmt: skip
    return digest


def inquire(agency: SmallAgency, *, kind: str = "person.custody", **more: Any) -> Inquired:
    """An inquiry under the agency's agreement, as its own process would open it."""
    asked: dict[str, Any] = {
        "token_hash": token_for(agency),
        "thumbprint": agency.thumbprint,
        "purpose": agency.terms["purpose"],
        "end_user": "PC 1234 Choc",
        "asked": {"number": "any"},
        **more,
    }
    return open_inquiry(kind=kind, **asked)


@contextmanager
def as_agency(role: str = "agency") -> Iterator[None]:
    """Within the block the test's connection is what the agency process's is."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE pims_{role}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def self_signed(name: str, *, days: int = 30) -> tuple[bytes, bytes]:
    """A certificate and its key, in PEM, of this run alone."""
    key = Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, None)
    )
    assert certificate.signature_hash_algorithm is None or isinstance(
        certificate.signature_hash_algorithm, hashes.HashAlgorithm
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
