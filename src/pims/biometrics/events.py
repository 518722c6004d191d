"""What the biometrics room says happened: ids and codes, never a score of anybody's body."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class EnrolmentStarted(Event):
    kind: ClassVar[str] = "biometrics.enrolment_started"
    enrolment_id: int


@dataclass(frozen=True, kw_only=True)
class FingersTaken(Event):
    """`positions` are those that have an impression now, comma separated."""

    kind: ClassVar[str] = "biometrics.fingers_taken"
    enrolment_id: int
    positions: str


@dataclass(frozen=True, kw_only=True)
class FingerNotTaken(Event):
    kind: ClassVar[str] = "biometrics.finger_not_taken"
    enrolment_id: int
    position: int
    state: str


@dataclass(frozen=True, kw_only=True)
class FaceTaken(Event):
    kind: ClassVar[str] = "biometrics.face_taken"
    face_id: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentFinished(Event):
    """`state` is complete or no_usable_finger; `fingers` have an impression."""

    kind: ClassVar[str] = "biometrics.enrolment_finished"
    enrolment_id: int
    state: str
    fingers: int


@dataclass(frozen=True, kw_only=True)
class SearchAsked(Event):
    kind: ClassVar[str] = "biometrics.search_asked"
    search_id: int
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SearchAnswered(Event):
    kind: ClassVar[str] = "biometrics.search_answered"
    search_id: int
    purpose: str
    candidates: int
    gallery_size: int


@dataclass(frozen=True, kw_only=True)
class CandidateExamined(Event):
    kind: ClassVar[str] = "biometrics.candidate_examined"
    candidate_id: int
    other_person_id: int
    decision: str


@dataclass(frozen=True, kw_only=True)
class Verified(Event):
    kind: ClassVar[str] = "biometrics.verified"
    verification_id: int
    purpose: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Identified(Event):
    """A finger that was not this person's was looked for among everybody's; `other_person_id` is
    whose it is beyond reasonable doubt, None where nobody's."""

    kind: ClassVar[str] = "biometrics.identified"
    identification_id: int
    purpose: str
    candidates: int
    other_person_id: int | None


@dataclass(frozen=True, kw_only=True)
class SweepStarted(Event):
    kind: ClassVar[str] = "biometrics.sweep_started"
    sweep_id: int
    subjects: int


@dataclass(frozen=True, kw_only=True)
class SweepFinished(Event):
    kind: ClassVar[str] = "biometrics.sweep_finished"
    sweep_id: int
    found: int


@dataclass(frozen=True, kw_only=True)
class DestructionOrdered(Event):
    kind: ClassVar[str] = "biometrics.destruction_ordered"
    destruction_id: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class DestructionConfirmed(Event):
    """By another officer than the one who ordered it."""

    kind: ClassVar[str] = "biometrics.destruction_confirmed"
    destruction_id: int


@dataclass(frozen=True, kw_only=True)
class DestructionWithdrawn(Event):
    kind: ClassVar[str] = "biometrics.destruction_withdrawn"
    destruction_id: int


@dataclass(frozen=True, kw_only=True)
class Destroyed(Event):
    kind: ClassVar[str] = "biometrics.destroyed"
    destruction_id: int
