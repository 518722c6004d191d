"""A person decides about a candidate: the matcher only proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pims.biometrics import events, rules
from pims.biometrics.models import Candidate, Examination
from pims.biometrics.services.searching import establishment_of
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import services as people

EXAMINE = "biometrics.examine"


@dataclass(frozen=True, slots=True)
class ExaminationResult:
    """`match_id` is the pair that a "same" proposes to join; joining is another decision."""

    candidate_id: int
    state: str
    match_id: int | None = None


@service
def decide_candidate(
    tx: Transaction,
    *,
    candidate_id: int,
    decision: str,
    note: str = "",
    images: Sequence[UUID] = (),
) -> ExaminationResult:
    """Same, different, or unsure: then another examiner is asked. `images` are those shown.

    "Same" notes the two records as one person's, for whoever may join them; nothing is joined
    here. Raises NotFound, NotPermitted, Refused (decided already, the same examiner again),
    InvalidInput.
    """
    pair = Candidate.objects.filter(pk=candidate_id).values_list("person_id", "other_id").first()
    if pair is None:
        raise NotFound("candidate", candidate_id)
    tx.lock_persons(pair)
    for person_id in pair:
        tx.require_person(EXAMINE, person_id)
    if decision not in rules.DECISIONS:
        raise InvalidInput({"decision": Reason("biometrics.no_such_decision")})
    note = clean_field("note", note, limit=1000, multiline=True)
    row = Candidate.objects.get(pk=candidate_id)
    if missing := rules.missing_reason(decision, note, fingers=bool(row.finger_scores)):
        raise InvalidInput({"note": missing})
    rules.may_examine(
        rules.ExaminationFacts(
            state=row.state,
            examiner_id=tx.actor.user_id,
            spoken=list(row.examinations.values_list("examiner_id", flat=True)),
        )
    ).require()
    Examination.objects.create(
        candidate=row,
        examiner_id=tx.actor.user_id,
        decision=decision,
        note=note,
        score=row.score,
        images=list(images),
        decided_at=tx.now,
    )
    row.state = decision
    row.save(update_fields=["state"])
    match_id = None
    if decision == rules.DECISIONS[0]:
        # What follows from the decision: whoever examines need not be allowed to correct records.
        noted = people.note_possible_match(
            tx.beyond_scope(),
            person_id=row.person_id,
            other_id=row.other_id,
            reasons=("fingerprints",) if row.finger_scores else ("officer_says",),
        )
        match_id = noted.match_id
    tx.record(
        events.CandidateExamined(
            person_id=row.person_id,
            establishment_id=establishment_of(row.person_id),
            candidate_id=row.pk,
            other_person_id=row.other_id,
            decision=decision,
        ),
        details={"note": note, "score": row.score},
    )
    return ExaminationResult(row.pk, row.state, match_id)
