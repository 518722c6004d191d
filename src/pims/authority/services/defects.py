"""What the officer in charge decides about a defective paper, and what the court is asked."""

from collections.abc import Sequence

from pims.authority import events
from pims.authority.models import ClerkQuery, Warrant, WarrantName
from pims.authority.services.warrant_rows import close_name
from pims.authority.services.words import DECISION, why
from pims.authority.wording import WARRANT_STANDS
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted
from pims.kernel.text import clean_field
from pims.people import selectors as people


@service
def decide_defective(tx: Transaction, *, warrant_id: int, decision: str, reason: str) -> None:
    """The officer in charge acts on a defective warrant or returns it, with a reason.

    A returned warrant no longer detains from this instant; whoever it alone held is then on the
    books with no valid warrant, which is an alarm. Raises Refused (decided already), NotFound.
    """
    named = WarrantName.objects.filter(warrant_id=warrant_id)
    tx.lock_persons(named.values_list("person_id", flat=True))
    warrant = Warrant.objects.select_for_update().filter(pk=warrant_id).first()
    if warrant is None:
        raise NotFound("warrant", warrant_id)
    names = list(warrant.names.all())
    _require_paper(tx, "authority.decide", warrant, names)
    if decision not in (Warrant.State.ACTED_ON, Warrant.State.RETURNED):
        raise InvalidInput({"decision": Reason("authority.unknown_decision")})
    reason = why("reason", reason, DECISION)
    if warrant.state != Warrant.State.AS_RECEIVED:
        stands = WARRANT_STANDS[warrant.state]
        refuse(Reason("authority.decided_already", {"state": stands})).require()
    warrant.state = decision
    warrant.decided_by_id, warrant.decided_at = tx.actor.user_id, tx.now
    warrant.decision_reason = reason
    warrant.save(update_fields=["state", "decided_by_id", "decided_at", "decision_reason"])
    for name in names:
        tx.record(
            events.WarrantDecided(
                person_id=name.person_id,
                establishment_id=warrant.establishment_id,
                warrant_id=warrant.pk,
                decision=decision,
            ),
            details={"reason": reason},
        )
        if decision == Warrant.State.RETURNED and name.ends_at is None:
            close_name(
                tx, name, end_kind="returned", ended_at=max(tx.now, name.starts_at), basis=reason
            )


@service
def send_clerk_query(tx: Transaction, *, query_id: int, text: str) -> None:
    """The drafted query, as a person worded it, was sent. Raises NotFound, InvalidInput."""
    query = _locked_query(tx, query_id)
    query.text = clean_field("text", text, limit=4000, multiline=True) or query.text
    query.sent_at = tx.now
    query.save(update_fields=["text", "sent_at"])
    for name in query.warrant.names.all():
        tx.record(
            events.ClerkQuerySent(
                person_id=name.person_id,
                establishment_id=query.warrant.establishment_id,
                warrant_id=query.warrant_id,
                query_id=query.pk,
            ),
            details={"text": query.text},
        )


@service
def record_clerk_answer(tx: Transaction, *, query_id: int, answer: str) -> None:
    """What the clerk of court said to a query. It changes nothing on the paper: the officer in
    charge decides, or the entry is corrected. Given again, it takes the place of the first.

    Raises InvalidInput without an answer, NotFound.
    """
    query = _locked_query(tx, query_id)
    said = clean_field("answer", answer, limit=4000, multiline=True, required=True)
    before, query.answer, query.answered_at = query.answer, said, query.answered_at or tx.now
    query.save(update_fields=["answer", "answered_at"])
    for name in query.warrant.names.all():
        tx.record(
            events.ClerkQueryAnswered(
                person_id=name.person_id,
                establishment_id=query.warrant.establishment_id,
                warrant_id=query.warrant_id,
                query_id=query.pk,
            ),
            details={"answer": said, "before": before},
        )


def _locked_query(tx: Transaction, query_id: int) -> ClerkQuery:
    """A query, the persons that its paper names locked first. Raises NotFound, NotPermitted."""
    named = WarrantName.objects.filter(warrant__queries=query_id)
    tx.lock_persons(named.values_list("person_id", flat=True))
    query = (
        ClerkQuery.objects.select_for_update(of=("self",))
        .select_related("warrant")
        .filter(pk=query_id)
        .first()
    )
    if query is None:
        raise NotFound("query", query_id)
    _require_paper(tx, "authority.record", query.warrant, list(query.warrant.names.all()))
    return query


def _require_paper(
    tx: Transaction, permission: str, warrant: Warrant, names: Sequence[WarrantName]
) -> None:
    """Raise unless the actor may do this where the paper came in or where whom it names is now."""
    try:
        tx.require(permission, establishment_id=warrant.establishment_id)
    except NotPermitted:
        for name in names:
            tx.require_person(permission, people.canonical_id(name.person_id))
