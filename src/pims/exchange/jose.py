"""Public keys of agencies and what they sign, in the formats of JOSE (RFC 7515, 7517, 8037)."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

# Fully specified algorithms (RFC 9864): an agency signs with one of these two.
ALGORITHMS = ("Ed25519", "ES256")
_CURVES = {"Ed25519": "Ed25519", "P-256": "ES256"}
_PUBLIC = {"OKP": {"kty", "crv", "x"}, "EC": {"kty", "crv", "x", "y"}}


class BadKey(ValueError):
    """Not a public key that we believe; `str` is the code of why."""


def public_key(text: str) -> dict[str, str]:
    """The members of a public key that are kept, from its JSON.

    Raises BadKey: ``no_json``, ``private`` (whoever sent it must throw it away), ``no_curve``.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise BadKey("no_json") from None
    if not isinstance(given, dict):
        raise BadKey("no_json")
    if {"d", "k", "p", "q"} & given.keys():
        raise BadKey("private")
    members = _PUBLIC.get(str(given.get("kty")))
    if members is None or given.get("crv") not in _CURVES:
        raise BadKey("no_curve")
    kept = {name: str(given.get(name, "")) for name in sorted(members)}
    try:
        key_of(kept)
    except (ValueError, JoseError):
        raise BadKey("no_curve") from None
    return kept


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638: the name of a key that its owner gave none."""
    return key_of(jwk).thumbprint()


def algorithm_of(jwk: Mapping[str, Any]) -> str:
    return _CURVES[str(jwk["crv"])]


def signs(jwk: Mapping[str, Any], signature: str, payload: bytes) -> bool:
    """Whether a compact JWS, its content detached (RFC 7515, appendix F) or not, is of this
    payload and by this key."""
    algorithm = algorithm_of(jwk)
    parts = signature.strip().split(".")
    if len(parts) != 3:
        return False
    try:
        if parts[1] == "":
            parts[1] = _encoded(payload)
        found = jws.deserialize_compact(".".join(parts), key_of(jwk), algorithms=[algorithm])
    except (JoseError, ValueError, RecursionError):
        return False
    return found.payload == payload and found.protected.get("alg") == algorithm


def _encoded(payload: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(payload).decode().rstrip("=")


def key_of(jwk: Mapping[str, Any]) -> OKPKey | ECKey:
    """The key as the library knows it; its members were checked when it was registered."""
    kept: dict[str, str | list[str]] = {name: str(value) for name, value in jwk.items()}
    return OKPKey.import_key(kept) if jwk["kty"] == "OKP" else ECKey.import_key(kept)
