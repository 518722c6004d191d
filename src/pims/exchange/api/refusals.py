"""Every refusal of the API: a code that stays, words, the law if any, who can decide otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pims.kernel.reasons import Reason
from pims.ui.wording import catalogue, render

_ROOM = "exchange.api_"
# Whoever manages the exchange: keys, certificates, the state of an agency. And who signs for it.
MANAGE, SIGN = "exchange.manage", "exchange.sign"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`error` is the code of RFC 6749 or 6750 where one applies; `headers` go with the answer."""

    status: int
    reason: Reason
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    details: Sequence[Mapping[str, Any]] = ()

    @property
    def code(self) -> str:
        return self.reason.code.removeprefix(_ROOM)

    def body(self, phone: str = "") -> dict[str, Any]:
        """The same text for the same refusal, whoever and whatever was asked about."""
        body: dict[str, Any] = {
            "code": self.code,
            "message": {language: render(self.reason, language) for language in ("en", "es")},
            "legal_reference": self.reason.reference or None,
            "decided_by": _decider(self.reason.decided_by),
            "phone": phone or None,
        }
        if self.error:
            body |= {"error": self.error, "error_description": body["message"]["en"]}
        if self.details:
            body["details"] = [dict(one) for one in self.details]
        return body


class ApiRefused(Exception):
    """The call is answered with a refusal. What it opened in the database is ended first."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _decider(permission: str | None) -> dict[str, str] | None:
    if permission is None:
        return None
    words = catalogue()[f"{_ROOM}decides.{permission.removeprefix('exchange.')}"]
    return {"permission": permission, "en": words["en"], "es": words["es"]}


def _worded(code: str, **params: str) -> dict[str, str]:
    """The words of a part of a reason, by language."""
    texts = catalogue()[f"exchange.{code}"]
    return {language: texts[language].format(**params) for language in ("en", "es")}


def _challenge(error: str = "") -> dict[str, str]:
    return {"WWW-Authenticate": f'Bearer error="{error}"' if error else "Bearer"}


def not_through_the_gateway() -> Refusal:
    return Refusal(403, Reason("exchange.api_not_through_the_gateway"))


def no_certificate() -> Refusal:
    return Refusal(401, Reason("exchange.api_no_certificate"), headers=_challenge())


def bad_certificate() -> Refusal:
    return Refusal(
        401, Reason("exchange.api_bad_certificate", decided_by=MANAGE), headers=_challenge()
    )


def no_token() -> Refusal:
    return Refusal(401, Reason("exchange.api_no_token"), headers=_challenge())


def bad_token() -> Refusal:
    """Unknown, run out, revoked, or another certificate's: it does not say which."""
    return Refusal(
        401, Reason("exchange.api_bad_token", decided_by=MANAGE), error="invalid_token",
        headers=_challenge("invalid_token"),
    )  # fmt: skip


def bad_signature(why: str, what: str = "") -> Refusal:
    """`why` is a code (`signatures.BadSignature`), `what` the part of the request it is about."""
    said = {"why": _worded(f"signature_fault.{why}", what=what)}
    return Refusal(401, Reason("exchange.api_bad_signature", said), headers=_challenge())


def agency_not_active() -> Refusal:
    return Refusal(403, Reason("exchange.api_agency_not_active", decided_by=MANAGE))


def no_agreement(purpose: str) -> Refusal:
    reason = Reason("exchange.api_no_agreement", {"purpose": purpose}, decided_by=SIGN)
    return Refusal(403, reason)


def not_agreed(what: str, legal_basis: str) -> Refusal:
    reason = Reason(
        "exchange.api_not_agreed", {"what": what}, reference=legal_basis, decided_by=SIGN
    )
    return Refusal(403, reason)


def no_purpose() -> Refusal:
    return Refusal(400, Reason("exchange.api_no_purpose"), error="invalid_request")


def no_end_user() -> Refusal:
    return Refusal(400, Reason("exchange.api_no_end_user"), error="invalid_request")


def bad_request(details: Sequence[Mapping[str, Any]] = ()) -> Refusal:
    return Refusal(
        400, Reason("exchange.api_bad_request"), error="invalid_request", details=details
    )


def bad_input(details: Sequence[Mapping[str, Any]]) -> Refusal:
    return Refusal(422, Reason("exchange.api_bad_input"), details=details)


def too_large() -> Refusal:
    return Refusal(413, Reason("exchange.api_too_large"))


def over_quota(seconds: int) -> Refusal:
    reason = Reason("exchange.api_over_quota", {"seconds": seconds}, decided_by=SIGN)
    return Refusal(429, reason, headers={"Retry-After": str(seconds)})


def too_fast(seconds: int) -> Refusal:
    return Refusal(
        429, Reason("exchange.api_too_fast", {"seconds": seconds}),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def nothing_for_you() -> Refusal:
    """Not held, not covered and not known have this one answer, to the last byte."""
    return Refusal(404, Reason("exchange.api_nothing_for_you"))


def no_such_address() -> Refusal:
    return Refusal(404, Reason("exchange.api_no_such_address"))


def no_such_receipt() -> Refusal:
    return Refusal(404, Reason("exchange.api_no_such_receipt"))


def not_this_way() -> Refusal:
    return Refusal(405, Reason("exchange.api_not_this_way"))


def part_away(part: str) -> Refusal:
    reason = Reason("exchange.api_part_away", {"part": part})
    return Refusal(503, reason, headers={"Retry-After": "5"})


def broken() -> Refusal:
    return Refusal(500, Reason("exchange.api_broken"))


def bad_assertion(why: str, tried: str = "") -> Refusal:
    """The client did not prove who it is. `why` is a code: exp, aud, signature, replayed …
    `tried` is the scheme of the header with which it tried to (RFC 6749, 5.2)."""
    reason = Reason("exchange.api_bad_assertion", {"why": why}, decided_by=MANAGE)
    headers = {"WWW-Authenticate": tried} if tried else {}
    return Refusal(401, reason, error="invalid_client", headers=headers)


def bad_token_request(what: Sequence[str]) -> Refusal:
    """Parameters that are missing, stand twice, or cannot be right."""
    reason = Reason("exchange.api_bad_token_request", {"what": ", ".join(what)})
    return Refusal(400, reason, error="invalid_request")


def unsupported_grant() -> Refusal:
    return Refusal(400, Reason("exchange.api_unsupported_grant"), error="unsupported_grant_type")


def start_over(oldest: int) -> Refusal:
    return Refusal(410, Reason("exchange.api_start_over", {"oldest": oldest}))


def beyond_the_feed() -> Refusal:
    return Refusal(409, Reason("exchange.api_beyond_the_feed"))


def no_such_page() -> Refusal:
    return Refusal(404, Reason("exchange.api_no_such_page"))


def no_such_message() -> Refusal:
    return Refusal(404, Reason("exchange.api_no_such_message"))
