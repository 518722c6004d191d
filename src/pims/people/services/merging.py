"""Two records of one person become one, without a row being moved, and apart again if wrong."""

from dataclasses import dataclass

from pims.foundation.access.person_scope import join_scopes
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.parting import part_seals
from pims.foundation.vault.persons import lock_same_human
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound
from pims.kernel.text import clean_field
from pims.people import events, rules
from pims.people.models import Person, PersonMerge, PossibleMatch
from pims.people.search import index
from pims.people.services._common import keep_juvenile_label, touch


@dataclass(frozen=True, slots=True)
class MergeResult:
    """`person_id` is known as `into_person_id`, or, unmade, by itself again."""

    merge_id: int
    person_id: int
    into_person_id: int


@service
def merge_persons(
    tx: Transaction, *, person_id: int, into_person_id: int, reason: str, overlapping: bool
) -> MergeResult:
    """Make `person_id` known as `into_person_id`: one canonical person, both numbers for ever.

    `overlapping` says whether custody of the two ever overlapped: the caller knows, this room
    does not. What hides one of the records, a seal or a label, hides both from now on.
    Raises Refused (see `rules.may_merge`), InvalidInput without a reason.
    """
    tx.require_person("people.merge", person_id)
    tx.require_person("people.merge", into_person_id)
    lock_same_human(tx, [person_id, into_person_id])
    persons = Person.objects.in_bulk([person_id, into_person_id])
    if len(persons) != len({person_id, into_person_id}):
        raise NotFound("person")
    person, into = persons[person_id], persons[into_person_id]
    rules.may_merge(
        rules.MergeFacts(
            same_person=person_id == into_person_id,
            into_is_merged=into.canonical_id is not None,
            person_is_merged=person.canonical_id is not None,
            either_erased=person.erased_at is not None or into.erased_at is not None,
            overlapping=overlapping,
        )
    ).require()
    reason = clean_field("reason", reason, limit=2000, multiline=True, required=True)
    person.canonical = into
    touch(person, "canonical")
    touch(into)
    merge = PersonMerge.objects.create(
        person=person,
        into=into,
        reason=reason,
        merged_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    low, high = sorted((person_id, into_person_id))
    PossibleMatch.objects.filter(person_id=low, other_id=high).update(
        state=PossibleMatch.State.SAME,
        decision_reason=reason,
        decided_at=tx.now,
        decided_by_id=tx.actor.user_id,
    )
    labels, sealed = join_scopes(index.merged_into([into_person_id]))
    index.refresh([person_id])
    tx.record(
        events.PeopleMerged(person_id=person_id, into_person_id=into_person_id, merge_id=merge.pk),
        details={"reason": reason, "labels": labels, "sealed": sealed},
    )
    return MergeResult(merge.pk, person_id, into_person_id)


@service
def unmerge_persons(tx: Transaction, *, person_id: int, reason: str) -> MergeResult:
    """Undo the merge of `person_id`: it stands by itself again.

    A record that was sealed or marked juvenile only through the other is so no longer; the mark
    of a victim or informant stays on both until the room of safety lifts it.
    Raises Refused, InvalidInput.
    """
    tx.require_person("people.merge", person_id)
    merge = PersonMerge.objects.filter(person_id=person_id, unmade_at__isnull=True).first()
    if merge is None:
        refuse(Reason("people.not_merged")).require()
        raise NotFound("merge", person_id)
    tx.require_person("people.merge", merge.into_id)
    lock_same_human(tx, [person_id, merge.into_id])
    reason = clean_field("reason", reason, limit=2000, multiline=True, required=True)
    merge.refresh_from_db()
    if merge.unmade_at is not None:
        return MergeResult(merge.pk, person_id, merge.into_id)
    merge.unmade_at, merge.unmade_reason = tx.now, reason
    merge.save(update_fields=["unmade_at", "unmade_reason"])
    person = Person.objects.get(pk=person_id)
    person.canonical = None
    touch(person, "canonical")
    touch(Person.objects.get(pk=merge.into_id))
    low, high = sorted((person_id, merge.into_id))
    PossibleMatch.objects.filter(person_id=low, other_id=high).update(
        state=PossibleMatch.State.DIFFERENT,
        decision_reason=reason,
        decided_at=tx.now,
        decided_by_id=tx.actor.user_id,
    )
    opened = part_seals(tx, person_id, merge.into_id, joined_at=merge.merged_at)
    for one in Person.objects.filter(pk__in=(person_id, merge.into_id)):
        keep_juvenile_label(tx, one)
    index.refresh([person_id])
    tx.record(
        events.PeopleUnmerged(person_id=person_id, from_person_id=merge.into_id, merge_id=merge.pk),
        details={"reason": reason, "opened": opened},
    )
    return MergeResult(merge.pk, person_id, merge.into_id)
