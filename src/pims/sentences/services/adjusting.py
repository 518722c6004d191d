"""Days that count for or against a prisoner, and money paid, as the papers certify them."""

from dataclasses import dataclass
from datetime import date

from pims.courts.selectors.orders import sentences_of
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.sentences import events
from pims.sentences.models import Adjustment
from pims.sentences.services.common import MOST, REASON, locked_person
from pims.sentences.services.payments import undo_payment
from pims.sentences.services.recalculating import recalculated

ADJUST = "sentences.adjust"


@dataclass(frozen=True, slots=True)
class AdjustmentResult:
    adjustment_id: int


@service
def record_adjustment(
    tx: Transaction,
    *,
    person_id: int,
    kind: str,
    basis: str,
    days: int | None = None,
    amount_cents: int | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    for_pronounced_on: date | None = None,
    sentence_id: int | None = None,
) -> AdjustmentResult:
    """Record what a paper certifies (`basis` names it), and work the dates out anew.

    What contradicts itself is recorded as it was certified; the calculation says what is wrong.
    Raises InvalidInput (no such kind, no paper named, neither days nor a date, a payment for no
    sentence or for another person's, a figure that no row holds), NotFound, NotPermitted.
    """
    root = locked_person(tx, ADJUST, person_id)
    basis = clean_field("basis", basis, limit=REASON, missing="sentences.basis_missing")
    wrong: dict[str, Reason] = {}
    if kind not in Adjustment.Kind.values:
        wrong["kind"] = Reason("sentences.unknown_kind", {"kind": kind[:40]})
    for field, number in (("days", days), ("amount_cents", amount_cents)):
        if number is not None and not 0 <= number <= MOST:
            wrong[field] = Reason("sentences.number_out_of_reach", {"most": MOST})
    if kind == Adjustment.Kind.FINE_PAID:
        own = sentences_of([root])
        if not any(one.sentence_id == sentence_id for found in own.values() for one in found):
            wrong["sentence"] = Reason("sentences.sentence_not_chosen")
    else:
        sentence_id = amount_cents = None
        if days is None and first_day is None:
            wrong["days"] = Reason("sentences.days_or_dates")
    if wrong:
        raise InvalidInput(wrong)
    row = Adjustment.objects.create(
        person_id=person_id,
        kind=kind,
        days=None if kind == Adjustment.Kind.FINE_PAID else days,
        amount_cents=amount_cents,
        first_day=first_day,
        last_day=last_day,
        for_pronounced_on=for_pronounced_on,
        sentence_id=sentence_id,
        basis=basis,
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.AdjustmentRecorded(
            person_id=person_id,
            adjustment_id=row.pk,
            adjustment_kind=kind,
        ),
        details={"basis": basis},
    )
    recalculated(tx.beyond_scope(), [root])
    return AdjustmentResult(row.pk)


@service
def strike_out_adjustment(tx: Transaction, *, adjustment_id: int, reason: str) -> AdjustmentResult:
    """The entry was a mistake: it stays on record, struck out, and counts no more.

    Raises NotFound, NotPermitted, InvalidInput (no reason), Refused (struck out already).
    """
    owner = Adjustment.objects.filter(pk=adjustment_id).values_list("person_id", flat=True).first()
    if owner is None:
        raise NotFound("adjustment", adjustment_id)
    root = locked_person(tx, ADJUST, owner)
    row = Adjustment.objects.get(pk=adjustment_id)
    reason = clean_field("reason", reason, limit=REASON, missing="sentences.reason_missing")
    if row.state == Adjustment.State.STRUCK_OUT:
        refuse(Reason("sentences.struck_out_already")).require()
    row.state, row.struck_out_at = Adjustment.State.STRUCK_OUT, tx.now
    row.struck_out_by_id, row.struck_out_reason = tx.actor.user_id, reason
    row.save(update_fields=["state", "struck_out_at", "struck_out_by_id", "struck_out_reason"])
    undo_payment(tx, row, reason=reason)
    tx.record(
        events.AdjustmentStruckOut(person_id=owner, adjustment_id=row.pk),
        details={"reason": reason},
    )
    recalculated(tx.beyond_scope(), [root])
    return AdjustmentResult(row.pk)
