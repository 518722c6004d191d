"""The token endpoint: client credentials for an assertion (RFC 6749, 7523), bound to the
certificate that the client shows (RFC 8705)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from django.http import HttpRequest

from pims.exchange.api import assertions, limits, refusals
from pims.exchange.api.assertions import Assertion, BadAssertion
from pims.exchange.api.gateway import thumbprint_shown
from pims.exchange.api.refusals import ApiRefused, Refusal
from pims.exchange.enforcement import as_object
from pims.kernel import clock

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE = timedelta(minutes=5)


# Of one request each stands once (RFC 6749, 3.2).
PARAMETERS = (
    "grant_type", "client_id", "client_assertion_type", "client_assertion", "token",
    "token_type_hint", "scope",
)  # fmt: skip
PROOF = frozenset({"client_assertion_type", "client_assertion"})
# Other ways to prove who one is: none is taken, and none beside an assertion.
SCHEMES, PASSWORD = ("Basic", "Bearer", "Digest"), "client_secret"


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    seconds: int


def misshapen(request: HttpRequest, faults: Mapping[str, str]) -> Refusal:
    """The answer (RFC 6749, 5.2) to a request of which parameters are wrong: name -> how, as the
    parser calls it. Who lacks nothing but the proof is a client that does not prove who it is."""
    try:
        limits.calls.count(thumbprint_shown(request))
    except ApiRefused as refused:
        return refused.refusal
    lacking = {name for name, how in faults.items() if how == "missing"}
    if lacking and lacking == faults.keys() and lacking <= PROOF and not _given_wrongly(request):
        return refusals.bad_assertion("missing", _tried(request))
    return refusals.bad_token_request(sorted(faults.keys() | set(_given_wrongly(request))))


def require_once(request: HttpRequest) -> None:
    """Raises ApiRefused where a parameter stands twice, or a password stands beside the proof."""
    wrong = _given_wrongly(request)
    if wrong:
        raise ApiRefused(misshapen(request, dict.fromkeys(wrong, "twice")))


def _given_wrongly(request: HttpRequest) -> list[str]:
    twice = [name for name in PARAMETERS if len(request.POST.getlist(name)) > 1]
    return [*twice, PASSWORD] if PASSWORD in request.POST else twice


def _tried(request: HttpRequest) -> str:
    """The scheme by which a client tried to prove who it is in the header, where it did."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return next((one for one in SCHEMES if one.lower() == scheme), "")


def token_hash(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()


def issue(
    request: HttpRequest, *, grant: str, assertion_type: str, assertion: str, client_id: str
) -> Token:
    """A token for whoever proves to be a client and shows a certificate of it.

    Raises ApiRefused. What is wrong is told in full: it is of the client's own making.
    """
    shown = thumbprint_shown(request)
    limits.calls.count(shown)
    if grant != GRANT:
        raise ApiRefused(refusals.unsupported_grant())
    try:
        return _issued(request, shown, assertion_type, assertion, client_id)
    except BadAssertion as bad:
        limits.failures.count(shown)
        raise ApiRefused(refusals.bad_assertion(bad.code)) from None


def _issued(
    request: HttpRequest, shown: str, assertion_type: str, assertion: str, client_id: str
) -> Token:
    if assertion_type != ASSERTION_TYPE:
        raise BadAssertion("type")
    named = assertions.client_named(assertion)
    if client_id and client_id != named:
        raise BadAssertion("client")
    client = _client(named)
    if client is None:
        raise BadAssertion("client")
    now = clock.now()
    proved = assertions.check(
        assertion,
        keys=client["keys"],
        audiences=audiences_of(request),
        now=int(now.timestamp()),
    )
    if shown not in client["certificates"]:
        raise BadAssertion("certificate")
    token = Token(secrets.token_urlsafe(32), int(LIFE.total_seconds()))
    outcome = _keep(proved, token, shown, now)
    if outcome == "agency_not_active":
        raise ApiRefused(refusals.agency_not_active())
    if outcome == "over_quota":
        raise ApiRefused(refusals.too_fast(60))
    if outcome != "ok":
        raise BadAssertion(outcome)
    return token


def audiences_of(request: HttpRequest) -> tuple[str, str]:
    """Whom an assertion must be made out to: us, or our token endpoint."""
    us = f"https://{request.get_host()}"
    return us, f"{us}/v1/token"


def give_back(request: HttpRequest, *, token: str) -> None:
    """End a token that the caller holds (RFC 7009). Of any other nothing is said or changed."""
    shown = thumbprint_shown(request)
    limits.calls.count(shown)
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_revoke_token(%s, %s)", [token_hash(token), shown])


def _client(named: str) -> dict[str, Any] | None:
    if not named.isprintable() or len(named) > 24:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, phone, keys, certificates FROM agency_client(%s)", [named])
        state, phone, keys, certificates = cursor.fetchone() or (None,) * 4
    if state is None:
        return None
    return {
        "state": state,
        "phone": phone,
        "keys": as_object(keys),
        "certificates": as_object(certificates),
    }


def _keep(proved: Assertion, token: Token, shown: str, now: datetime) -> str:
    until = datetime.fromtimestamp(proved.until, tz=now.tzinfo)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT agency_issue_token(%s, %s, %s, %s, %s, %s, %s)",
            [proved.client, proved.kid, proved.jti, until, token_hash(token.text), shown,
             now + LIFE],
        )  # fmt: skip
        return str(cursor.fetchone()[0])
