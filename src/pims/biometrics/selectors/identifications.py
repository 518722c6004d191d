"""Whose finger it may be that was not the finger of whom they said they are."""

from dataclasses import dataclass
from datetime import datetime

from pims.biometrics.models import Identification, Identified
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonHeader

VERIFY, VIEW = "biometrics.verify", "biometrics.view"


@dataclass(frozen=True, slots=True)
class LikelyLine:
    person: PersonHeader
    score: float
    position: int
    named: bool


@dataclass(frozen=True, slots=True)
class IdentificationView:
    """`hidden` are candidates in files that the viewer may not open."""

    identification_id: int
    verification_id: int
    person_id: int
    purpose: str
    asked_at: datetime
    officer: str
    gallery_size: int | None
    problem: str
    lines: tuple[LikelyLine, ...]
    hidden: int


def identification(viewer: Actor, identification_id: int) -> IdentificationView:
    """Raises NotFound, also out of the viewer's reach."""
    row = Identification.objects.filter(pk=identification_id).first()
    if row is None:
        raise NotFound("identification", identification_id)
    require_visible(viewer, VERIFY, row.person_id)
    found = list(Identified.objects.filter(identification=row).order_by("rank"))
    ids = [one.person_id for one in found]
    headers = people.person_headers(viewer, visible_ids(viewer, VIEW, ids))
    lines = tuple(
        LikelyLine(headers[one.person_id], one.score, one.position, one.named)
        for one in found
        if one.person_id in headers
    )
    return IdentificationView(
        identification_id=row.pk,
        verification_id=row.verification_id,
        person_id=row.person_id,
        purpose=row.purpose,
        asked_at=row.asked_at,
        officer=user_names([row.recorded_by_id]).get(row.recorded_by_id, ""),
        gallery_size=row.gallery_size,
        problem=row.problem,
        lines=lines,
        hidden=len(found) - len(lines),
    )
