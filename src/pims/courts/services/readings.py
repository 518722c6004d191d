"""The second reading: another officer keys dates and terms blind, and what differs is settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.courts import events
from pims.courts.models import CourtOrder, Hearing, SecondReading, Sentence
from pims.courts.rules import readings as rules
from pims.courts.rules.terms import review_day
from pims.courts.services.common import (
    MOST,
    among,
    amounts,
    body_of,
    day_of,
    locked_order,
    refuse_wrong,
    why,
)
from pims.courts.services.hearings import add_hearing, standing_hearing
from pims.courts.services.order_facts import defects_again, order_reaches_to
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason
from pims.people import selectors as people

DAYS = frozenset({"dated", "next_date", "until", "pronounced_on", "effective_from"})
FIRST, SECOND, NEITHER = "first", "second", "neither"


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
    nothing by itself: it is an alarm until it is settled. Raises Refused (the officer who recorded
    the order; read already; fallen), InvalidInput, NotFound, NotPermitted.
    """
    order = locked_order(tx, order_id, "courts.read_again")
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
        result = _keep(tx, one, open_, reading)
        if one.pk == order.pk:
            mine = result
    if mine is None:
        refuse(Reason("courts.read_already")).require()
        raise NotFound("second_reading", order_id)
    return mine


@service
def settle_difference(
    tx: Transaction, *, reading_id: int, takes: str, reason: str
) -> ReadingResult:
    """Say which of two readings is what the paper says: ``first``, ``second`` or ``neither``.

    With ``second`` the order, its sentences and its warrant read as the second officer keyed them.
    With ``neither`` the order is to be set aside as entered by mistake and recorded anew; it stands
    until then. Raises Refused (nothing to settle, settled already), InvalidInput, NotFound.
    """
    found = SecondReading.objects.filter(pk=reading_id).values_list("order_id", flat=True).first()
    if found is None:
        raise NotFound("second_reading", reading_id)
    order = locked_order(tx, found, "courts.settle")
    row = SecondReading.objects.get(pk=reading_id)
    reason = why("reason", reason, 500)
    refuse_wrong(among("takes", takes, (FIRST, SECOND, NEITHER)))
    if not row.differences:
        refuse(Reason("courts.nothing_to_settle")).require()
    if row.settled_at is not None:
        refuse(Reason("courts.settled_already")).require()
    row.settled_at, row.settled_by_id, row.settled_reason = tx.now, tx.actor.user_id, reason
    row.save(update_fields=["settled_at", "settled_by_id", "settled_reason"])
    if takes == SECOND and order.state == CourtOrder.State.STANDS:
        _take_second(tx, order, row.values, reason)
    tx.record(
        events.DifferenceSettled(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
            reading_id=row.pk,
            takes=takes,
        ),
        details={"reason": reason, "differences": list(row.differences), "second": row.values},
    )
    return ReadingResult(row.pk, tuple(row.differences))


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
        ),
        details={"values": row.values},
    )
    return ReadingResult(row.pk, tuple(row.differences))


def first_reading(order: CourtOrder) -> rules.Reading:
    """An order as it was keyed first, in the shape in which readings are compared."""
    standing = order.sentences.filter(state=Sentence.State.STANDS).order_by("position")
    default = {
        "pronounced_on": _spoken_on(order),
        "effective_from": None,
        "amount_cents": order.amount_cents,
    }
    return rules.Reading(
        {name: _plain(getattr(order, name)) for name in rules.ORDER_FIELDS},
        [
            {name: _plain(_own(one, name, default)) for name in rules.SENTENCE_FIELDS}
            for one in standing
        ],
    )


def _spoken_on(order: CourtOrder) -> date:
    """The day on which a sentence was pronounced of which the paper does not say it apart."""
    return order.dated or day_of(order.received_at, order.establishment_id)


def _own(one: Sentence, name: str, default: Mapping[str, object]) -> object:
    """A field of a sentence; nothing where it says only what the order says already."""
    value = getattr(one, name)
    return None if name in default and value == default[name] else value


def _as_keyed(reading: OrderReading) -> rules.Reading:
    default = {
        "pronounced_on": reading.dated,
        "effective_from": None,
        "amount_cents": reading.amount_cents,
    }

    def of(one: SentenceReading) -> dict[str, rules.Value]:
        values = {name: getattr(one, name) for name in rules.SENTENCE_FIELDS}
        return {
            name: None if name in default and value == default[name] else _plain(value)
            for name, value in values.items()
        }

    return rules.Reading(
        {name: _plain(getattr(reading, name)) for name in rules.ORDER_FIELDS},
        [of(one) for one in reading.sentences],
    )


def _plain(value: object) -> rules.Value:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | str) else None


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


def _take_second(
    tx: Transaction, order: CourtOrder, values: Mapping[str, object], reason: str
) -> None:
    """The order reads as the second officer keyed it; so does its warrant."""
    keyed, sentences = values["order"], values["sentences"]
    if not isinstance(keyed, dict) or not isinstance(sentences, list):
        raise TypeError("a reading holds the order's fields and a list of sentences")
    before = _appears(order), order.next_date
    for name in rules.ORDER_FIELDS:
        setattr(order, name, _typed(name, keyed.get(name)))
    # A box of which the paper said what no calendar has, and the second officer read a day.
    order.dates_as_written = {
        name: words
        for name, words in order.dates_as_written.items()
        if getattr(order, name, None) is None
    }
    order.version += 1
    order.save()
    _take_sentences(tx, order, sentences)
    order.defects = list(defects_again(order))
    order.save(update_fields=["defects"])
    _take_hearing(tx, order, was_on=before[1], reason=reason)
    root = people.canonical_id(order.person_id)
    briefs = authority.warrants_of([root], zone="UTC").get(root, [])
    brief = next((b for b in briefs if b.warrant_name_id == order.warrant_name_id), None)
    if brief is None:
        return
    # A day that the court has named since stays.
    own_day = brief.next_appearance == before[0]
    authority_services.amend_warrant_name(
        tx.beyond_scope(),
        warrant_name_id=brief.warrant_name_id,
        version=brief.version,
        reason=reason,
        name_as_written=brief.name_as_written,
        charges=brief.charges,
        starts_at=brief.starts_at,
        until=order.until or order_reaches_to(order),
        next_appearance=_appears(order) if own_day else brief.next_appearance,
        amount_cents=order.amount_cents,
    )


def _appears(order: CourtOrder) -> date | None:
    """The day that its warrant names: the one on the paper, or that of the first review."""
    kind = warrant_kinds().get(order_kinds()[order.kind].warrant)
    if order.next_date is not None or kind is None or "review" not in kind.needs:
        return order.next_date
    return review_day(_spoken_on(order), order.review_months)


def _take_hearing(tx: Transaction, order: CourtOrder, *, was_on: date | None, reason: str) -> None:
    """The hearing of the day that was keyed wrongly is on the day that the paper names."""
    if order.next_date is None or was_on == order.next_date:
        return
    there = standing_hearing(
        order.person_id, body_id=order.body_id, on=order.next_date, case_id=order.case_id
    )
    if was_on is None:
        if there is None:
            add_hearing(
                tx,
                establishment_id=order.establishment_id,
                person_id=order.person_id,
                body=body_of(order.body_id),
                on=order.next_date,
                case=order.case,
                warrant_name_id=order.warrant_name_id,
            )
        return
    rows = Hearing.objects.filter(
        person_id__in=people.persons_of(order.person_id), body_id=order.body_id, on=was_on,
        case_id=order.case_id, outcome="", cancelled_at=None,
    )  # fmt: skip
    for hearing in rows.order_by("pk")[:1]:
        hearing.on = order.next_date
        hearing.version += 1
        hearing.save(update_fields=["on", "version"])
        tx.record(
            events.HearingMoved(
                person_id=hearing.person_id,
                establishment_id=hearing.establishment_id,
                hearing_id=hearing.pk,
                on=hearing.on.isoformat(),
                was_on=was_on.isoformat(),
                defects=tuple(hearing.defects),
            ),
            details={"reason": reason},
        )


def _take_sentences(
    tx: Transaction, order: CourtOrder, keyed: Sequence[Mapping[str, object]]
) -> None:
    """Those that both readings have are corrected; what only one has begins or ceases to stand."""
    rows = list(order.sentences.filter(state=Sentence.State.STANDS).order_by("position"))
    last = max((row.position for row in order.sentences.all()), default=0)
    kind = rows[0].kind if rows else Sentence.Kind.IMPRISONMENT
    for number, values in enumerate(keyed):
        given = {name: _typed(name, values.get(name)) for name in rules.SENTENCE_FIELDS}
        for unit in ("years", "months", "weeks", "days"):
            given[unit] = given[unit] or 0
        given["link"] = given["link"] or Sentence.Link.CONCURRENT
        given["pronounced_on"] = given["pronounced_on"] or _spoken_on(order)
        if given["amount_cents"] is None:
            given["amount_cents"] = order.amount_cents
        if number < len(rows):
            row = rows[number]
            for name, value in given.items():
                setattr(row, name, value)
            row.version += 1
            row.save()
        else:
            last += 1
            Sentence.objects.create(
                order=order, person_id=order.person_id, kind=kind, position=last,
                recorded_by_id=tx.actor.user_id, **given,
            )  # fmt: skip
    for row in rows[len(keyed) :]:
        row.state, row.ended_at = Sentence.State.REPLACED, tx.now
        row.version += 1
        row.save(update_fields=["state", "ended_at", "version"])


def _typed(name: str, value: object) -> object:
    return date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
