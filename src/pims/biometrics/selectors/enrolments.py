"""What was taken of whom, and how well."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Max, Q, QuerySet

from pims.biometrics import rules
from pims.biometrics.drawn import is_drawn, picture
from pims.biometrics.models import Candidate, Enrolment, FaceRecord, FingerRecord, Search
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.vault.files import open_file
from pims.foundation.vault.persons import same_human
from pims.kernel.errors import NotFound

VIEW, ENROL, EXAMINE = "biometrics.view", "biometrics.enrol", "biometrics.examine"


@dataclass(frozen=True, slots=True)
class FingerView:
    """One of the ten. `state` is "" where nobody spoke of it; `word` good, usable or again."""

    position: int
    state: str = ""
    reason: str = ""
    finger_id: UUID | None = None
    quality: int | None = None
    minutiae: int | None = None
    word: str = ""
    doubt: str = ""
    doubt_position: int | None = None
    taken_at: datetime | None = None
    source: str = ""
    now: bool = False

    @property
    def present(self) -> bool:
        return self.state == rules.PRESENT


@dataclass(frozen=True, slots=True)
class FaceView:
    face_id: UUID
    quality: int | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class SearchView:
    """`problem` is a code, while it waits; `open_candidates` are still to be decided about."""

    search_id: int
    person_id: int
    purpose: str
    state: str
    asked_at: datetime
    answered_at: datetime | None
    gallery_size: int | None
    problem: str
    candidates: int
    open_candidates: int


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """The newest enrolment and the ten fingers in effect, whichever enrolment they are of.

    `state` is "" where nothing was ever taken. `now` of a finger: of the enrolment that is open.
    """

    person_id: int
    enrolment_id: int | None
    state: str
    reason: str
    started_at: datetime | None
    finished_at: datetime | None
    fingers: tuple[FingerView, ...]
    face: FaceView | None
    search: SearchView | None

    @property
    def taken(self) -> int:
        return sum(finger.present for finger in self.fingers)

    @property
    def left(self) -> tuple[int, ...]:
        """The fingers of the open enrolment that nobody has spoken of yet."""
        return tuple(finger.position for finger in self.fingers if not finger.now)


@dataclass(frozen=True, slots=True)
class Summary:
    """In one line: `state` as of `EnrolmentView`, fingers with an impression, what waits."""

    state: str = ""
    fingers: int = 0
    undecided: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    person_id: int
    media_type: str
    content: bytes = field(repr=False)


def enrolment_of(viewer: Actor, person_id: int) -> EnrolmentView:
    """Raises NotFound out of the viewer's reach."""
    require_visible(viewer, VIEW, person_id)
    row = Enrolment.objects.filter(person_id=person_id).order_by("-pk").first()
    fingers = {
        finger.position: finger
        for finger in FingerRecord.objects.filter(
            person_id=person_id, superseded_at__isnull=True
        ).defer("template")
    }
    face = FaceRecord.objects.filter(person_id=person_id, superseded_at__isnull=True).first()
    return EnrolmentView(
        person_id=person_id,
        enrolment_id=row.pk if row else None,
        state=row.state if row else "",
        reason=row.reason if row else "",
        started_at=row.started_at if row else None,
        finished_at=row.finished_at if row else None,
        fingers=tuple(_finger(p, fingers.get(p), row) for p in rules.POSITIONS),
        face=FaceView(face.pk, face.quality, face.taken_at) if face else None,
        search=_last_search(person_id),
    )


def _finger(position: int, row: FingerRecord | None, enrolment: Enrolment | None) -> FingerView:
    if row is None:
        return FingerView(position)
    present = row.state == rules.PRESENT
    return FingerView(
        position=position,
        state=row.state,
        reason=row.reason,
        finger_id=row.pk,
        quality=row.quality,
        minutiae=row.minutiae,
        word=rules.quality_word(row.quality, row.minutiae) if present else "",
        doubt=row.doubt,
        doubt_position=row.doubt_position,
        taken_at=row.taken_at,
        source=row.source,
        now=enrolment is not None and row.enrolment_id == enrolment.pk,
    )


def _searches() -> QuerySet[Any]:
    undecided = Q(candidates__state__in=rules.UNDECIDED)
    return Search.objects.annotate(
        found=Count("candidates"), undecided=Count("candidates", filter=undecided)
    )


def _last_search(person_id: int) -> SearchView | None:
    row = _searches().filter(person_id=person_id).order_by("-pk").first()
    return None if row is None else _search(row)


def _search(row: Any) -> SearchView:
    return SearchView(
        row.pk, row.person_id, row.purpose, row.state, row.asked_at, row.answered_at,
        row.gallery_size, row.problem, row.found, row.undecided,
    )  # fmt: skip


def search_view(viewer: Actor, search_id: int) -> SearchView:
    """Raises NotFound, also out of the viewer's reach."""
    row = _searches().filter(pk=search_id).first()
    if row is None:
        raise NotFound("search", search_id)
    require_visible(viewer, VIEW, row.person_id)
    return _search(row)


def summaries(viewer: Actor, person_ids: Collection[int]) -> dict[int, Summary]:
    """Everybody asked for whom the viewer may see; four queries."""
    ids = visible_ids(viewer, VIEW, person_ids)
    if not ids:
        return {}
    states = dict(
        Enrolment.objects.filter(any_of("person_id", ids))
        .order_by("pk")
        .values_list("person_id", "state")
    )
    fingers = dict(
        FingerRecord.objects.filter(
            any_of("person_id", ids), superseded_at__isnull=True, template__isnull=False
        )
        .values_list("person_id")
        .annotate(n=Count("id"))
    )
    waiting = set(
        Search.objects.filter(any_of("person_id", ids), state="waiting").values_list(
            "person_id", flat=True
        )
    )
    undecided: dict[int, int] = defaultdict(int)
    rows = Candidate.objects.filter(
        any_of("person_id", ids) | any_of("other_id", ids), state__in=rules.UNDECIDED
    )
    for pair in rows.values_list("person_id", "other_id"):
        for person_id in ids.intersection(pair):
            undecided[person_id] += 1
    return {
        i: Summary(states.get(i, ""), fingers.get(i, 0), undecided[i], i in waiting) for i in ids
    }


def has_fingers(person_id: int) -> bool:
    """Whether a finger of this human being can be compared; for rooms above, no scope."""
    return FingerRecord.objects.filter(
        person_id__in=same_human(person_id) or [person_id],
        superseded_at__isnull=True,
        template__isnull=False,
    ).exists()


def finger_image(viewer: Actor, finger_id: UUID) -> Image:
    """The impression, for whoever takes or examines them. Raises NotFound, NotPermitted."""
    row = (
        FingerRecord.objects.filter(pk=finger_id)
        .values("person_id", "image_id", "engine", "position")
        .first()
    )
    if row is None or (row["image_id"] is None and not is_drawn(row["engine"])):
        raise NotFound("finger")
    if row["image_id"] is None:
        _require_sight(viewer, row["person_id"])
        return Image(row["person_id"], "image/png", picture(row["engine"], row["position"]))
    return _image(viewer, row["person_id"], row["image_id"])


def face_image(viewer: Actor, face_id: UUID) -> Image:
    row = FaceRecord.objects.filter(pk=face_id).values("person_id", "image_id").first()
    if row is None:
        raise NotFound("face")
    return _image(viewer, row["person_id"], row["image_id"])


def _require_sight(viewer: Actor, person_id: int) -> None:
    """For whoever takes fingerprints, or examines them, and reaches the person."""
    if not visible_ids(viewer, ENROL, [person_id]):
        require_visible(viewer, EXAMINE, person_id)


def _image(viewer: Actor, person_id: int, blob_id: UUID) -> Image:
    _require_sight(viewer, person_id)
    stored = open_file(blob_id)
    return Image(person_id, stored.ref.media_type, stored.text)


@dataclass(frozen=True, slots=True)
class QualityLine:
    """One position over everybody the viewer may see: how many, how good."""

    position: int
    taken: int
    good: int
    usable: int
    again: int
    mean: float | None
    absent: int
    doubted: int


@dataclass(frozen=True, slots=True)
class QualityReport:
    """`without` are the people of whom nothing was taken; `no_finger` those with no usable one."""

    lines: tuple[QualityLine, ...]
    enrolled: int
    no_finger: int
    without: int
    newest: datetime | None


def quality_report(viewer: Actor, person_ids: Iterable[int]) -> QualityReport:
    """The quality of the fingers in effect of these people; three queries."""
    ids = visible_ids(viewer, VIEW, set(person_ids))
    current = FingerRecord.objects.filter(any_of("person_id", ids), superseded_at__isnull=True)
    present = Q(state=rules.PRESENT)
    again = present & (Q(quality__lt=rules.AGAIN_BELOW) | Q(minutiae__lt=rules.LEAST_MINUTIAE))
    good = present & Q(quality__gte=rules.GOOD_FROM, minutiae__gte=rules.LEAST_MINUTIAE)
    rows: dict[int, dict[str, Any]] = {
        row["position"]: dict(row)
        for row in current.values("position").annotate(
            taken=Count("id", filter=present),
            good=Count("id", filter=good),
            again=Count("id", filter=again),
            absent=Count("id", filter=~present),
            doubted=Count("id", filter=~Q(doubt="")),
            mean=Avg("quality"),
        )
    }
    none = {"taken": 0, "good": 0, "again": 0, "absent": 0, "doubted": 0, "mean": None}
    lines = []
    for position in rules.POSITIONS:
        row = rows.get(position, none)
        usable = row["taken"] - row["good"] - row["again"]
        lines.append(
            QualityLine(
                position, row["taken"], row["good"], usable, row["again"],
                row["mean"], row["absent"], row["doubted"],
            )
        )  # fmt: skip
    states = Enrolment.objects.filter(any_of("person_id", ids)).exclude(state=rules.OPEN)
    known = dict(states.order_by("pk").values_list("person_id", "state"))
    return QualityReport(
        tuple(lines),
        enrolled=len(known),
        no_finger=sum(state == rules.NO_USABLE_FINGER for state in known.values()),
        without=len(ids) - len(known),
        newest=current.aggregate(newest=Max("taken_at"))["newest"],
    )
