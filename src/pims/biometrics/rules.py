"""What follows from an impression, a score, an examiner's word. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pims.kernel.decisions import Decision, Reason, refuse_if_any

POSITIONS = tuple(range(1, 11))
# Fingers laid on at once, by the ANSI/NIST-ITL number of the whole: four of a hand, both thumbs.
SLAPS = {13: (2, 3, 4, 5), 14: (7, 8, 9, 10), 15: (1, 6)}
PRESENT = "present"
# Why there is no impression of a finger.
ABSENT = ("missing", "bandaged", "amputated", "refused", "unreadable")
OPEN, COMPLETE, NO_USABLE_FINGER = "open", "complete", "no_usable_finger"
DECISIONS = ("same", "different", "unsure")
UNDECIDED = ("open", "unsure")
GROUNDS = ("acquittal", "order")
# Of a destruction: ordered by one officer, confirmed by another.
ORDERED = "ordered"

# NFIQ 2: below the first, take it again; from the second on it is good.
AGAIN_BELOW, GOOD_FROM = 20, 40
# Fewer that the extractor is sure of carry no identity, whatever the quality of the image.
LEAST_MINUTIAE = 8
# From this quality on (0 to 100) a minutia counts: the network's likelihood, as its author counts.
SURE_FROM = 60

SAME_FINGER_TWICE, OTHER_POSITION, NOT_AS_BEFORE = "same_twice", "other_position", "not_as_before"


def quality_word(quality: int | None, minutiae: int | None) -> str:
    """good, usable or again."""
    if minutiae is not None and minutiae < LEAST_MINUTIAE:
        return "again"
    if quality is None:
        return "usable"
    if quality < AGAIN_BELOW:
        return "again"
    return "good" if quality >= GOOD_FROM else "usable"


def told(word: str, advice: Sequence[Reason]) -> tuple[Reason, ...]:
    """How a better print may be had: something wherever it is to be taken again."""
    if word == "again" and not advice:
        return (Reason("biometrics.advice_clean"),)
    return tuple(advice)


@dataclass(frozen=True, slots=True)
class Look:
    """What a print is worth that is not kept yet: `word` good, usable or again; `more` are the
    remarks on the image and what to do otherwise."""

    word: str
    quality: int | None
    minutiae: int
    more: tuple[Reason, ...]
    doubt: "Doubt"

    @property
    def good(self) -> bool:
        return self.word != "again" and not self.doubt.code


def enrolment_state(fingers: Mapping[int, str]) -> str:
    """Open while one of the ten is neither taken nor accounted for; position -> state."""
    if any(position not in fingers for position in POSITIONS):
        return OPEN
    return COMPLETE if PRESENT in fingers.values() else NO_USABLE_FINGER


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one impression compares with one that is known: of this taking, or of before."""

    position: int
    score: float
    earlier: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    code: str = ""
    position: int | None = None


def sequence_doubt(position: int, found: Sequence[Likeness], *, threshold: float) -> Doubt:
    """Whether this can be the finger that it is called.

    The same finger twice in this taking; a finger that is on record under another position; one
    that is not the finger on record under this position, though others of the taking are known.
    It is told and never refused: the officer sees the hand.
    """
    alike = [one for one in found if one.score >= threshold and one.position != position]
    own = [one for one in found if one.earlier and one.position == position]
    for one in sorted(alike, key=lambda one: -one.score):
        if not one.earlier:
            return Doubt(SAME_FINGER_TWICE, one.position)
    if any(one.score >= threshold for one in own):
        return Doubt()
    for one in sorted(alike, key=lambda one: -one.score):
        return Doubt(OTHER_POSITION, one.position)
    return Doubt(NOT_AS_BEFORE, position) if own else Doubt()


@dataclass(frozen=True, slots=True)
class ExaminationFacts:
    """`state` is the candidate's; `spoken` are the examiners who said something already."""

    state: str
    examiner_id: int
    spoken: Sequence[int]


def may_examine(facts: ExaminationFacts) -> Decision:
    """One examiner decides; after "unsure" another one, never the same again."""
    reasons = []
    if facts.state not in UNDECIDED:
        reasons.append(Reason("biometrics.decided_already", {"decision": facts.state}))
    elif facts.examiner_id in facts.spoken:
        reasons.append(Reason("biometrics.another_examiner", decided_by="biometrics.examine"))
    return refuse_if_any(reasons)


@dataclass(frozen=True, slots=True)
class DestructionFacts:
    """`state` is the destruction's; `ordered_by_id` the first officer, `officer_id` who acts."""

    state: str
    ordered_by_id: int
    officer_id: int


def may_confirm(facts: DestructionFacts) -> Decision:
    """Another officer than the first, and only what was ordered and not withdrawn since."""
    reasons = []
    if facts.state != ORDERED:
        reasons.append(Reason("biometrics.destruction_not_open"))
    elif facts.officer_id == facts.ordered_by_id:
        reasons.append(
            Reason("biometrics.another_officer_confirms", decided_by="biometrics.destroy")
        )
    return refuse_if_any(reasons)


def missing_reason(decision: str, note: str, *, fingers: bool = True) -> Reason | None:
    """Whoever says that two are different says why; a likeness of fingers shows itself, one of
    the face alone does not."""
    if note.strip():
        return None
    if decision == "different":
        return Reason("biometrics.say_why_different")
    if decision == "same" and not fingers:
        return Reason("biometrics.say_what_else")
    return None
