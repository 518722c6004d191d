"""Whether an impression is the finger that it is called, by what is known of the same person."""

from pims.biometrics import comparing, deciding, rules
from pims.biometrics.models import Enrolment, FingerRecord
from pims.biometrics.stored import packed_fingers
from pims.foundation.vault.errors import VaultError
from pims.foundation.vault.persons import same_human


def open_enrolment(person_id: int) -> int | None:
    """The enrolment of the person that is not finished."""
    found = Enrolment.objects.filter(person_id=person_id, state=rules.OPEN)
    return found.values_list("pk", flat=True).first()


def doubt_of(
    person_id: int, position: int, template: bytes, *, enrolment_id: int | None,
    here: bool = False,
) -> rules.Doubt:  # fmt: skip
    """What the sequence check sees in a packed template; nothing where nothing can compare now.

    What was taken in this enrolment is "just now", all else "on record". `here` as of
    `comparing.scores`.
    """
    now = set(
        FingerRecord.objects.filter(
            enrolment_id=enrolment_id, superseded_at__isnull=True
        ).values_list("position", flat=True)
        if enrolment_id is not None
        else ()
    )
    try:
        packed = packed_fingers(same_human(person_id) or [person_id])
    except VaultError:
        return rules.Doubt()
    known = [
        (at, other, owner != person_id or at not in now)
        for owner, of in packed.items()
        for at, other in of.items()
        # The one that this impression replaces says nothing.
        if not (owner == person_id and at == position and at in now)
    ]
    found = comparing.scores(template, [other for _, other, _ in known], here=here)
    if not found:
        return rules.Doubt()
    return rules.sequence_doubt(
        position,
        [
            rules.Likeness(at, score, earlier)
            for (at, _, earlier), score in zip(known, found, strict=True)
        ],
        threshold=deciding.one_finger(),
    )
