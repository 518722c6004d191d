"""What agencies send: kept before it is judged. Whatever is wrong with it, the sender learns what
became of it."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params.functions import Path
from pydantic import AfterValidator, Field

from pims.exchange.api import refusals, schemas
from pims.exchange.api.callers import Caller, KeptSignature, refusal_of
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import InquiryRefused
from pims.exchange.inbound import intake
from pims.exchange.inbound.signed import of_header

router = Router(tags=["messages"])
MessageId = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(schemas.plain)]
SENT: dict[str, Any] = {
    "parameters": [
        *HEADERS["parameters"],
        {
            "in": "header", "name": "PIMS-Message-Signature", "required": False,
            "description": "A detached JWS of the body (RFC 7515, appendix F), where the request"
            " itself is signed by a gateway and the message by whoever wrote it.",
            "schema": {"type": "string", "maxLength": 8000, "pattern": "^[A-Za-z0-9._-]*$"},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}  # fmt: skip


@router.post(
    "", auth=KeptSignature(), openapi_extra=SENT, operation_id="send_message",
    response=answers(schemas.MessageReceipt, 413, 422)
    | {202: schemas.MessageReceipt, 409: schemas.MessageReceipt},
    summary="Send an order, a list, an arrest, a warrant",
)  # fmt: skip
def send(request: HttpRequest) -> Any:
    """202: received, to be judged and put before an officer. 200: it is here already, and nothing
    is done again. 409: other words under an id that was used; kept beside it, and refused."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    try:
        kept = intake.receive(
            token_hash=caller.hash,
            thumbprint=caller.thumbprint,
            purpose=caller.purpose,
            end_user=caller.end_user,
            body=request.body,
            kid=caller.signed_by,
            signature=of_header(request.headers.get("PIMS-Message-Signature", ""))
            or caller.evidence,
        )
    except InquiryRefused as refused:
        raise ApiRefused(refusal_of(refused.outcome, caller)) from None
    except intake.TooLarge:
        raise ApiRefused(refusals.too_large()) from None
    status = {"received": 202, "conflict": 409}.get(kept.outcome, 200)
    return Status(status, {
        "outcome": kept.outcome, "message_id": kept.message_id, "kind": kept.kind,
        "digest": kept.digest,
    })  # fmt: skip


@router.get(
    "/{message_id}", response=answers(schemas.MessageStatus, 404, 422), openapi_extra=HEADERS,
    operation_id="message_status", summary="What became of a message",
)  # fmt: skip
def status(request: HttpRequest, message_id: MessageId = Path(...)) -> Any:  # noqa: B008
    """Of the agency's own messages alone."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    try:
        found = intake.status(
            token_hash=caller.hash,
            thumbprint=caller.thumbprint,
            purpose=caller.purpose,
            end_user=caller.end_user,
            message_id=message_id,
        )
    except InquiryRefused as refused:
        raise ApiRefused(refusal_of(refused.outcome, caller)) from None
    if found is None:
        raise ApiRefused(refusals.no_such_message())
    return found
