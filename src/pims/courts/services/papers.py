"""One paper keyed at one desk: the case and the charges that it is about, and the order itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pims.courts.services.cases import add_charge, open_case
from pims.courts.services.common import RECORD, reach
from pims.courts.services.order_inputs import CourtOrderResult, OrderName, SentenceInput
from pims.courts.services.orders import record_court_order
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge that is not on record yet: a code of the offence table, or the paper's words."""

    offence_code: str = ""
    as_written: str = ""


@service
def record_paper(
    tx: Transaction,
    *,
    establishment_id: int,
    kind: str,
    body_id: int,
    names: Sequence[OrderName],
    received_at: datetime,
    pronounced_at: datetime | None = None,
    case_id: int | None = None,
    case_number: str = "",
    charge_ids: Sequence[int] = (),
    new_charges: Sequence[NewCharge] = (),
    sentences: Sequence[SentenceInput] = (),
    sentence_charges: Sequence[int | None] = (),
    reference: str = "",
    dated: date | None = None,
    as_written: str = "",
    defects: Sequence[str] = (),
    next_date: date | None = None,
    next_mode: str = "in_person",
    until: date | None = None,
    amount_cents: int | None = None,
    review_months: int | None = None,
    conditions: str = "",
    sureties: str = "",
    changes_order_id: int | None = None,
    changes_reference: str = "",
    change: str = "",
    dates_as_written: Mapping[str, str] | None = None,
    scan: bytes | None = None,
) -> CourtOrderResult:
    """Record an order with what its paper is the first to tell of: all of it, or nothing.

    `case_number` opens a case where none is chosen. `new_charges` are brought against the first
    person named; `sentence_charges` gives, for each sentence, which of them (from 0) it is for.
    Raises what `open_case`, `add_charge` and `record_court_order` raise, and InvalidInput where a
    new charge has no case to stand in.
    """
    tx.require(RECORD, establishment_id=establishment_id)
    person_ids = [name.person_id for name in names]
    reach(tx, RECORD, person_ids)
    tx.lock_persons({i for person_id in person_ids for i in people.persons_of(person_id)})
    if new_charges and case_id is None and not case_number.strip():
        raise InvalidInput({"case_number": Reason("courts.charge_without_case")})
    if case_id is None and case_number.strip():
        opened = open_case(
            tx,
            establishment_id=establishment_id,
            number=case_number,
            body_id=body_id,
            person_ids=person_ids,
        )
        case_id = opened.case_id
    made = []
    if case_id is not None:
        made = [
            add_charge(
                tx,
                case_id=case_id,
                person_id=person_ids[0],
                offence_code=one.offence_code,
                as_written=one.as_written,
            ).charge_id
            for one in new_charges
        ]
    charged = list(sentence_charges) or [None] * len(sentences)
    if len(charged) != len(sentences):
        raise InvalidInput({"sentence_charges": Reason("courts.charge_of_no_sentence")})
    for_charge = [
        replace(one, charge_id=made[at]) if at is not None and at < len(made) else one
        for one, at in zip(sentences, charged, strict=True)
    ]
    return record_court_order(
        tx,
        establishment_id=establishment_id,
        kind=kind,
        body_id=body_id,
        names=names,
        received_at=received_at,
        pronounced_at=pronounced_at,
        case_id=case_id,
        charge_ids=[*charge_ids, *made],
        reference=reference,
        dated=dated,
        as_written=as_written,
        defects=defects,
        next_date=next_date,
        next_mode=next_mode,
        until=until,
        amount_cents=amount_cents,
        review_months=review_months,
        conditions=conditions,
        sureties=sureties,
        sentences=for_charge,
        changes_order_id=changes_order_id,
        changes_reference=changes_reference,
        change=change,
        dates_as_written=dates_as_written,
        scan=scan,
    )
