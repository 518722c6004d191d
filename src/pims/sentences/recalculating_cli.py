"""`pims sentence recalculate`: everybody's dates, or those of some numbers, worked out anew."""

from collections.abc import Sequence

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.console import show, words
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.sentences import selectors, services

AT_ONCE = 500


def run(numbers: Sequence[str], *, force: bool, as_json: bool) -> None:
    actor = system_actor()
    if numbers:
        persons = []
        for number in numbers:
            person_id = people.resolve_number(actor, number)
            if person_id is None:
                raise NotFound("person", number)
            persons.append(person_id)
    else:
        persons = sorted(selectors.everybody())
    looked_at = changed = 0
    for start in range(0, len(persons), AT_ONCE):
        done = services.recalculate(
            Command(actor), person_ids=persons[start : start + AT_ONCE], force=force
        )
        looked_at, changed = looked_at + done.looked_at, changed + done.changed
        words.print(f"  {min(start + AT_ONCE, len(persons)):,} of {len(persons):,}")
    show(
        {"looked_at": looked_at, "changed": changed},
        as_json=as_json,
        columns={"looked_at": "With a sentence that stands", "changed": "Answers that are new"},
    )
