"""Papers that had run out by their own words when custody ended: they hold nobody later."""

from datetime import datetime

from pims.authority import rules
from pims.authority.models import WarrantName
from pims.authority.selectors.ended_by import names_ended_by_fact
from pims.authority.services.reopening import reopen
from pims.authority.services.warrant_rows import close_name, facts_of
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.people import selectors as people

EXPIRED = WarrantName.EndKind.EXPIRED


@service
def end_papers_that_ran_out(
    tx: Transaction, *, person_id: int, at: datetime, zone: str
) -> tuple[int, ...]:
    """Custody ended at `at`: the papers that had run out by then, or were served that day, end too.

    Left open they would speak up in a later custody: a court date long passed, a further warrant
    that holds nobody. Gives the ids of the names that ended.
    """
    tx.require_person("authority.record", people.canonical_id(person_id))
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    names = WarrantName.objects.select_related("warrant").filter(person_id__in=own, ends_at=None)
    over = [
        name
        for name in names.order_by("pk")
        if rules.ran_out(facts_of(name), warrant_kinds()[name.warrant.kind], zone, at)
    ]
    for name in over:
        close_name(
            tx, name, end_kind=EXPIRED, ended_at=max(at, name.starts_at), basis="custody ended"
        )
    return tuple(name.pk for name in over)


@service
def reopen_papers_that_ran_out(tx: Transaction, *, person_id: int, at: datetime) -> tuple[int, ...]:
    """Custody did not end at `at` after all: what had run out by then stands open as before."""
    tx.require_person("authority.record", people.canonical_id(person_id))
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    ended = names_ended_by_fact(own, end_kind=EXPIRED, at=at)
    return reopen(tx, ended, "custody went on")
