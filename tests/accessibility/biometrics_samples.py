"""Somebody with prints of every state, whom a search found under another name; a sweep under way.

The gallery is away, as on a site that was just started: every page must stand without it.
"""

import numpy as np

from pims.biometrics import services
from pims.biometrics.engine.synthetic import WELL, draw, person, template_of
from pims.biometrics.models import Verification
from pims.biometrics.packing import pack
from pims.biometrics.selectors import candidates, enrolment_of
from pims.biometrics.services import Found, TakenFinger
from pims.biometrics.taking import png_of
from pims.biometrics.taking_faces import pack_face
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.fixtures.small_prison import SmallPrison
from tests.journeys.desk import photograph


def finger(seed: int, position: int, impression: int, *, quality: int = 60) -> TakenFinger:
    template = template_of(person(seed)[position - 1], impression, touch=WELL)
    return TakenFinger(
        position=position,
        image=png_of(draw(seed, position, impression, touch=WELL)),
        template=pack(template),
        minutiae=len(template),
        quality=quality,
        engine="sample",
    )


def biometrics_samples(prison: SmallPrison) -> dict[str, tuple[object, ...]]:
    """By the name of an address's part: the values to open it with."""
    actor = system_actor()
    one, other = prison.held["TUN"].person_id, prison.held["REYES"].person_id
    services.enrol_fingers(
        Command(actor), person_id=other, fingers=[finger(1, p, 1) for p in (2, 3)]
    )
    services.finish_enrolment(Command(actor), person_id=other, reason="Only two were clean")
    services.enrol_fingers(
        Command(actor), person_id=one, fingers=[finger(1, 2, 2), finger(1, 3, 2, quality=12)]
    )
    services.record_finger_not_taken(
        Command(actor), person_id=one, position=1, state="bandaged", reason="Cut this morning"
    )
    asked = services.finish_enrolment(Command(actor), person_id=one, reason="Refuses the others")
    assert asked.search_id is not None
    services.answer_search(
        Command(actor), search_id=asked.search_id, gallery_size=20, engine="sample",
        found=[Found(other, 48.5, {2: 30.5, 3: 18.0})],
    )  # fmt: skip
    waiting = services.ask_search(Command(actor), person_id=other)
    services.verify_identity(
        Command(actor), person_id=one, purpose="gate", problem="biometrics.scanner_away"
    )
    # Somebody else's finger was shown as this person's, and whose it is was asked.
    failed = Verification.objects.create(
        person_id=one, purpose="gate", position=4, outcome="no_match", score=-3.2, threshold=4.1,
        milliseconds=410, engine="sample", happened_at=clock.now(), recorded_by_id=actor.user_id,
    )  # fmt: skip
    asked_who = services.keep_identification(
        Command(actor), verification_id=failed.pk, gallery_size=20, engine="sample",
        found=[services.Likely(other, 31.5, 4, named=True)],
    )  # fmt: skip
    services.start_sweep(Command(actor), threshold=30.0, engine="sample")
    face = services.enrol_face(
        Command(actor), person_id=one, image=photograph(), quality=50, engine="sample",
        descriptor=pack_face(np.zeros(128, np.float32)),
    )  # fmt: skip
    found = enrolment_of(actor, one).fingers[1]
    return {
        "search_id": (asked.search_id, waiting.search_id),
        "candidate_id": (candidates(actor, person_id=one)[0].candidate_id,),
        "finger_id": (found.finger_id,),
        "face_id": (face.face_id,),
        "identification_id": (asked_who.identification_id,),
    }
