"""Official papers as answers: who may print, in which language, and the entry that says who did.

A room's view gathers a `Paper` in words and gives it to `print_paper`. Printing needs
`documents.print` besides the room's own permission to see what is on the paper.
"""

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from PIL import Image

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.ledger.append import append_read
from pims.foundation.outbox.feed import feed_position
from pims.kernel import clock
from pims.kernel.errors import NotPermitted
from pims.ui.documents import render_pdf

PRINT = "documents.print"
PICTURE_SIDE = 480
# A PDF needs nothing from anywhere; sandboxed, it can't act in the site's name.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper ready to be set: `data` in words, in the language in force.

    `code` names it in the ledger; `file_name` has no name of a person, only numbers and kind;
    `person_ids` are all whom it shows.
    """

    code: str
    template: Path
    title: str
    file_name: str
    data: Mapping[str, object]
    person_ids: Sequence[int]
    subject: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    codes: Mapping[str, str] = field(default_factory=dict)


def in_language_of(request: Any) -> AbstractContextManager[None]:
    """The language of the paper: `?language=` for a prisoner who reads the other, else the
    viewer's."""
    asked = request.GET.get("language", "")
    known = {code for code, _label in settings.LANGUAGES}
    return translation.override(asked if asked in known else translation.get_language())


def require_printing_of(viewer: Actor, person_id: int) -> None:
    """Raises NotFound or NotPermitted where the right to print does not reach this person."""
    if not viewer.system:
        require_visible(viewer, PRINT, person_id)


def require_printing_at(viewer: Actor, establishment_id: int) -> None:
    """Raises NotPermitted where the right to print does not hold at the establishment."""
    if not viewer.can_at(PRINT, establishment_id):
        raise NotPermitted(PRINT)


def print_paper(request: Any, paper: Paper) -> HttpResponse:
    """The PDF, shown in the browser and never kept by it; the read is in the ledger first."""
    append_read(
        actor_id=request.actor.user_id,
        page=f"paper.{paper.code}",
        person_ids=sorted(set(paper.person_ids)),
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    establishment = request.establishment
    content = render_pdf(
        paper.template,
        paper.data,
        title=paper.title,
        establishment="" if establishment is None else establishment.name,
        subject=paper.subject,
        printed_by=request.actor.name,
        record=str(feed_position()),
        pictures=paper.pictures,
        codes=paper.codes,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{safe_name(paper.file_name)}.pdf"'
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def safe_name(text: str) -> str:
    """Letters, figures and hyphens only: for a file name in a header."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:80] or "paper"


def smaller(picture: bytes) -> bytes:
    """A JPEG of at most 480 pixels a side: as sharp as a paper of this size shows it."""
    with Image.open(io.BytesIO(picture)) as opened:
        opened.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
        drawn = opened.convert("RGB")
    drawn.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=85)
    return made.getvalue()
