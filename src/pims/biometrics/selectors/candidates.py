"""Whom a search found, for whoever has to decide, and what was decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from pims.biometrics import rules
from pims.biometrics.engine import Template
from pims.biometrics.gallery.client import GalleryAway, gallery
from pims.biometrics.models import Candidate, Examination, FaceRecord, FingerRecord
from pims.biometrics.packing import unpack
from pims.biometrics.stored import packed_by_id
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonHeader

EXAMINE, VIEW = "biometrics.examine", "biometrics.view"


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """`person` is whose fingers were asked with, `other` who was found; with no `fingers` alike it
    was the face alone. `face_score` is None where one of the two has no face on record."""

    candidate_id: int
    search_id: int
    purpose: str
    person: PersonHeader
    other: PersonHeader
    score: float
    fingers: int
    state: str
    found_at: datetime
    rank: int
    face_score: float | None = None

    @property
    def by_face(self) -> bool:
        return not self.fingers


@dataclass(frozen=True, slots=True)
class FingerPair:
    """The same finger of both, as far as both have one; `score` None where it was not compared."""

    position: int
    one_id: UUID | None
    other_id: UUID | None
    one_quality: int | None
    other_quality: int | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Opinion:
    examiner_id: int
    examiner: str
    decision: str
    note: str
    score: float
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class CandidateDetail:
    line: CandidateLine
    pairs: tuple[FingerPair, ...]
    one_face: UUID | None
    other_face: UUID | None
    face_score: float | None
    opinions: tuple[Opinion, ...]

    @property
    def undecided(self) -> bool:
        return self.line.state in rules.UNDECIDED


def candidates(
    viewer: Actor, *, person_id: int | None = None, search_id: int | None = None,
    undecided: bool = True, limit: int = 200,
) -> list[CandidateLine]:  # fmt: skip
    """Pairs of which the viewer may see both, the likest first."""
    require_held(viewer, VIEW)
    rows = Candidate.objects.select_related("search").order_by("-score", "id")
    if undecided:
        rows = rows.filter(state__in=rules.UNDECIDED)
    if person_id is not None:
        rows = rows.filter(Q(person_id=person_id) | Q(other_id=person_id))
    if search_id is not None:
        rows = rows.filter(search_id=search_id)
    return _lines(viewer, list(rows[:limit]))


def hidden_candidates(viewer: Actor, *, search_id: int) -> int:
    """How many of a search's candidates are in files that the viewer may not see."""
    ids = list(Candidate.objects.filter(search_id=search_id).values_list("other_id", flat=True))
    return len(ids) - len(visible_ids(viewer, VIEW, ids))


def candidate_detail(viewer: Actor, candidate_id: int) -> CandidateDetail:
    """Everything an examiner looks at. Raises NotFound, also where one of the two is hidden."""
    require_held(viewer, EXAMINE)
    row = Candidate.objects.select_related("search").filter(pk=candidate_id).first()
    if row is None:
        raise NotFound("candidate", candidate_id)
    if len(visible_ids(viewer, EXAMINE, [row.person_id, row.other_id])) < 2:
        raise NotFound("candidate", candidate_id)
    lines = _lines(viewer, [row])
    if not lines:
        raise NotFound("candidate", candidate_id)
    fingers = {
        (finger.person_id, finger.position): finger
        for finger in FingerRecord.objects.filter(
            person_id__in=(row.person_id, row.other_id),
            superseded_at__isnull=True,
            template__isnull=False,
        ).defer("template")
    }
    faces = dict(
        FaceRecord.objects.filter(
            person_id__in=(row.person_id, row.other_id), superseded_at__isnull=True
        ).values_list("person_id", "pk")
    )
    pairs = []
    for position in rules.POSITIONS:
        one, other = (fingers.get((p, position)) for p in (row.person_id, row.other_id))
        if one is None and other is None:
            continue
        score = row.finger_scores.get(str(position))
        pairs.append(
            FingerPair(
                position,
                one.pk if one else None,
                other.pk if other else None,
                one.quality if one else None,
                other.quality if other else None,
                float(score) if score is not None and one and other else None,
            )
        )
    return CandidateDetail(
        line=lines[0],
        pairs=tuple(pairs),
        one_face=faces.get(row.person_id),
        other_face=faces.get(row.other_id),
        face_score=row.face_score,
        opinions=_opinions(candidate_id),
    )


def _lines(viewer: Actor, rows: Collection[Candidate]) -> list[CandidateLine]:
    headers = people.person_headers(viewer, {i for r in rows for i in (r.person_id, r.other_id)})
    seen = visible_ids(viewer, VIEW, headers)
    return [
        CandidateLine(
            candidate_id=row.pk,
            search_id=row.search_id,
            purpose=row.search.purpose,
            person=headers[row.person_id],
            other=headers[row.other_id],
            score=row.score,
            fingers=len(row.finger_scores),
            state=row.state,
            found_at=row.search.answered_at or row.search.asked_at,
            rank=row.rank,
            face_score=row.face_score,
        )
        for row in rows
        if {row.person_id, row.other_id} <= seen
    ]


def _opinions(candidate_id: int) -> tuple[Opinion, ...]:
    rows = list(Examination.objects.filter(candidate_id=candidate_id).order_by("decided_at", "pk"))
    names = user_names(row.examiner_id for row in rows)
    return tuple(
        Opinion(
            row.examiner_id, names.get(row.examiner_id, ""), row.decision, row.note, row.score,
            row.decided_at,
        )
        for row in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Minutia:
    """In px of the image; `angle` in radians, counter-clockwise."""

    x: float
    y: float
    angle: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Both impressions with their minutiae; `pairs` are indices that belong together."""

    width: tuple[int, int]
    height: tuple[int, int]
    one: tuple[Minutia, ...]
    other: tuple[Minutia, ...]
    pairs: tuple[tuple[int, int], ...]
    score: float | None


def drawing(viewer: Actor, candidate_id: int, position: int) -> Drawing | None:
    """The minutiae of one finger of both, and those the matcher pairs; None where one has none.

    Without the gallery nothing is paired, and `score` is None. Raises as `candidate_detail`.
    """
    detail = candidate_detail(viewer, candidate_id)
    pair = next((p for p in detail.pairs if p.position == position), None)
    if pair is None or pair.one_id is None or pair.other_id is None:
        return None
    packed = packed_by_id([pair.one_id, pair.other_id])
    if len(packed) < 2:
        return None
    mine, theirs = packed[pair.one_id], packed[pair.other_id]
    one, other = unpack(mine), unpack(theirs)
    try:
        found = gallery.compare(mine, [theirs])[0]
        pairs, score = found.pairs, found.score
    except GalleryAway:
        pairs, score = (), None
    return Drawing(
        (one.width, other.width), (one.height, other.height), _minutiae(one), _minutiae(other),
        pairs, score,
    )  # fmt: skip


def _minutiae(of: Template) -> tuple[Minutia, ...]:
    return tuple(
        Minutia(float(x), float(y), float(angle))
        for x, y, angle in zip(of.x, of.y, of.angle, strict=True)
    )
