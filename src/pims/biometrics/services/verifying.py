"""Is this the person? One finger against one record, answered at once."""

import time
from dataclasses import dataclass
from datetime import datetime

from pims.biometrics import comparing, deciding, events
from pims.biometrics.models import Verification
from pims.biometrics.services.searching import establishment_of
from pims.biometrics.stored import fingers_of_human
from pims.biometrics.taking import TakenFinger
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.errors import VaultError
from pims.foundation.vault.files import store_file
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

VERIFY = "biometrics.verify"
MATCH, NO_MATCH, UNAVAILABLE = "match", "no_match", "unavailable"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """`outcome` is match, no_match or unavailable; of the last `problem` is the code that says
    why. `score` is a logarithm of a likelihood ratio."""

    verification_id: int
    outcome: str
    problem: str = ""
    score: float | None = None
    position: int = 0

    @property
    def matched(self) -> bool | None:
        return None if self.outcome == UNAVAILABLE else self.outcome == MATCH


@service
def verify_identity(
    tx: Transaction,
    *,
    person_id: int,
    purpose: str,
    finger: TakenFinger | None = None,
    problem: str = "",
    episode_id: int | None = None,
    happened_at: datetime | None = None,
) -> VerificationResult:
    """Compare a finger with the record of whom they say they are; keep what came of it.

    Never refuses because something is out of order: a scanner that is dead (`problem`, a code),
    a person without fingerprints, a gallery that is away are an outcome, "unavailable", and the
    photograph or two officers remain. A finger of position 0 may be any of the ten. The image is
    kept only where it did not match. Raises InvalidInput for an unknown purpose.
    """
    tx.lock_persons([person_id])
    tx.require_person(VERIFY, person_id)
    if purpose not in Verification.Purpose.values:
        raise InvalidInput({"purpose": Reason("biometrics.no_such_purpose")})
    began = time.monotonic()
    score, position, wrong = None, 0, problem or "biometrics.no_finger_given"
    if finger is not None:
        score, position, wrong = _score(person_id, finger)
    threshold = deciding.one_finger() if score is not None else None
    outcome = UNAVAILABLE
    if score is not None and threshold is not None:
        outcome = MATCH if score >= threshold else NO_MATCH
    image = None
    if outcome == NO_MATCH and finger is not None:
        image = store_file(
            tx, person_id=person_id, kind="fingerprint_scan", data=finger.image, name="image"
        ).blob_id
    row = Verification.objects.create(
        person_id=person_id,
        episode_id=episode_id,
        establishment_id=establishment_of(person_id),
        purpose=purpose,
        position=position,
        outcome=outcome,
        score=score,
        threshold=threshold,
        problem="" if score is not None else wrong[:60],
        # From the image to the decision: what whoever stands there waited for.
        milliseconds=round((time.monotonic() - began) * 1000)
        + (finger.milliseconds if finger is not None else 0),
        image_id=image,
        engine=finger.engine if finger is not None else "",
        happened_at=happened_at or tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.Verified(
            person_id=person_id,
            establishment_id=row.establishment_id,
            verification_id=row.pk,
            purpose=purpose,
            outcome=outcome,
        )
    )
    return VerificationResult(row.pk, outcome, row.problem, score, position)


def _score(person_id: int, finger: TakenFinger) -> tuple[float | None, int, str]:
    """(score, the position that it was reached at, ""), or (None, 0, why not)."""
    try:
        known = fingers_of_human(person_id)
    except VaultError as error:
        return None, 0, error.code
    against = [
        (position, template)
        for position, templates in known.items()
        for template in templates
        if finger.position in (0, position)
    ]
    if not against:
        return (
            None,
            0,
            "biometrics.no_fingers_on_record"
            if not known
            else ("biometrics.this_finger_not_on_record"),
        )
    scores = comparing.scores(finger.template, [template for _, template in against])
    if not scores:
        return None, 0, "biometrics.matcher_away"
    best = max(range(len(scores)), key=scores.__getitem__)
    return scores[best], against[best][0], ""


def words_for(result: VerificationResult) -> Reason | None:
    """Why nothing could be compared, and what is left to do; None where something was."""
    if result.outcome != UNAVAILABLE:
        return None
    return Reason(result.problem or "biometrics.matcher_away")
