"""What changes a date changes it at once: orders, charges, births, escapes, records joined."""

from uuid import NAMESPACE_OID, uuid5

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.last import is_followed
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber
from pims.sentences import services

# Of the courts' events those that can change a sentence; of people's, who somebody is; of
# custody's, who was away.
KINDS = (
    "courts.order_recorded",
    "courts.order_fell",
    "courts.order_stands_again",
    "courts.order_changed_in_part",
    "courts.order_read_again",
    "courts.difference_settled",
    "courts.charge_amended",
    "courts.charge_decided",
    "custody.escaped",
    "custody.recaptured",
    "custody.escape_taken_back",
    "custody.end_taken_back",
    "people.amended",
    "people.age_decided",
    "people.merged",
    "people.unmerged",
)


# Whatever else these say, dates are worked out after them.
ALWAYS = tuple(kind for kind in KINDS if not kind.startswith("people."))


def concerns_dates(event: EventRecord) -> bool:
    if event.person_id is None:
        return False
    if event.kind == "people.amended":
        return "born_" in str(event.payload.get("fields", ""))
    return True


@subscriber("sentences.facts", kinds=KINDS, only=concerns_dates)
def work_out_again(event: EventRecord) -> None:
    """Of several changes at once the last one has the dates worked out: it finds what all made."""
    persons = {event.person_id}
    for other in ("into_person_id", "from_person_id"):
        if isinstance(found := event.payload.get(other), int):
            persons.add(found)
    person_id, seq = event.person_id, event.event_seq
    alone = persons == {person_id} and person_id is not None and seq is not None
    if alone and is_followed(person_id, seq, kinds=ALWAYS):  # type: ignore[arg-type]
        return
    services.recalculate(
        # The same event gives the same command, so that a second delivery changes nothing.
        Command(system_actor(), uuid5(NAMESPACE_OID, f"{event.event_id}/sentences")),
        person_ids=sorted(one for one in persons if one is not None),
    )
