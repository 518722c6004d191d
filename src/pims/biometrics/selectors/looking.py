"""What a print is worth before it is kept, while the finger still lies on the scanner."""

from pims.biometrics import rules
from pims.biometrics.sequence import doubt_of, open_enrolment
from pims.biometrics.taking import TakenFinger
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible

ENROL = "biometrics.enrol"


def look_at(viewer: Actor, person_id: int, finger: TakenFinger) -> rules.Look:
    """Nothing is kept. Raises NotFound out of the reach of whoever takes fingerprints."""
    require_visible(viewer, ENROL, person_id)
    word = rules.quality_word(finger.quality, finger.minutiae)
    return rules.Look(
        word=word,
        quality=finger.quality,
        minutiae=finger.minutiae,
        more=(*finger.notes, *rules.told(word, finger.advice)),
        doubt=doubt_of(
            person_id, finger.position, finger.template,
            enrolment_id=open_enrolment(person_id), here=True,
        ),
    )  # fmt: skip
