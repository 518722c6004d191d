"""Money taken at the prison for a fine: at any hour, with a receipt, and free at once if enough."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max

from pims.authority import services as authority
from pims.authority.selectors import release_orders
from pims.courts.selectors.orders import sentences_of
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field
from pims.sentences import events
from pims.sentences.models import Adjustment, Payment
from pims.sentences.selectors.fines import FineDue, fines
from pims.sentences.services.common import LINE, MOST, locked_person
from pims.sentences.services.recalculating import recalculated

TAKE = "sentences.take_payment"
# A release order that has neither fallen nor let anybody go.
OPEN = frozenset({"received", "verified"})


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """`release_order_id` is the order that the payment made, None where something is still owed on
    the paper. `left_cents` is still outstanding of this default."""

    payment_id: int
    number: int
    left_cents: int
    release_order_id: int | None


@service
def take_payment(
    tx: Transaction,
    *,
    establishment_id: int,
    person_id: int,
    sentence_id: int,
    amount_cents: int,
    received_at: datetime,
    paid_by: str,
    how: str,
    paper: str = "",
) -> PaymentResult:
    """Record money received towards a default and give it a number; dates are worked out anew.

    Once all that a paper asks for is paid, an order to release from it is recorded in the same
    transaction: its clock runs from the hour of the payment, and no court need be asked.

    Raises InvalidInput by field (no such default of this person, no money or more than is owed,
    received in the future, nobody named, no such way of paying), NotFound, NotPermitted.
    """
    root = locked_person(tx, TAKE, person_id)
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    wrong: dict[str, Reason] = {}
    if minutes.is_to_come(received_at, tx.now):
        wrong["received_at"] = Reason("sentences.paid_in_the_future")
        received_at = tx.now
    before = {one.sentence_id: one for one in _due(tx, root, received_at, zone)}
    due = before.get(sentence_id)
    if due is None:
        wrong["sentence"] = Reason("sentences.sentence_not_chosen")
    elif not 0 < amount_cents <= MOST:
        wrong["amount"] = Reason("sentences.no_money")
    elif amount_cents > due.outstanding_cents:
        given_back = {"owed": _dollars(due.outstanding_cents)}
        wrong["amount"] = Reason("sentences.more_than_owed", given_back)
    if how not in Payment.How.values:
        wrong["how"] = Reason("sentences.unknown_way_of_paying")
    texts = {"paid_by": paid_by, "paper": paper}
    for field, text in texts.items():
        try:
            texts[field] = clean_field(
                field, text, limit=LINE,
                missing="sentences.payer_missing" if field == "paid_by" else "",
            )  # fmt: skip
        except InvalidInput as problem:
            wrong |= problem.fields
    if wrong:
        raise InvalidInput(wrong)
    assert due is not None
    number = _next_number(establishment_id)
    adjustment = Adjustment.objects.create(
        person_id=root,
        kind=Adjustment.Kind.FINE_PAID,
        amount_cents=amount_cents,
        first_day=received_at.astimezone(zone).date(),
        sentence_id=sentence_id,
        basis=f"No. {number}",
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    row = Payment.objects.create(
        person_id=root,
        establishment_id=establishment_id,
        sentence_id=sentence_id,
        adjustment=adjustment,
        number=number,
        amount_cents=amount_cents,
        how=how,
        received_at=received_at,
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
        **texts,
    )
    row.release_order_id = _free(tx, row, root, due, zone)
    if row.release_order_id is not None:
        row.save(update_fields=["release_order_id"])
    tx.record(
        events.PaymentTaken(
            person_id=root,
            establishment_id=establishment_id,
            payment_id=row.pk,
            sentence_id=sentence_id,
            release_order_id=row.release_order_id,
        ),
        details={"number": number, "amount_cents": amount_cents, "paid_by": row.paid_by},
    )
    recalculated(tx.beyond_scope(), [root])
    left = due.outstanding_cents - amount_cents
    return PaymentResult(row.pk, number, left, row.release_order_id)


def undo_payment(tx: Transaction, adjustment: Adjustment, *, reason: str) -> None:
    """The entry of a payment was a mistake: the order that it made, if any, falls with it, unless
    it has let the person go already, which is a release in error and is recorded as one."""
    row = Payment.objects.filter(adjustment=adjustment).exclude(release_order_id=None).first()
    if row is None:
        return
    made = release_orders([row.person_id]).get(row.person_id, [])
    if any(o.release_order_id == row.release_order_id and o.state in OPEN for o in made):
        assert row.release_order_id is not None
        authority.strike_out_release_order(
            tx.beyond_scope(), release_order_id=row.release_order_id, reason=reason
        )


def _due(tx: Transaction, root: int, at: datetime, zone: ZoneInfo) -> tuple[FineDue, ...]:
    return fines(tx.beyond_scope().actor, root, at, zone).due


def _free(tx: Transaction, row: Payment, root: int, paid: FineDue, zone: ZoneInfo) -> int | None:
    """The order to release from the paper of this default, once nothing on it is owed or served."""
    if paid.warrant_name_id is None:
        return None
    standing = [
        one
        for one in sentences_of([root])[root]
        if one.stands and one.order_id == paid.order.order_id
    ]
    owed = {
        sentence_id: one.outstanding_cents
        for one in _due(tx, root, row.received_at, zone)
        for sentence_id in (one.sentence_id, *one.together_with)
    }
    if any(owed.get(one.sentence_id, 1) for one in standing):
        return None
    made = authority.record_release_order(
        tx.beyond_scope(),
        establishment_id=row.establishment_id,
        person_id=paid.order.person_id,
        kind="fine_paid",
        body_id=paid.order.body_id,
        received_at=row.received_at,
        warrant_name_ids=[paid.warrant_name_id],
        reference=f"No. {row.number}",
        dated=row.received_at.astimezone(zone).date(),
    )
    return made.release_order_id


def _next_number(establishment_id: int) -> int:
    """The next receipt of an establishment; whoever takes money there meanwhile waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('sentences.receipts'), %s)", [establishment_id]
        )
    rows = Payment.objects.filter(establishment_id=establishment_id)
    last: int | None = rows.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _dollars(cents: int) -> str:
    return f"{cents / 100:,.2f}"
