"""The keys and certificates by which an agency is known: added beforehand, revoked at once."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pims.exchange import events, jose
from pims.exchange.models import AccessToken, AgencyCertificate, AgencyKey
from pims.exchange.services.common import MANAGE, REASON, locked_agency
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

LARGEST_PEM = 20_000


@dataclass(frozen=True, slots=True)
class KeyResult:
    key_id: int
    kid: str


@dataclass(frozen=True, slots=True)
class CertificateResult:
    certificate_id: int
    thumbprint: str


@service
def add_key(
    tx: Transaction,
    *,
    agency_id: int,
    use: str,
    jwk: str,
    kid: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> KeyResult:
    """Believe a public key from `starts_at` (now) to before `ends_at` (until it is revoked).

    Several may hold at a time: that is how one is changed without a gap. `jwk` is its JSON; a
    private key is refused and nowhere kept, and so is one that was revoked, or that is another
    agency's: two who sign with one key cannot be told apart.

    Raises InvalidInput, NotFound, NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id)
    if use not in AgencyKey.Use.values:
        raise InvalidInput({"use": Reason("exchange.unknown_use")})
    try:
        public = jose.public_key(jwk)
    except jose.BadKey as bad:
        raise InvalidInput({"jwk": Reason(f"exchange.key_{bad}")}) from None
    for known in AgencyKey.objects.filter(jwk=public):
        if known.agency_id != agency.pk:
            raise InvalidInput({"jwk": Reason("exchange.key_of_another")})
        if known.revoked_at is not None:
            raise InvalidInput({"jwk": Reason("exchange.key_was_revoked")})
    named = clean_field("kid", kid, limit=80) or jose.thumbprint(public)
    if AgencyKey.objects.filter(agency=agency, kid=named).exists():
        raise InvalidInput({"kid": Reason("exchange.kid_taken", {"kid": named})})
    begins = starts_at or tx.now
    if ends_at is not None and ends_at <= begins:
        raise InvalidInput({"ends_at": Reason("exchange.ends_before_it_starts")})
    key = AgencyKey.objects.create(
        agency=agency,
        kid=named,
        use=use,
        jwk=public,
        starts_at=begins,
        ends_at=ends_at,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(events.AgencyKeyAdded(agency_id=agency.pk, key_id=key.pk, use=use))
    return KeyResult(key.pk, named)


@service
def revoke_key(tx: Transaction, *, key_id: int, reason: str) -> None:
    """Believe nothing any more that the key signs; tokens that were got with it end at once.

    Raises InvalidInput, NotFound, Refused (revoked already), NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    key = AgencyKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound("agency_key", key_id)
    kept = clean_field("reason", reason, limit=REASON, required=True)
    if key.revoked_at is not None:
        refuse(Reason("exchange.revoked_already")).require()
    key.revoked_at, key.revoked_reason = tx.now, kept
    key.save(update_fields=["revoked_at", "revoked_reason"])
    tokens = AccessToken.objects.filter(agency=key.agency_id, kid=key.kid, revoked_at=None)
    tokens.update(revoked_at=tx.now)
    tx.record(events.AgencyKeyRevoked(agency_id=key.agency_id, key_id=key.pk))


@service
def add_certificate(tx: Transaction, *, agency_id: int, pem: str) -> CertificateResult:
    """Let machines in that show this certificate. Raises InvalidInput, NotFound, NotPermitted."""
    require_held(tx.actor, MANAGE)
    agency = locked_agency(agency_id)
    if "PRIVATE KEY" in pem:
        raise InvalidInput({"pem": Reason("exchange.key_private")})
    try:
        found = x509.load_pem_x509_certificate(pem[:LARGEST_PEM].encode())
    except ValueError:
        raise InvalidInput({"pem": Reason("exchange.no_certificate")}) from None
    if found.not_valid_after_utc <= tx.now:
        raise InvalidInput({"pem": Reason("exchange.certificate_run_out")})
    thumbprint = thumbprint_of(found)
    if AgencyCertificate.objects.filter(thumbprint=thumbprint).exists():
        raise InvalidInput({"pem": Reason("exchange.certificate_known")})
    row = AgencyCertificate.objects.create(
        agency=agency,
        thumbprint=thumbprint,
        subject=found.subject.rfc4514_string()[:300],
        serial=format(found.serial_number, "x")[:60],
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(events.CertificateAdded(agency_id=agency.pk, certificate_id=row.pk))
    return CertificateResult(row.pk, thumbprint)


@service
def revoke_certificate(tx: Transaction, *, certificate_id: int, reason: str) -> None:
    """Let nobody in any more who shows it; tokens that are bound to it end at once.

    Raises InvalidInput, NotFound, Refused (revoked already), NotPermitted.
    """
    require_held(tx.actor, MANAGE)
    row = AgencyCertificate.objects.select_for_update().filter(pk=certificate_id).first()
    if row is None:
        raise NotFound("certificate", certificate_id)
    kept = clean_field("reason", reason, limit=REASON, required=True)
    if row.revoked_at is not None:
        refuse(Reason("exchange.revoked_already")).require()
    row.revoked_at, row.revoked_reason = tx.now, kept
    row.save(update_fields=["revoked_at", "revoked_reason"])
    tokens = AccessToken.objects.filter(thumbprint=row.thumbprint, revoked_at=None)
    tokens.update(revoked_at=tx.now)
    tx.record(events.CertificateRevoked(agency_id=row.agency_id, certificate_id=row.pk))


def thumbprint_of(certificate: x509.Certificate) -> str:
    """``x5t#S256`` of RFC 8705: SHA-256 of the DER, base64url, no padding."""
    digest = certificate.fingerprint(hashes.SHA256())
    return urlsafe_b64encode(digest).decode().rstrip("=")
