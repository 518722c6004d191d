"""The second reading: another officer keys dates and terms from the paper, blind."""

from dataclasses import dataclass
from datetime import date

from pims.courts import events
from pims.courts.models import CourtOrder, SecondReading, Sentence
from pims.courts.rules import readings as rules
from pims.courts.selectors.first_reading import first_reading, plain
from pims.courts.services.common import MOST, among, amounts, locked_order, refuse_wrong
from pims.foundation.access.selectors import users_with_permission
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason

READ_AGAIN = "courts.read_again"


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """One term as the second officer keyed it, without having seen the first reading."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    minimum_years: int | None = None
    minimum_months: int | None = None
    minimum_weeks: int | None = None
    minimum_days: int | None = None
    pronounced_on: date | None = None
    effective_from: date | None = None
    link: str = "concurrent"
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class OrderReading:
    """The dates and figures of an order as the second officer keyed them."""

    dated: date | None = None
    next_date: date | None = None
    until: date | None = None
    amount_cents: int | None = None
    review_months: int | None = None
    sentences: tuple[SentenceReading, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingResult:
    reading_id: int
    differences: tuple[str, ...]


@service
def read_order_again(tx: Transaction, *, order_id: int, reading: OrderReading) -> ReadingResult:
    """Keep the second reading of an order and where it differs from the first.

    Of a paper that names several people the reading is of the order of each. A difference changes
    nothing by itself: it is an alarm until it is settled. Whoever had themselves shown what was
    keyed reads it only where nobody else can, and the reading says that it was not blind. Raises
    Refused (that; the officer who recorded the order; read already; fallen), InvalidInput,
    NotFound, NotPermitted.
    """
    order = locked_order(tx, order_id, READ_AGAIN)
    if order.recorded_by_id == tx.actor.user_id:
        refuse(Reason("courts.own_reading")).require()
    if order.state != CourtOrder.State.STANDS:
        refuse(Reason("courts.order_fell_already")).require()
    refuse_wrong(_wrong(reading))
    beside = CourtOrder.objects.filter(paper=order.paper, state=CourtOrder.State.STANDS)
    tx.lock_persons(beside.values_list("person_id", flat=True))
    mine: ReadingResult | None = None
    for one in beside.order_by("pk"):
        open_ = SecondReading.objects.filter(order=one, read_at=None).first()
        if open_ is None:
            continue
        _require_blind(tx, one, open_)
        result = _keep(tx, one, open_, reading)
        if one.pk == order.pk:
            mine = result
    if mine is None:
        refuse(Reason("courts.read_already")).require()
        raise NotFound("second_reading", order_id)
    return mine


@service
def show_what_was_keyed(tx: Transaction, *, order_id: int) -> None:
    """An officer who could read the order again asks to see the first reading: remembered.

    From then on a reading of theirs is not blind. A repeat changes nothing. Raises NotFound,
    NotPermitted.
    """
    order = locked_order(tx, order_id, READ_AGAIN)
    rows = SecondReading.objects.filter(order__paper=order.paper, read_at=None)
    for row in rows.select_related("order").order_by("pk"):
        if tx.actor.user_id in (*row.seen_by_ids, row.order.recorded_by_id):
            continue
        row.seen_by_ids = [*row.seen_by_ids, tx.actor.user_id]
        row.save(update_fields=["seen_by_ids"])
        tx.record(
            events.FirstReadingShown(
                person_id=row.person_id,
                establishment_id=row.order.establishment_id,
                order_id=row.order_id,
                reading_id=row.pk,
            )
        )


def _require_blind(tx: Transaction, order: CourtOrder, row: SecondReading) -> None:
    """Whoever has seen the first reading leaves the second to somebody who has not."""
    row.blind = tx.actor.user_id not in row.seen_by_ids
    if row.blind:
        return
    able = users_with_permission(READ_AGAIN, order.establishment_id).keys()
    if able - {order.recorded_by_id, *row.seen_by_ids}:
        refuse(Reason("courts.seen_already", decided_by=READ_AGAIN)).require()


def _keep(
    tx: Transaction, order: CourtOrder, row: SecondReading, reading: OrderReading
) -> ReadingResult:
    second = _as_keyed(reading)
    row.read_at, row.read_by_id = tx.now, tx.actor.user_id
    row.values = {"order": dict(second.order), "sentences": [dict(s) for s in second.sentences]}
    row.differences = list(rules.differences(first_reading(order), second))
    row.save()
    tx.record(
        events.OrderReadAgain(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
            reading_id=row.pk,
            differences=tuple(row.differences),
            late=tx.now > row.due_at,
            blind=row.blind,
        ),
        details={"values": row.values},
    )
    return ReadingResult(row.pk, tuple(row.differences))


def _as_keyed(reading: OrderReading) -> rules.Reading:
    default = {
        "pronounced_on": reading.dated,
        "effective_from": None,
        "amount_cents": reading.amount_cents,
    }

    def of(one: SentenceReading) -> dict[str, rules.Value]:
        values = {name: getattr(one, name) for name in rules.SENTENCE_FIELDS}
        return {
            name: None if name in default and value == default[name] else plain(value)
            for name, value in values.items()
        }

    return rules.Reading(
        {name: plain(getattr(reading, name)) for name in rules.ORDER_FIELDS},
        [of(one) for one in reading.sentences],
    )


def _wrong(reading: OrderReading) -> dict[str, Reason]:
    wrong = amounts(review_months=reading.review_months)
    for number, one in enumerate(reading.sentences, 1):
        found = amounts(
            years=one.years, months=one.months, weeks=one.weeks, days=one.days,
            minimum_years=one.minimum_years, minimum_months=one.minimum_months,
            minimum_weeks=one.minimum_weeks, minimum_days=one.minimum_days,
        )  # fmt: skip
        found |= among("link", one.link, Sentence.Link.values)
        wrong |= {f"sentences.{number}.{field}": reason for field, reason in found.items()}
    for cents in (reading.amount_cents, *(one.amount_cents for one in reading.sentences)):
        if cents is not None and not -(2**63) <= cents < 2**63:
            wrong["amount_cents"] = Reason("courts.number_out_of_reach", {"most": MOST})
    return wrong
