"""An officer says whom a message is about."""

from uuid import UUID

from pims.exchange import events_inbound as events
from pims.exchange.inbound.matching import require_own
from pims.exchange.inbound.rows import (
    establishment_of,
    keep_names,
    locked,
    move,
    require_open,
    require_reach,
)
from pims.exchange.models import OrderClock
from pims.exchange.rules import inbound as rules
from pims.exchange.rules.matching import OFFICER
from pims.exchange.services.inbound import InboundResult
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason
from pims.people import selectors as people


@service
def match_inbound(
    tx: Transaction, *, inbound_id: UUID, version: int, number: str, entry: int | None = None
) -> InboundResult:
    """The person with this prisoner number is meant; of a list the one of line `entry`, from 0.

    Whoever was found before is not. Raises InvalidInput (no such line), NotFound (nobody with the
    number, or out of sight), Refused (decided already; a test prisoner where somebody real is
    meant, or the other way round), Stale.
    """
    row = locked(inbound_id, version=version)
    require_reach(tx, row)
    require_open(row)
    person_id = people.resolve_number(tx.actor, number)
    tx.require_person("exchange.inbox", person_id)
    require_own(person_id, sandbox=row.agency.sandbox)
    proposal = dict(row.proposal)
    entries = [dict(one) for one in proposal.get("entries", [])]
    found = {"person_id": person_id, "how": OFFICER}
    if entry is None and not entries:
        row.person_id, row.matched_how = person_id, OFFICER
        proposal["match"] = {**proposal.get("match", {}), **found}
    elif entry is not None and 0 <= entry < len(entries):
        entries[entry] |= found
        proposal["entries"] = entries
    else:
        raise InvalidInput({"entry": Reason("exchange.no_such_entry")})
    row.establishment_id = establishment_of(person_id)
    OrderClock.objects.filter(inbound=row).update(person_id=row.person_id)
    move(
        row, rules.WAITING, at=tx.now, codes=("matched_by_officer",), user_id=tx.actor.user_id,
        proposal=proposal,
    )  # fmt: skip
    keep_names(row)
    tx.record(
        events.MessageMatched(
            person_id=person_id,
            establishment_id=row.establishment_id,
            agency_id=row.agency_id,
            inbound_id=str(row.pk),
            entry=entry,
        )
    )
    return InboundResult(row.pk, row.state, row.version)
