"""A client proves who it is: a JWT that it signed itself (RFC 7523, `private_key_jwt`).

Clocks may differ by `SKEW` seconds. An assertion holds for at most `LONGEST` seconds, so that what
was used need not be remembered for ever; each is good once.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from joserfc.jwt import JWTClaimsRegistry

from pims.exchange import jose

SKEW = 60
LONGEST = 300
LARGEST = 8_000


class BadAssertion(Exception):
    """`code` says what is wrong with it: ``form``, ``client``, ``key``, ``signature``, ``aud``,
    ``exp``, ``iat``, ``jti``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Assertion:
    """Signed by the key `kid`; `until` is the last second (of the epoch) at which it is taken."""

    client: str
    kid: str
    jti: str
    until: int


def client_named(text: str) -> str:
    """The client that the assertion is of, as it says itself: nothing is checked yet."""
    return str(_claims(text).get("iss", ""))


def check(
    text: str, *, keys: Collection[Mapping[str, Any]], audiences: Collection[str], now: int
) -> Assertion:
    """`keys` are ``{"kid", "jwk"}`` that are believed now. Raises BadAssertion."""
    client = client_named(text)
    header = _header(text)
    named = header.get("kid")
    if named is not None and not isinstance(named, str):
        raise BadAssertion("key")
    for key in keys:
        if named is None or key["kid"] == named:
            claims = _verified(text, key["jwk"], header)
            if claims is not None:
                _check_claims(claims, client=client, audiences=audiences, now=now)
                return Assertion(client, key["kid"], claims["jti"], int(claims["exp"]) + SKEW)
    raise BadAssertion(
        "key" if named is not None and named not in {key["kid"] for key in keys} else "signature"
    )


def _verified(
    text: str, jwk: Mapping[str, Any], header: Mapping[str, Any]
) -> dict[str, Any] | None:
    algorithm = jose.algorithm_of(jwk)
    if header.get("alg") != algorithm:
        return None
    try:
        return jwt.decode(text, jose.key_of(jwk), algorithms=[algorithm]).claims
    except (JoseError, ValueError, RecursionError):
        return None


def _check_claims(
    claims: Mapping[str, Any], *, client: str, audiences: Collection[str], now: int
) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= 128 or not jti.isprintable():
        raise BadAssertion("jti")
    for code in ("exp", "iat", "nbf"):
        value = claims.get(code, 0 if code != "exp" else None)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise BadAssertion(code)
    if claims["exp"] > now + LONGEST + SKEW:
        raise BadAssertion("exp")
    registry = JWTClaimsRegistry(
        now=now,
        leeway=SKEW,
        iss={"essential": True, "value": client},
        sub={"essential": True, "value": client},
        aud={"essential": True, "values": list(audiences)},
        exp={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except JoseError as error:
        raise BadAssertion(_claim_of(error)) from None
    if claims.get("iat", now) > now + SKEW:
        raise BadAssertion("iat")


def _claim_of(error: JoseError) -> str:
    if error.error == "expired_token":
        return "exp"
    named = str(getattr(error, "claim", None) or getattr(error, "claims", "") or "").split(",")[0]
    return {"iss": "client", "sub": "client"}.get(named, named or "form")


def _header(text: str) -> dict[str, Any]:
    try:
        return extract_compact(text.encode()).headers()
    except (JoseError, ValueError, RecursionError):
        raise BadAssertion("form") from None


def _claims(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise BadAssertion("form")
    try:
        found = json.loads(extract_compact(text.encode()).payload)
    except (JoseError, ValueError, RecursionError):
        raise BadAssertion("form") from None
    if not isinstance(found, dict):
        raise BadAssertion("form")
    return found
