"""Photographs, sent only to those who may know the person."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from pims.foundation.ledger.reads import shows
from pims.people import selectors
from pims.ui.pages import page

VIEW = "people.view"


@page(permission=VIEW)
def photograph(request: Any, blob_id: UUID) -> HttpResponse:
    """The picture itself: whose page it was opened from, this is a reading of its own."""
    return _send(request, blob_id, small=False)


@page(permission=VIEW)
def photograph_small(request: Any, blob_id: UUID) -> HttpResponse:
    """A thumbnail: 240 pixels on its longer side."""
    return _send(request, blob_id, small=True)


def _send(request: Any, blob_id: UUID, *, small: bool) -> HttpResponse:
    found = selectors.photograph_file(request.actor, blob_id, small=small)
    if not small:
        shows([found.person_id])
    response = HttpResponse(found.content, content_type=found.media_type)
    # On a shared PC the next officer's browser must ask again.
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
