"""The feed: events in order, acknowledged when kept, and a snapshot to start over from."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Body, Query
from pydantic import Field

from pims.exchange.api import refusals, schemas
from pims.exchange.api.callers import inquire
from pims.exchange.api.reading import freshness
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes.documented import HEADERS, answers
from pims.exchange.enforcement import reading
from pims.exchange.feed import reading as feed
from pims.exchange.feed.rendering import instant
from pims.exchange.feed.snapshot import UnknownPage, snapshot

router = Router(tags=["feed"])
Position = Annotated[int, Field(ge=0, le=2**62)]
Count = Annotated[int, Field(ge=1, le=1000)]


@router.get(
    "/feed", response=answers(schemas.FeedAnswer, 410, 422), openapi_extra=HEADERS,
    operation_id="feed", summary="Events after a position",
)  # fmt: skip
def page(
    request: HttpRequest,
    after: Position = Query(0),  # noqa: B008
    limit: Count = Query(feed.LIMIT),  # noqa: B008
) -> Any:
    """Keep the events, then acknowledge `upto`, and read on after it. 410: what comes after that
    position is no longer kept; take a snapshot."""
    inquired = inquire(request, "feed.page", {"after": after}, events=True)
    gone: feed.StartOver | None = None
    found = feed.Page()
    with reading(inquired) as reader:
        try:
            found = feed.page(reader, after=after, limit=limit)
        except feed.StartOver as over:
            gone = over
        acknowledged = feed.cursor(reader)
        fresh = freshness()
    if gone is not None:
        raise ApiRefused(refusals.start_over(gone.oldest))
    return {
        "inquiry": inquired.inquiry_id, "freshness": fresh, "events": found.events,
        "upto": found.upto, "newest": found.newest, "more": found.more,
        "acknowledged": acknowledged, "heartbeat": _heartbeat(found),
    }  # fmt: skip


def _heartbeat(found: feed.Page) -> dict[str, Any] | None:
    pulse = found.pulse
    if pulse is None:
        return None
    return {
        "at": instant(pulse.at), "upto": instant(pulse.upto),
        "behind_seconds": round(pulse.behind_seconds, 3), "position": found.newest,
        "held": pulse.held,
    }  # fmt: skip


@router.post(
    "/feed/ack", response=answers(schemas.AcknowledgeAnswer, 409, 413, 422),
    openapi_extra=HEADERS, operation_id="acknowledge", summary="Everything up to here is kept",
)  # fmt: skip
def acknowledge(request: HttpRequest, body: schemas.Acknowledge = Body(...)) -> Any:  # noqa: B008
    """`ok`, or `behind` what was acknowledged already, which stays. A position that the feed has
    not reached is refused (409)."""
    inquired = inquire(request, "feed.ack", {"position": body.position}, events=True)
    with reading(inquired) as reader:
        outcome = feed.acknowledge(reader, position=body.position)
        kept = feed.cursor(reader)
    if outcome == "beyond":
        raise ApiRefused(refusals.beyond_the_feed())
    return {"inquiry": inquired.inquiry_id, "outcome": outcome, "acknowledged": kept}


@router.get(
    "/snapshot", response=answers(schemas.SnapshotAnswer, 404, 422), openapi_extra=HEADERS,
    operation_id="snapshot", summary="Everything that may be known now",
)  # fmt: skip
def whole(
    request: HttpRequest,
    page: UUID | None = Query(None),  # noqa: B008
    persons: Annotated[int, Field(ge=1, le=2000)] = Query(500),
) -> Any:
    """To start over: forget what you have, take every page (`page` is the `inquiry` of the one
    before), then read the feed from the `position` of the first."""
    asked = {"page": str(page) if page else None}
    inquired = inquire(request, "feed.snapshot", asked)
    found = None
    with reading(inquired) as reader:
        try:
            found = snapshot(reader, page=page, persons=persons)
        except UnknownPage:
            pass
        fresh = freshness()
    if found is None:
        raise ApiRefused(refusals.no_such_page())
    return {
        "inquiry": inquired.inquiry_id, "freshness": fresh, "position": found.position,
        "persons": found.persons, "more": found.more,
    }  # fmt: skip
