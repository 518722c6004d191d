"""Who else has these fingers? Asked at once, answered by a job: nobody at a desk waits for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from procrastinate.contrib.django import app

from pims.biometrics import events
from pims.biometrics.models import Candidate, Enrolment, FaceRecord, FingerRecord, Search
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import same_human
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound

TASK = "biometrics.answer_search"
ENROL, EXAMINE = "biometrics.enrol", "biometrics.examine"


@dataclass(frozen=True, slots=True)
class SearchResult:
    search_id: int
    state: str
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whom the gallery named: `score` over all fingers, `fingers` of each position; or,
    with no fingers, whom the face alone brings to mind."""

    person_id: int
    score: float
    fingers: Mapping[int, float] = field(default_factory=dict)
    face_score: float | None = None


@service
def ask_search(
    tx: Transaction, *, person_id: int, purpose: str = "again", enrolment_id: int | None = None
) -> SearchResult:
    """Ask with every finger in effect, and the face beside them; a job answers. One that waits
    already is given back.

    Raises NotFound, NotPermitted, Refused where there is neither finger nor face to ask with.
    """
    tx.lock_persons([person_id])
    if not tx.may_person(EXAMINE, person_id):
        tx.require_person(ENROL, person_id)
    if purpose not in (Search.Purpose.ADMISSION, Search.Purpose.AGAIN):
        raise InvalidInput({"purpose": Reason("biometrics.no_such_purpose")})
    fingers = list(
        FingerRecord.objects.filter(
            person_id=person_id, superseded_at__isnull=True, template__isnull=False
        )
        .order_by("position")
        .values_list("pk", flat=True)
    )
    if not fingers and not has_face(person_id):
        refuse(Reason("biometrics.no_finger_to_ask_with")).require()
    enrolment = (
        Enrolment.objects.filter(pk=enrolment_id, person_id=person_id).first()
        if enrolment_id is not None
        else None
    )
    search = Search.objects.filter(person_id=person_id, state=Search.State.WAITING).first()
    if search is None:
        search = Search(
            person_id=person_id,
            purpose=purpose,
            asked_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
    search.enrolment = enrolment or search.enrolment
    search.fingers = fingers
    search.save()
    tx.record(
        events.SearchAsked(
            person_id=person_id,
            establishment_id=establishment_of(person_id),
            search_id=search.pk,
            purpose=purpose,
        )
    )
    app.configure_task(TASK).defer(search_id=search.pk)
    return SearchResult(search.pk, search.state)


@service
def answer_search(
    tx: Transaction, *, search_id: int, found: Sequence[Found], gallery_size: int, engine: str
) -> SearchResult:
    """Keep what the gallery answered. Raises NotFound, NotPermitted.

    Records that are known to be the same human being's are no news. A pair that waits for a
    decision already, or was decided as different, is not asked again: it keeps the newest score.
    """
    row = Search.objects.filter(pk=search_id).first()
    if row is None:
        raise NotFound("search", search_id)
    # A record may be erased while its answer was on the way.
    tx.lock_persons({row.person_id, *(one.person_id for one in found)})
    if not tx.may_person(EXAMINE, row.person_id):
        tx.require_person(ENROL, row.person_id)
    row = Search.objects.filter(pk=search_id).first()
    if row is None:
        raise NotFound("search", search_id)
    if row.state == Search.State.DONE:
        return SearchResult(row.pk, row.state, row.candidates.count())
    kept = keep_candidates(tx, row, found)
    row.state, row.answered_at, row.problem = Search.State.DONE, tx.now, ""
    row.gallery_size, row.engine = gallery_size, engine
    row.save(update_fields=["state", "answered_at", "problem", "gallery_size", "engine"])
    tx.record(
        events.SearchAnswered(
            person_id=row.person_id,
            establishment_id=establishment_of(row.person_id),
            search_id=row.pk,
            purpose=row.purpose,
            candidates=kept,
            gallery_size=gallery_size,
        )
    )
    return SearchResult(row.pk, row.state, kept)


def keep_candidates(tx: Transaction, search: Search, found: Sequence[Found]) -> int:
    """Write the candidates that are news; give how many."""
    own = set(same_human(search.person_id))
    alive = set(
        PersonScope.objects.filter(person_id__in=[one.person_id for one in found]).values_list(
            "person_id", flat=True
        )
    )
    kept = 0
    for one in sorted(found, key=lambda one: -one.score):
        if one.person_id in own or one.person_id not in alive:
            continue
        before = known_pair(search.person_id, one.person_id)
        if before is not None:
            if before.state in (Candidate.State.OPEN, Candidate.State.UNSURE):
                _newer(before, one)
            continue
        kept += 1
        Candidate.objects.create(
            search=search,
            person_id=search.person_id,
            other_id=one.person_id,
            rank=kept,
            score=one.score,
            finger_scores=_told(one.fingers),
            face_score=one.face_score,
            recorded_by_id=tx.actor.user_id,
        )
    return kept


def _newer(row: Candidate, one: Found) -> None:
    """What the fingers said stays where this time the face alone was alike."""
    if one.fingers or not row.finger_scores:
        row.score, row.finger_scores = one.score, _told(one.fingers)
    if one.face_score is not None:
        row.face_score = one.face_score
    row.save(update_fields=["score", "finger_scores", "face_score"])


def has_face(person_id: int) -> bool:
    return FaceRecord.objects.filter(person_id=person_id, superseded_at__isnull=True).exists()


def known_pair(person_id: int, other_id: int) -> Candidate | None:
    """What is noted of these two already, whichever was found by the other."""
    pairs = Candidate.objects.filter(
        person_id__in=(person_id, other_id), other_id__in=(person_id, other_id)
    )
    return pairs.order_by("-pk").first()


def note_problem(search_id: int, code: str) -> None:
    """Why the answer has not come yet: for whoever looks. The search goes on waiting."""
    Search.objects.filter(pk=search_id, state=Search.State.WAITING).update(problem=code[:60])


def _told(fingers: Mapping[int, float]) -> dict[str, float]:
    return {str(position): round(score, 3) for position, score in sorted(fingers.items())}


def establishment_of(person_id: int) -> int | None:
    return (
        PersonScope.objects.filter(person_id=person_id)
        .values_list("establishment_id", flat=True)
        .first()
    )


def keys_to_pass(person_id: int) -> set[int]:
    """The records that a search must not name: the person's own, joined ones included."""
    return {person_id, *same_human(person_id)}


def who_asks(search_id: int) -> int | None:
    """Whose search it is; None where it is answered or gone."""
    waiting = Search.objects.filter(pk=search_id, state=Search.State.WAITING)
    return waiting.values_list("person_id", flat=True).first()


def waiting_searches(limit: int = 200) -> list[int]:
    rows = Search.objects.filter(state=Search.State.WAITING).order_by("asked_at")
    return list(rows.values_list("pk", flat=True)[:limit])
