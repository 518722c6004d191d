"""What became of somebody, told to those whose messages were about them."""

from datetime import datetime

from pims.exchange import events_inbound as events
from pims.exchange.inbound.rows import INBOX, step
from pims.exchange.models import Inbound, OrderClock
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.people import selectors as people

BEFORE, FREED, NOT_FREED = "told_before", "freed", "not_freed"
# Ends of custody by which somebody is free as well.
AT_COURT = "discharged_at_court"
_LEFT = {FREED: "told_discharged", AT_COURT: "told_left_at_court"}


@service
def follow_person(tx: Transaction, *, person_id: int, what: str, at: datetime) -> None:
    """`what` is ``told_before`` (to be let go), ``freed``, ``not_freed`` (the record of it was a
    mistake), or how custody ended otherwise. For the system."""
    require_held(tx.actor, INBOX)
    own = people.persons_of(people.canonical_id(person_id))
    clocks = OrderClock.objects.select_for_update().select_related("inbound")
    for clock in clocks.filter(person_id__in=own, inbound__state=Inbound.State.APPLIED):
        _clock(tx, clock, what, at)
    if what in (BEFORE, *_LEFT):
        for row in _interested(own):
            code = _LEFT.get(what, what)
            step(row, code, at=tx.now)
            _tell(tx, row, code)


def _clock(tx: Transaction, clock: OrderClock, what: str, at: datetime) -> None:
    """One order's clock stops when its person walks, and only then."""
    before = (clock.freed_at, clock.stopped_because)
    if what in (FREED, AT_COURT):
        if not clock.stopped_because:
            clock.freed_at = at
    elif what == NOT_FREED:
        clock.freed_at = None
    elif what not in (BEFORE, "transferred") and clock.freed_at is None:
        clock.stopped_because = clock.stopped_because or what[:40]
    if (clock.freed_at, clock.stopped_because) == before:
        return
    clock.save(update_fields=["freed_at", "stopped_because"])
    code = {FREED: "told_freed", AT_COURT: "told_freed", NOT_FREED: "told_not_freed"}.get(what)
    step(clock.inbound, code or "told_stopped", at=tx.now)
    _tell(tx, clock.inbound, code or "told_stopped")


def _interested(own: frozenset[int]) -> list[Inbound]:
    """The messages by which the police said that they wish to know, which stand."""
    rows = Inbound.objects.select_for_update().filter(
        person_id__in=own, kind="police_interest", state=Inbound.State.APPLIED
    )
    later = set(
        Inbound.objects.filter(
            kind="police_interest", state=Inbound.State.APPLIED, person_id__in=own
        ).values_list("agency_id", "corrects")
    )
    return [
        row
        for row in rows.order_by("received_at")
        if row.result.get("made", {}).get("police_interests")
        if (row.agency_id, row.message_id) not in later
    ]


def _tell(tx: Transaction, row: Inbound, state: str) -> None:
    tx.record(
        events.MessageFollowed(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            agency_id=row.agency_id,
            inbound_id=str(row.pk),
            state=state,
        )
    )
