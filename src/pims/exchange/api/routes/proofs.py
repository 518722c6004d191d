"""Checkpoints of the ledger and receipts of answers: each is checked without us."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from pims.exchange import window
from pims.exchange.api import refusals, schemas
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import close
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.window import WindowAway

router = Router(tags=["proofs"])
Size = Annotated[int, Field(ge=1, le=2**62)]


@router.get(
    "/checkpoint", response=answers(schemas.CheckpointAnswer, 404, 422), openapi_extra=HEADERS,
    exclude_none=True, operation_id="checkpoint", summary="The newest signed checkpoint",
)  # fmt: skip
def checkpoint(
    request: HttpRequest,
    before: Size | None = Query(None),  # noqa: B008
) -> Any:
    """With `before`, the size of a checkpoint that you kept: the proof that nothing which was in
    the ledger then has been changed since."""
    inquired = inquire(request, "checkpoint", {"before": before})
    close(inquired)
    try:
        found = window.checkpoint(before)
    except WindowAway:
        raise ApiRefused(refusals.part_away("proofs")) from None
    if found is None:
        raise ApiRefused(refusals.no_such_receipt())
    return {"inquiry": inquired.inquiry_id, **found}


@router.get(
    "/receipts/{inquiry}", response=answers(schemas.ReceiptAnswer, 404, 422),
    openapi_extra=HEADERS, operation_id="receipt", summary="The receipt of an answer",
)  # fmt: skip
def receipt(request: HttpRequest, inquiry: UUID) -> Any:
    """`inquiry` is that of an answer of your own. It takes a second or two until a checkpoint
    covers a new one; until then it is not there."""
    inquired = inquire(request, "receipt", {"about": str(inquiry)})
    close(inquired)
    try:
        found = window.receipt(inquired.inquiry_id, inquiry)
    except WindowAway:
        raise ApiRefused(refusals.part_away("proofs")) from None
    if found is None:
        raise ApiRefused(refusals.no_such_receipt())
    return {
        "inquiry": inquired.inquiry_id, "about": inquiry, "receipt": found["receipt"],
        "key": found["key"],
    }  # fmt: skip
