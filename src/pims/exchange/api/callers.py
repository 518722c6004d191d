"""Who calls: checked in one order, before anything is looked for.

The gateway, the certificate, the rate, the token, the signature, the purpose and the official. Then
the question is opened, which is a record of its own; nothing can be read before that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, UnreadablePostError

from pims.exchange import enforcement
from pims.exchange.api import limits, refusals, signatures
from pims.exchange.api.gateway import thumbprint_shown
from pims.exchange.api.reading import close
from pims.exchange.api.refusals import ApiRefused, Refusal
from pims.exchange.api.signatures import BadSignature
from pims.exchange.api.tokens import token_hash
from pims.exchange.enforcement import Inquired, InquiryRefused, as_object
from pims.exchange.rules.terms import Terms

PURPOSE, END_USER = "PIMS-Purpose", "PIMS-End-User"
LONGEST_NAME = 200
A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """An agency's program, and the official for whom it asks. `signed_by` is the kid that the
    request's signature names, `evidence` what is kept of a signature that somebody else judges."""

    agency_code: str
    phone: str
    hash: bytes
    thumbprint: str
    purpose: str
    end_user: str
    signed_by: str = ""
    evidence: str = ""


class BearerToken:
    """The authentication of every call but those that get a token."""

    openapi_security_schema: Mapping[str, str] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of POST /v1/token, over the TLS connection of the certificate that"
        " it was got with (RFC 8705).",
    }

    def __call__(self, request: HttpRequest) -> Caller:
        """Raises ApiRefused."""
        shown = thumbprint_shown(request)
        limits.calls.count(shown)
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise ApiRefused(refusals.no_token())
        hashed = token_hash(text.strip())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT agency_code, state, phone, signs_reads, keys FROM agency_bearer(%s, %s)",
                [hashed, shown],
            )
            found = cursor.fetchone()
        if found is None:
            limits.failures.count(shown)
            raise ApiRefused(refusals.bad_token())
        code, state, phone, signs_reads, keys = found
        request.phone = phone  # type: ignore[attr-defined]
        if state != "active":
            raise ApiRefused(refusals.agency_not_active())
        signed = self.signed(request, as_object(keys), signs_reads=signs_reads)
        caller = Caller(code, phone, hashed, shown, *_purpose_and_official(request), *signed)
        request.caller = caller  # type: ignore[attr-defined]
        return caller

    def signed(
        self, request: HttpRequest, keys: list[dict[str, Any]], *, signs_reads: bool
    ) -> tuple[str, str]:
        """The kid of the key that signed; "" where nobody needs to. Raises ApiRefused."""
        if request.method == "GET" and not signs_reads:
            return "", ""
        body_of(request)
        try:
            return signatures.verify(request, keys), ""
        except BadSignature as bad:
            raise ApiRefused(refusals.bad_signature(bad.code, bad.what)) from None


class KeptSignature(BearerToken):
    """Of a message the signature is kept with it, right or wrong: nothing that an agency sends is
    turned away for it, and whoever judges the message judges that too."""

    def signed(
        self, request: HttpRequest, keys: list[dict[str, Any]], *, signs_reads: bool
    ) -> tuple[str, str]:
        body_of(request)
        return signatures.kept(request)


def body_of(request: HttpRequest) -> bytes:
    """Raises ApiRefused where it is too large, or did not come to its end."""
    try:
        return request.body
    except RequestDataTooBig:
        raise ApiRefused(refusals.too_large()) from None
    except UnreadablePostError:
        raise ApiRefused(refusals.bad_request()) from None


def _purpose_and_official(request: HttpRequest) -> tuple[str, str]:
    purpose = request.headers.get(PURPOSE, "").strip()
    if not 1 <= len(purpose) <= 40 or not purpose.isprintable():
        raise ApiRefused(refusals.no_purpose())
    # A header holds ASCII alone: whoever is called Núñez is written with per cent signs.
    try:
        official = unquote(request.headers.get(END_USER, ""), errors="strict").strip()
    except UnicodeDecodeError:
        official = ""
    if not 1 <= len(official) <= LONGEST_NAME or not official.isprintable():
        raise ApiRefused(refusals.no_end_user())
    return purpose, official


def inquire(
    request: HttpRequest,
    kind: str,
    asked: Mapping[str, object],
    *,
    tables: tuple[str, ...] = (),
    lookup: str = "",
    events: bool = False,
) -> Inquired:
    """Open the question. `tables` of which none is agreed, a `lookup` that is not, or `events`
    where none are, are refused before anybody is looked for: that says something of the agreement
    and nothing of a person. Raises ApiRefused.
    """
    caller: Caller = request.caller  # type: ignore[attr-defined]
    try:
        inquired = enforcement.open_inquiry(
            token_hash=caller.hash,
            thumbprint=caller.thumbprint,
            purpose=caller.purpose,
            end_user=caller.end_user,
            kind=kind,
            asked=asked,
        )
    except InquiryRefused as refused:
        raise ApiRefused(refusal_of(refused.outcome, caller)) from None
    request.inquiry = inquired.inquiry_id  # type: ignore[attr-defined]
    what = _not_agreed(inquired.terms, tables, lookup, events)
    if what:
        close(inquired)
        raise ApiRefused(refusals.not_agreed(what, legal_basis(inquired.terms)))
    return inquired


def _not_agreed(terms: Terms, tables: tuple[str, ...], lookup: str, events: bool) -> str:
    if tables and not set(tables) & terms.tables.keys():
        return ", ".join(tables)
    if events and not terms.events:
        return "events"
    number_by_list = lookup == "number" and "list" in terms.lookups
    return lookup if lookup and lookup not in terms.lookups and not number_by_list else ""


def legal_basis(terms: Terms) -> str:
    return "; ".join(b.citation or b.text for b in terms.legal_basis)


def refusal_of(outcome: str, caller: Caller) -> Refusal:
    """The answer to an inquiry that the database did not open."""
    match outcome:
        case "bad_token":
            return refusals.bad_token()
        case "agency_not_active":
            return refusals.agency_not_active()
        case "no_agreement":
            return refusals.no_agreement(caller.purpose)
        case "over_quota":
            return refusals.over_quota(A_MINUTE)
    return refusals.bad_request()
