"""One order that names many: everyone received, and the one paper recorded for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody.models import Episode
from pims.custody.services.common import moment
from pims.custody.services.receiving import BodyReceiptInput, ReceiptRecorded
from pims.custody.services.reception import record_body_receipts
from pims.custody.services.steps import mark
from pims.foundation.commands.transaction import Transaction, service


@dataclass(frozen=True, slots=True)
class ReceivedUnderOrder:
    van_id: int
    warrant_id: int
    defects: tuple[str, ...]
    receipts: tuple[ReceiptRecorded, ...] = ()


@service
def receive_under_one_order(
    tx: Transaction,
    *,
    establishment_id: int,
    receipts: Sequence[BodyReceiptInput],
    warrant_kind: str,
    body_id: int,
    reference: str = "",
    dated: date | None = None,
    until: date | None = None,
    next_appearance: date | None = None,
    charges: str = "",
    as_written: str = "",
    defects: Sequence[str] = (),
    scan: bytes | None = None,
    from_where: str = "",
    vehicle: str = "",
    handed_over_by: str = "",
    received_at: datetime | None = None,
    reception_kind: str = "emergency_order",
) -> ReceivedUnderOrder:
    """Receive all whom one order names and record that order for each of them.

    Raises what `record_body_receipts` and `authority.record_warrant` raise; nothing is kept then.
    """
    when = moment(tx, received_at, "received_at")
    received = record_body_receipts(
        tx,
        establishment_id=establishment_id,
        receipts=receipts,
        from_where=from_where,
        vehicle=vehicle,
        handed_over_by=handed_over_by,
        received_at=received_at,
        reception_kind=reception_kind,
    )
    paper = authority.record_warrant(
        tx.beyond_scope(),  # the paper came with them: whoever stands at the gate records both
        establishment_id=establishment_id,
        kind=warrant_kind,
        body_id=body_id,
        reference=reference,
        dated=dated,
        as_written=as_written,
        defects=defects,
        scan=scan,
        received_at=when.at,
        names=[
            WarrantNameInput(
                person_id=receipt.person_id,
                name_as_written=line.name_as_given or f"{line.given} {line.family}".strip(),
                starts_at=when.at,
                until=until,
                next_appearance=next_appearance,
                charges=charges,
            )
            for line, receipt in zip(receipts, received.receipts, strict=True)
        ],
    )
    for receipt in received.receipts:
        mark(tx, Episode.objects.get(pk=receipt.episode_id), "warrant", at=when.at)
    return ReceivedUnderOrder(
        received.van_id, paper.warrant_id, tuple(paper.defects), received.receipts
    )
