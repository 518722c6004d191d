"""The order of a paper that the gate or the desk has recorded as a warrant: one paper, one act."""

from collections.abc import Sequence
from datetime import date

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.models import CourtOrder
from pims.courts.rules.keyed import kinds_of_warrant
from pims.courts.services.common import RECORD, reach, refuse_wrong
from pims.courts.services.keyed import AWAITED, NEVER
from pims.courts.services.order_inputs import CourtOrderResult, OrderName, SentenceInput
from pims.courts.services.orders import record_court_order
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason

_READER = Actor(user_id=0, name="", badge="", system=True)


@service
def key_order_of_warrant(
    tx: Transaction,
    *,
    establishment_id: int,
    warrant_name_id: int,
    kind: str = "",
    case_id: int | None = None,
    charge_ids: Sequence[int] = (),
    sentences: Sequence[SentenceInput] = (),
    next_date: date | None = None,
    until: date | None = None,
    amount_cents: int | None = None,
    review_months: int | None = None,
    conditions: str = "",
    defects: Sequence[str] = (),
) -> CourtOrderResult:
    """Key the order of a paper that is a warrant already, for everyone whom the paper names.

    Court, reference, dates and hour are the warrant's; what is given here was read off the paper,
    and where it differs the warrant reads so from then on. `kind` is "" where the warrant's leaves
    no choice. No second warrant arises. Raises Refused where the order is recorded already,
    InvalidInput, NotFound, NotPermitted.
    """
    mine = authority.warrant_name(_READER, warrant_name_id)
    named = _unkeyed(authority.warrant(_READER, mine.warrant_id))
    tx.require(RECORD, establishment_id=establishment_id)
    reach(tx, RECORD, [mine.person_id])
    tx.lock_persons({mine.person_id, *(one.person_id for one in named)})
    # Looked at again under the lock: two officers may hold the same paper.
    if mine.warrant_name_id not in {one.warrant_name_id for one in _unkeyed(named)}:
        refuse(Reason("courts.keyed_already")).require()
    kinds = kinds_of_warrant(mine.kind)
    if not kind and len(kinds) != 1:
        refuse_wrong({"kind": Reason("courts.kind_not_chosen")})
    kind = kind or kinds[0]
    fields = order_kinds()[kind].fields if kind in order_kinds() else ()
    if until is None and "until" in fields and not sentences:
        until = mine.until
    if next_date is None and "next_date" in fields:
        next_date = mine.next_appearance
    if amount_cents is None and "amount_cents" in fields:
        amount_cents = mine.amount_cents
    return record_court_order(
        tx,
        establishment_id=establishment_id,
        kind=kind,
        body_id=mine.body_id,
        names=[
            OrderName(
                one.person_id,
                name_as_written=one.name_as_written,
                keyed_warrant_name_id=one.warrant_name_id,
            )
            for one in named
        ],
        received_at=mine.received_at,
        pronounced_at=min(mine.starts_at, mine.received_at),
        case_id=case_id,
        charge_ids=charge_ids,
        reference=mine.reference,
        dated=mine.dated,
        as_written=mine.as_written,
        defects=defects,
        next_date=next_date,
        until=until,
        amount_cents=amount_cents,
        review_months=review_months,
        conditions=conditions,
        sentences=sentences,
    )


def _unkeyed(named: Sequence[WarrantBrief]) -> list[WarrantBrief]:
    """Those of whom no order that stands, fell or was replaced rests on the paper."""
    keyed = set(
        CourtOrder.objects.filter(warrant_name_id__in=[one.warrant_name_id for one in named])
        .exclude(state=CourtOrder.State.VOID)
        .values_list("warrant_name_id", flat=True)
    )
    return [
        one
        for one in named
        if one.warrant_name_id not in keyed
        and AWAITED not in one.defects
        and one.end_kind not in NEVER
    ]
