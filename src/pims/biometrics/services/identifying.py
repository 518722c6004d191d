"""Who is it, then? What a search with one finger found, after a check that did not match."""

from collections.abc import Sequence
from dataclasses import dataclass

from pims.biometrics import events
from pims.biometrics.models import Identification, Identified, Verification
from pims.biometrics.services.searching import establishment_of
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.persons import same_human
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound

VERIFY = "biometrics.verify"


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody whose finger it may be; `named` where that is beyond reasonable doubt."""

    person_id: int
    score: float
    position: int
    named: bool


@dataclass(frozen=True, slots=True)
class IdentificationResult:
    identification_id: int
    candidates: int
    other_person_id: int | None = None


@service
def keep_identification(
    tx: Transaction,
    *,
    verification_id: int,
    found: Sequence[Likely],
    gallery_size: int | None = None,
    engine: str = "",
    problem: str = "",
) -> IdentificationResult:
    """Keep who was asked about, for what, and whom it may be: the likest is told with an alarm
    where it is certain. `problem` is a code: why nobody could be asked.

    Raises NotFound, NotPermitted, Refused where the check did not fail.
    """
    row = Verification.objects.filter(pk=verification_id).first()
    if row is None:
        raise NotFound("verification", verification_id)
    # A record may be erased while its answer was on the way.
    tx.lock_persons({row.person_id, *(one.person_id for one in found)})
    tx.require_person(VERIFY, row.person_id)
    row = Verification.objects.filter(pk=verification_id).first()
    if row is None:
        raise NotFound("verification", verification_id)
    if row.outcome != Verification.Outcome.NO_MATCH:
        refuse(Reason("biometrics.nobody_to_look_for")).require()
    own = set(same_human(row.person_id))
    alive = set(
        PersonScope.objects.filter(person_id__in=[one.person_id for one in found]).values_list(
            "person_id", flat=True
        )
    )
    likely = [
        one
        for one in sorted(found, key=lambda one: -one.score)
        if one.person_id in alive and one.person_id not in own
    ]
    made = Identification.objects.create(
        verification=row,
        person_id=row.person_id,
        purpose=row.purpose,
        gallery_size=gallery_size,
        engine=engine,
        problem=problem[:60],
        asked_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    Identified.objects.bulk_create(
        Identified(
            identification=made,
            person_id=one.person_id,
            rank=rank,
            score=one.score,
            position=one.position,
            named=one.named,
            recorded_by_id=tx.actor.user_id,
        )
        for rank, one in enumerate(likely, 1)
    )
    other = next((one.person_id for one in likely if one.named), None)
    tx.record(
        events.Identified(
            person_id=row.person_id,
            establishment_id=establishment_of(row.person_id),
            identification_id=made.pk,
            purpose=row.purpose,
            candidates=len(likely),
            other_person_id=other,
        )
    )
    return IdentificationResult(made.pk, len(likely), other)
