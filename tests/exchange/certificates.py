"""Authorities and certificates of one run, as openssl would make them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pims.kernel import clock


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate, and the file that holds it with its key."""

    certificate: x509.Certificate
    path: Path

    @property
    def pem(self) -> bytes:
        return _pem(self.certificate)


class Authority:
    """Issues certificates for these names, and says which it revoked."""

    def __init__(self, folder: Path, name: str, *, names: tuple[str, ...] = ()) -> None:
        self._folder, self._names = folder, names
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(_pem(self._signed(self._name, self._key, -1, 3650, authority=True)))

    def issue(self, name: str, *, begins: int = -1, days: int = 30) -> Shown:
        """A certificate of `name`, beginning so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        found = self._signed(_named(name), key, begins, days)
        path = self._folder / f"{name}-{found.serial_number:x}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(_pem(found) + private)
        return Shown(found, path)

    def revoke(self, *revoked: Shown) -> Path:
        """The list of what was revoked."""
        now = clock.now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(now - timedelta(days=1))
            .next_update(now + timedelta(days=9))
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.certificate.serial_number)
                .revocation_date(now - timedelta(hours=1))
                .build()
            )
        path = self._folder / "revoked.crl"
        path.write_bytes(
            builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        return path

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begins: int,
        days: int,
        *,
        authority: bool = False,
    ) -> x509.Certificate:
        now = clock.now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=begins + days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if self._names:
            names = [x509.DNSName(name) for name in self._names]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
