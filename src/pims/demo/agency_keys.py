"""A certificate authority of one installation, for the programs of the demonstration alone."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pims.kernel import clock

VALID = timedelta(days=825)


@dataclass(frozen=True, slots=True)
class Authority:
    """Its private key is kept nowhere: what it issues, it issues once."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("PIMS demonstration")
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        built = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
        )
        return cls(built.sign(key, hashes.SHA256()), key)

    def write(self, path: Path) -> None:
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue_server(self, certificate: Path, key: Path, *, names: Iterable[str]) -> None:
        self._issue("gateway", certificate, key, ExtendedKeyUsageOID.SERVER_AUTH, names)

    def issue_client(self, certificate: Path, key: Path, *, name: str) -> str:
        """The certificate's PEM."""
        return self._issue(name, certificate, key, ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def _issue(
        self,
        name: str,
        certificate: Path,
        key: Path,
        use: x509.ObjectIdentifier,
        names: Iterable[str],
    ) -> str:
        private = ec.generate_private_key(ec.SECP256R1())
        built = _builder(
            _named(name), self.certificate.subject, private.public_key()
        ).add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        if others := [_general(one) for one in names]:
            built = built.add_extension(x509.SubjectAlternativeName(others), critical=False)
        signed = built.sign(self.key, hashes.SHA256())
        pem = signed.public_bytes(serialization.Encoding.PEM)
        certificate.write_bytes(pem)
        key.touch(mode=0o600)
        key.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pem.decode()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
