"""The pictures themselves: each sending is a reading of its own, and no browser keeps one."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from pims.biometrics import selectors
from pims.biometrics.selectors import Image
from pims.foundation.ledger.reads import shows
from pims.ui.pages import page

VIEW = "biometrics.view"


@page(permission=VIEW)
def finger(request: Any, finger_id: UUID) -> HttpResponse:
    """A print, as PNG at 500 ppi; for whoever takes or examines them."""
    return _send(selectors.finger_image(request.actor, finger_id))


@page(permission=VIEW)
def face(request: Any, face_id: UUID) -> HttpResponse:
    return _send(selectors.face_image(request.actor, face_id))


def _send(found: Image) -> HttpResponse:
    shows([found.person_id])
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
