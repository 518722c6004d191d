"""What the police send about somebody who is here: a warrant, which holds, or that they wish to
know when the person leaves, which does not."""

from pims.authority import selectors as authority
from pims.authority import services
from pims.authority.services import WarrantNameInput
from pims.exchange.inbound.applying.common import (
    Choices,
    Done,
    body_named,
    earlier_of,
    made_by,
    person_of,
    place_of,
    zone_of,
)
from pims.exchange.inbound.kinds import further_warrant, police_interest
from pims.exchange.inbound.rows import Said
from pims.exchange.models import Inbound
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason


def apply_further_warrant(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    """Recorded as any paper is: what is wrong with it is a defect. It holds from when it came."""
    content = heard.content
    assert isinstance(content, further_warrant.Content)
    person_id = person_of(row)
    if content.warrant not in warrant_kinds():
        raise InvalidInput({"kind": Reason("authority.unknown_kind", {"kind": content.warrant})})
    made: list[int] = []
    defects: tuple[str, ...] = ()
    if choices.keyed_warrant_name_id is None:
        result = services.record_warrant(
            tx,
            establishment_id=place_of(row),
            kind=content.warrant,
            body_id=body_named(content.issued_by).body_id,
            received_at=row.received_at,
            reference=content.reference,
            dated=content.dated,
            as_written=content.as_written,
            names=[
                WarrantNameInput(
                    person_id=person_id,
                    name_as_written=content.subject.full_name,
                    starts_at=content.holds_from or row.received_at,
                    until=content.until,
                    next_appearance=content.next_appearance,
                    charges=content.charges,
                    amount_cents=content.amount_cents,
                )
            ],
        )
        made, defects = list(result.warrant_name_ids), result.defects
    else:
        papers = authority.warrants_of([person_id], zone=zone_of(row)).get(person_id, [])
        if choices.keyed_warrant_name_id not in {one.warrant_name_id for one in papers}:
            wrong = Reason("courts.warrant_of_another")
            raise InvalidInput({"keyed_warrant_name_id": wrong})
        made = [choices.keyed_warrant_name_id]
    for earlier_id in made_by(earlier_of(row), "warrant_names"):
        if earlier_id not in made:
            services.end_warrant(
                tx, warrant_name_id=earlier_id, end_kind="replaced", ended_at=tx.now,
                basis=row.message_id[:120],
            )  # fmt: skip
    return Done(
        made={"warrant_names": made},
        told={"recorded": True, "defects": list(defects)},
        codes=tuple(f"defect:{one}" for one in defects),
    )


def apply_police_interest(tx: Transaction, row: Inbound, heard: Said, choices: Choices) -> Done:
    """Noted, or taken back. It moves nobody's hour."""
    content = heard.content
    assert isinstance(content, police_interest.Content)
    person_id = person_of(row)
    earlier = made_by(earlier_of(row), "police_interests")
    for interest_id in earlier:
        services.withdraw_police_interest(tx, police_interest_id=interest_id)
    if content.withdrawn:
        if not earlier:
            refuse(Reason("exchange.no_interest_to_withdraw")).require()
        return Done(told={"recorded": True}, codes=("withdrawn",))
    note = "\n".join(part for part in (content.station, content.note) if part)
    made = services.record_police_interest(
        tx,
        person_id=person_id,
        agency=row.agency.name,
        reference=content.reference,
        note=note,
        telephone=content.telephone or row.agency.phone,
    )
    return Done(
        made={"police_interests": [made.police_interest_id]},
        told={"recorded": True, "moves_the_hour": False},
    )
