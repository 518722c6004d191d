"""Records that may be one person's: found at once, decided by a person, waited for by nobody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import events
from pims.people.models import Person, PossibleMatch
from pims.people.near import Near, near_records
from pims.people.services._common import one_of

# At most so many are noted of one new person: the likest.
NOTED = 5


@dataclass(frozen=True, slots=True)
class MatchResult:
    match_id: int
    state: str


def find_matches(tx: Transaction, person: Person) -> list[int]:
    """Note the records nearest to this person, whoever may see them; give the notes' ids.

    Found beyond the scope of whoever enters: a double record is the prison's concern. What the
    officer is shown of the other person still goes by the officer's scope.
    """
    return note_matches(tx, person, near_records(person))


def note_matches(tx: Transaction, person: Person, found: Sequence[Near]) -> list[int]:
    """Note the first of `found`; give the notes' ids."""
    return [
        _note(tx, person.pk, near.person_id, near.score, near.reasons) for near in found[:NOTED]
    ]


def note_match(
    tx: Transaction, person_id: int, other_id: int, reasons: Collection[str] = ("officer_says",)
) -> int:
    """Note that somebody thought the two might be one, and whence."""
    return _note(tx, person_id, other_id, 100, reasons)


def _note(
    tx: Transaction, person_id: int, other_id: int, score: int, reasons: Collection[str]
) -> int:
    low, high = sorted((person_id, other_id))
    match, fresh = PossibleMatch.objects.get_or_create(
        person_id=low,
        other_id=high,
        defaults={
            "score": score,
            "reasons": list(reasons),
            "found_at": tx.now,
            "recorded_by_id": tx.actor.user_id,
        },
    )
    if fresh:
        tx.record(
            events.MatchFound(
                person_id=person_id, match_id=match.pk, other_person_id=other_id, score=score
            )
        )
    return match.pk


@service
def look_for_matches(tx: Transaction, *, person_id: int) -> tuple[int, ...]:
    """Look again for records near to this person's, after names or birth were corrected."""
    tx.require_person("people.edit", person_id)
    tx.lock_persons([person_id])
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound("person")
    return tuple(find_matches(tx, person))


# Why somebody, and not the search by names, holds two records for one person's.
NOTED_FOR = frozenset({"officer_says", "fingerprints"})


@service
def note_possible_match(
    tx: Transaction, *, person_id: int, other_id: int, reasons: Sequence[str] = ("officer_says",)
) -> MatchResult:
    """Note that an officer thinks the two may be one person; one noted before is given back.

    `reasons` are codes: that the officer says so, that fingerprints do.

    Raises InvalidInput for one record twice or a code that there is not, NotFound where the officer
    may not know of one.
    """
    if person_id == other_id:
        raise InvalidInput({"other_id": Reason("people.same_record")})
    if not set(reasons) <= NOTED_FOR:
        raise InvalidInput({"reasons": Reason("people.unknown_match_reason")})
    for one in (person_id, other_id):
        tx.require_person("people.edit", one)
    tx.lock_persons([person_id, other_id])
    match_id = note_match(tx, person_id, other_id, reasons)
    return MatchResult(match_id, PossibleMatch.objects.get(pk=match_id).state)


@service
def decide_possible_match(
    tx: Transaction, *, match_id: int, decision: str, reason: str = ""
) -> MatchResult:
    """Say whether two records are one person's: "same", "different" or "unsure".

    "same" joins nothing by itself: that is `merge_persons`. Raises InvalidInput, and NotFound
    where the officer may not know of one of the two.
    """
    pair = PossibleMatch.objects.filter(pk=match_id).values_list("person_id", "other_id").first()
    if pair is None:
        raise NotFound("possible match", match_id)
    for person_id in pair:
        tx.require_person("people.edit", person_id)
    tx.lock_persons(pair)
    one_of("decision", decision, ("same", "different", "unsure"))
    reason = clean_field(
        "reason", reason, limit=1000, multiline=True, required=decision != "unsure"
    )
    match = PossibleMatch.objects.get(pk=match_id)
    match.state, match.decision_reason = decision, reason
    match.decided_at, match.decided_by_id = tx.now, tx.actor.user_id
    match.save(update_fields=["state", "decision_reason", "decided_at", "decided_by_id"])
    tx.record(
        events.MatchDecided(
            person_id=pair[0], match_id=match_id, other_person_id=pair[1], decision=decision
        ),
        details={"reason": reason},
    )
    return MatchResult(match_id, decision)
