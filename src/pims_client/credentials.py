"""Who an agency's program is: its certificate and the two keys that it signs with.

They lie in one folder, readable by the program alone:

    client.json       {"client_id": "police", "address": "https://…", "pims_keys": [{…}]}
    certificate.pem   the certificate that PIMS has registered, and certificate.key, its key
    assertion.jwk     the private key that gets tokens (RFC 7523)
    message.jwk       the private key that signs requests (RFC 9421)
    authorities.pem   who issued PIMS's own certificate; without it, those that the system believes

`pims_keys` are the public keys that PIMS signs its answers with, as they were handed over on paper.
"""

import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey


class BadCredentials(ValueError):
    """The folder lacks something, or something in it cannot be read; `str` says which file."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key (Ed25519 or P-256) and the name under which PIMS knows its public half."""

    kid: str
    key: OKPKey | ECKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        return "Ed25519" if isinstance(self.key, OKPKey) else "ES256"

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> "SigningKey":
        """Raises ValueError where it is no private key of these two kinds."""
        members = {str(name): value for name, value in jwk.items()}
        if "d" not in members:
            raise ValueError("no private key")
        if members.get("kty") == "OKP" and members.get("crv") == "Ed25519":
            key: OKPKey | ECKey = OKPKey.import_key(members)
        elif members.get("kty") == "EC" and members.get("crv") == "P-256":
            key = ECKey.import_key(members)
        else:
            raise ValueError("neither Ed25519 nor P-256")
        return cls(str(members.get("kid") or key.thumbprint()), key)


@dataclass(frozen=True, slots=True)
class Credentials:
    """`pims_keys` are JWKs with `kid`; none means that answers are not checked, which `Client`
    refuses unless told otherwise."""

    client_id: str
    address: str
    assertion: SigningKey
    message: SigningKey
    certificate: Path
    certificate_key: Path
    authorities: Path | None = None
    pims_keys: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def from_folder(cls, folder: str | Path) -> "Credentials":
        """Raises BadCredentials."""
        place = Path(folder)
        told = _json(place / "client.json")
        for name in ("client_id", "address"):
            if not isinstance(told.get(name), str):
                raise BadCredentials(f"client.json: {name}")
        for name in ("certificate.pem", "certificate.key"):
            if not (place / name).is_file():
                raise BadCredentials(name)
        authorities = place / "authorities.pem"
        return cls(
            client_id=told["client_id"],
            address=told["address"].rstrip("/"),
            assertion=_signing_key(place / "assertion.jwk"),
            message=_signing_key(place / "message.jwk"),
            certificate=place / "certificate.pem",
            certificate_key=place / "certificate.key",
            authorities=authorities if authorities.is_file() else None,
            pims_keys=tuple(told.get("pims_keys") or ()),
        )

    def tls(self) -> ssl.SSLContext:
        """The connection: PIMS's certificate is checked, ours is shown; TLS 1.2 at least."""
        context = ssl.create_default_context(
            cafile=str(self.authorities) if self.authorities else None
        )
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.certificate_key)
        return context


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        raise BadCredentials(path.name) from None
    if not isinstance(found, dict):
        raise BadCredentials(path.name)
    return found


def _signing_key(path: Path) -> SigningKey:
    try:
        return SigningKey.from_jwk(_json(path))
    except (ValueError, JoseError):
        raise BadCredentials(path.name) from None
