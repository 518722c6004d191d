"""Taking fingerprints and a face: each finger kept, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from pims.biometrics import events, rules
from pims.biometrics.gallery.client import GalleryAway, gallery
from pims.biometrics.models import Enrolment, FaceRecord, FingerRecord, Subject
from pims.biometrics.sequence import doubt_of
from pims.biometrics.services.searching import ask_search, has_face
from pims.biometrics.stored import packed_fingers, seal_template
from pims.biometrics.taking import TakenFinger
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.values import seal_value
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people

ENROL = "biometrics.enrol"


@dataclass(frozen=True, slots=True)
class EnrolmentResult:
    """`search_id` is that of the question that the end of an enrolment asks."""

    enrolment_id: int
    state: str
    search_id: int | None = None


@dataclass(frozen=True, slots=True)
class FingerResult:
    """`word` is good, usable or again; `doubt` what the sequence check saw (`rules`)."""

    finger_id: UUID
    position: int
    word: str
    doubt: str = ""
    doubt_position: int | None = None


@dataclass(frozen=True, slots=True)
class FaceResult:
    face_id: UUID


@service
def start_enrolment(
    tx: Transaction, *, person_id: int, episode_id: int | None = None
) -> EnrolmentResult:
    """Begin, or go on with the enrolment that is open. Raises NotFound, NotPermitted, Refused."""
    return _result(_open(tx, person_id, episode_id))


@service
def enrol_fingers(
    tx: Transaction,
    *,
    person_id: int,
    fingers: Sequence[TakenFinger],
    episode_id: int | None = None,
) -> tuple[FingerResult, ...]:
    """Keep these impressions; one of a finger that was taken before stands in its place.

    What the sequence check doubts is marked and kept: the officer sees the hand. Raises
    InvalidInput for a position that is none or is given twice.
    """
    positions = [finger.position for finger in fingers]
    if (
        not positions
        or set(positions) - set(rules.POSITIONS)
        or len(set(positions)) < len(positions)
    ):
        raise InvalidInput({"position": Reason("biometrics.no_such_finger")})
    enrolment = _open(tx, person_id, episode_id)
    done = [_keep(tx, enrolment, finger) for finger in fingers]
    tx.record(
        events.FingersTaken(
            person_id=person_id,
            establishment_id=enrolment.establishment_id,
            enrolment_id=enrolment.pk,
            positions=",".join(str(position) for position in sorted(positions)),
        )
    )
    key = _subject(person_id)
    transaction.on_commit(lambda: tell_gallery(key))
    return tuple(done)


@service
def record_finger_not_taken(
    tx: Transaction,
    *,
    person_id: int,
    position: int,
    state: str,
    reason: str,
    episode_id: int | None = None,
) -> EnrolmentResult:
    """Say why there is no impression: missing, bandaged, amputated, refused, unreadable.

    Raises InvalidInput: no such finger or state, no reason.
    """
    if position not in rules.POSITIONS:
        raise InvalidInput({"position": Reason("biometrics.no_such_finger")})
    if state not in rules.ABSENT:
        raise InvalidInput({"state": Reason("biometrics.no_such_state")})
    reason = clean_field("reason", reason, limit=300, required=True)
    enrolment = _open(tx, person_id, episode_id)
    _set_aside(tx, person_id, position)
    FingerRecord.objects.create(
        enrolment=enrolment,
        person_id=person_id,
        position=position,
        state=state,
        reason=reason,
        taken_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.FingerNotTaken(
            person_id=person_id,
            establishment_id=enrolment.establishment_id,
            enrolment_id=enrolment.pk,
            position=position,
            state=state,
        )
    )
    key = _subject(person_id)
    transaction.on_commit(lambda: tell_gallery(key))
    return _result(enrolment)


@service
def finish_enrolment(
    tx: Transaction, *, person_id: int, reason: str = "", episode_id: int | None = None
) -> EnrolmentResult:
    """Close the enrolment and ask the gallery who else has these fingers; nobody waits for it.

    With no usable finger at all `reason` says why, and that is a state of its own. Fingers that
    nobody spoke of are left out with that same reason. Raises InvalidInput where it is missing.
    """
    enrolment = _open(tx, person_id, episode_id)
    states = _states(enrolment)
    left = [position for position in rules.POSITIONS if position not in states]
    usable = rules.PRESENT in states.values()
    if left or not usable:
        reason = clean_field(
            "reason", reason, limit=300, required=True, missing="biometrics.fingers_left_out"
        )
    enrolment.state = rules.COMPLETE if usable else rules.NO_USABLE_FINGER
    enrolment.reason, enrolment.finished_at = reason, tx.now
    enrolment.save(update_fields=["state", "reason", "finished_at"])
    tx.record(
        events.EnrolmentFinished(
            person_id=person_id,
            establishment_id=enrolment.establishment_id,
            enrolment_id=enrolment.pk,
            state=enrolment.state,
            fingers=sum(state == rules.PRESENT for state in states.values()),
        )
    )
    asked = (
        ask_search(tx, person_id=person_id, purpose="admission", enrolment_id=enrolment.pk)
        if usable or has_face(person_id)
        else None
    )
    return EnrolmentResult(enrolment.pk, enrolment.state, asked.search_id if asked else None)


@service
def enrol_face(
    tx: Transaction,
    *,
    person_id: int,
    image: bytes,
    descriptor: bytes,
    quality: int | None,
    engine: str,
    episode_id: int | None = None,
) -> FaceResult:
    """Keep a face and its descriptor: a second opinion, never more.

    Of an enrolment that is finished without a finger it is all there is to search with: then it
    does. Raises NotFound, NotPermitted, Refused.
    """
    enrolment = _latest(tx, person_id, episode_id)
    blob = store_file(tx, person_id=person_id, kind="face_scan", data=image, name="image")
    FaceRecord.objects.filter(person_id=person_id, superseded_at__isnull=True).update(
        superseded_at=tx.now
    )
    face_id = uuid4()
    FaceRecord.objects.create(
        id=face_id,
        enrolment=enrolment,
        person_id=person_id,
        image_id=blob.blob_id,
        descriptor=seal_value(
            person_id, descriptor, table="biometrics_face", row=face_id, column="descriptor"
        ),
        quality=quality,
        engine=engine,
        taken_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.FaceTaken(
            person_id=person_id,
            establishment_id=enrolment.establishment_id,
            face_id=str(face_id),
        )
    )
    if enrolment.state == rules.NO_USABLE_FINGER:
        ask_search(tx, person_id=person_id, purpose="admission", enrolment_id=enrolment.pk)
    return FaceResult(face_id)


def _open(tx: Transaction, person_id: int, episode_id: int | None) -> Enrolment:
    """The open enrolment of the person, locked; a new one where there is none."""
    tx.lock_persons(same_human(person_id) or [person_id])
    tx.require_person(ENROL, person_id)
    if people.canonical_id(person_id) != person_id:
        refuse(Reason("people.record_is_merged")).require()
    found = Enrolment.objects.filter(person_id=person_id, state=rules.OPEN).first()
    if found is not None:
        return found
    scope = PersonScope.objects.filter(person_id=person_id).first()
    if scope is None:
        raise NotFound("person")
    made = Enrolment.objects.create(
        person_id=person_id,
        episode_id=episode_id,
        establishment_id=scope.establishment_id,
        started_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.EnrolmentStarted(
            person_id=person_id, establishment_id=scope.establishment_id, enrolment_id=made.pk
        )
    )
    return made


def _latest(tx: Transaction, person_id: int, episode_id: int | None) -> Enrolment:
    """The newest enrolment: a face is taken before, among or after the fingers."""
    tx.lock_persons([person_id])
    tx.require_person(ENROL, person_id)
    found = Enrolment.objects.filter(person_id=person_id).order_by("-pk").first()
    return found if found is not None else _open(tx, person_id, episode_id)


def _keep(tx: Transaction, enrolment: Enrolment, finger: TakenFinger) -> FingerResult:
    person_id = enrolment.person_id
    doubt = doubt_of(person_id, finger.position, finger.template, enrolment_id=enrolment.pk)
    blob = store_file(
        tx, person_id=person_id, kind="fingerprint_scan", data=finger.image, name="image"
    )
    _set_aside(tx, person_id, finger.position)
    finger_id = uuid4()
    FingerRecord.objects.create(
        id=finger_id,
        enrolment=enrolment,
        person_id=person_id,
        position=finger.position,
        image_id=blob.blob_id,
        template=seal_template(person_id, finger_id, finger.template),
        minutiae=finger.minutiae,
        quality=finger.quality,
        engine=finger.engine,
        source=finger.source[:20],
        doubt=doubt.code,
        doubt_position=doubt.position,
        taken_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    _settle(enrolment, finger.position)
    return FingerResult(
        finger_id,
        finger.position,
        rules.quality_word(finger.quality, finger.minutiae),
        doubt.code,
        doubt.position,
    )


def _settle(enrolment: Enrolment, position: int) -> None:
    """Look again at what was doubted for being the same as this finger, which is another now."""
    doubted = list(
        FingerRecord.objects.filter(
            enrolment=enrolment, superseded_at__isnull=True, doubt=rules.SAME_FINGER_TWICE,
            doubt_position=position,
        )
    )  # fmt: skip
    packed = packed_fingers([enrolment.person_id]).get(enrolment.person_id, {}) if doubted else {}
    for finger in doubted:
        if finger.position not in packed:
            continue
        doubt = doubt_of(
            enrolment.person_id, finger.position, packed[finger.position],
            enrolment_id=enrolment.pk,
        )  # fmt: skip
        finger.doubt, finger.doubt_position = doubt.code, doubt.position
        finger.save(update_fields=["doubt", "doubt_position"])


def _set_aside(tx: Transaction, person_id: int, position: int) -> None:
    FingerRecord.objects.filter(
        person_id=person_id, position=position, superseded_at__isnull=True
    ).update(superseded_at=tx.now)


def _states(enrolment: Enrolment) -> dict[int, str]:
    return dict(
        FingerRecord.objects.filter(enrolment=enrolment, superseded_at__isnull=True).values_list(
            "position", "state"
        )
    )


def _subject(person_id: int) -> UUID:
    subject, _ = Subject.objects.get_or_create(person_id=person_id)
    return subject.key


def tell_gallery(key: UUID) -> None:
    """So that it knows at once. Where it is away it learns from the events, or at its start."""
    try:
        gallery.refresh(key, within=1.0)
    except GalleryAway:
        pass


def _result(enrolment: Enrolment) -> EnrolmentResult:
    return EnrolmentResult(enrolment.pk, enrolment.state)
