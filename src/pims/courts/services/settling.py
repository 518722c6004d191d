"""Two readings that differ: who says which of them is what the paper says, and what follows."""

from collections.abc import Mapping, Sequence
from datetime import date

from pims.authority import selectors as authority
from pims.courts import events
from pims.courts.law import law_in_force, month_rule
from pims.courts.models import CourtOrder, Hearing, OrderDeed, OrderQuery, SecondReading, Sentence
from pims.courts.rules import readings as rules
from pims.courts.rules.defects import to_ask_about
from pims.courts.rules.terms import review_day
from pims.courts.selectors.first_reading import spoken_on
from pims.courts.services import deeds
from pims.courts.services.common import among, body_of, locked_order, refuse_wrong, why
from pims.courts.services.deeds import What
from pims.courts.services.hearings import add_hearing, doubts_of_day, standing_hearing
from pims.courts.services.order_effects import worded
from pims.courts.services.order_facts import defects_again, order_reaches_to
from pims.courts.services.order_stands import settle_hearing, shorten_followers
from pims.courts.services.order_warrants import move_warrant, warrants_of
from pims.courts.services.readings import ReadingResult
from pims.courts.wording import query_text
from pims.foundation.access.selectors import users_with_permission
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound
from pims.kernel.reasons import Reason
from pims.people import selectors as people

SETTLE = "courts.settle"
DAYS = frozenset({"dated", "next_date", "until", "pronounced_on", "effective_from"})
FIRST, SECOND, NEITHER = "first", "second", "neither"


@service
def settle_difference(
    tx: Transaction, *, reading_id: int, takes: str, reason: str
) -> ReadingResult:
    """Say which of two readings is what the paper says: ``first``, ``second`` or ``neither``.

    With ``second`` the order, its sentences and its warrant read as the second officer keyed them.
    With ``neither`` nothing is settled: the order is to be set aside as entered by mistake and
    recorded anew, and until then the difference stays an alarm. Neither of the two officers
    settles it where somebody else can. Raises Refused (that; nothing to settle, settled already),
    InvalidInput, NotFound.
    """
    found = SecondReading.objects.filter(pk=reading_id).values_list("order_id", flat=True).first()
    if found is None:
        raise NotFound("second_reading", reading_id)
    order = locked_order(tx, found, SETTLE)
    row = SecondReading.objects.get(pk=reading_id)
    reason = why("reason", reason, 500)
    refuse_wrong(among("takes", takes, (FIRST, SECOND, NEITHER)))
    if not row.differences:
        refuse(Reason("courts.nothing_to_settle")).require()
    if row.settled_at is not None:
        refuse(Reason("courts.settled_already")).require()
    readers = {order.recorded_by_id, row.read_by_id}
    row.own_cause = tx.actor.user_id in readers
    if row.own_cause and users_with_permission(SETTLE, order.establishment_id).keys() - readers:
        refuse(Reason("courts.own_cause", decided_by=SETTLE)).require()
    row.takes, row.settled_by_id, row.settled_reason = takes, tx.actor.user_id, reason
    row.settled_at = None if takes == NEITHER else tx.now
    row.save()
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


def _take_second(
    tx: Transaction, order: CourtOrder, values: Mapping[str, object], reason: str
) -> None:
    """The order reads as the second officer keyed it; so does its warrant."""
    keyed, sentences = values["order"], values["sentences"]
    if not isinstance(keyed, dict) or not isinstance(sentences, list):
        raise TypeError("a reading holds the order's fields and a list of sentences")
    appeared, was_on, asked = _appears(order), order.next_date, to_ask_about(order.defects)
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
    _take_hearing(tx, order, was_on=was_on, reason=reason)
    _take_warrant(tx, order, appeared=appeared, reason=reason)
    lacks = [code for code in to_ask_about(order.defects) if code not in asked]
    if lacks:
        _ask(tx, order, lacks)


def _take_warrant(
    tx: Transaction, order: CourtOrder, *, appeared: date | None, reason: str
) -> None:
    """The warrant of the order reads as it does now.

    Where the second officer read no day that ends the paper, the one that was read first stays on
    it until the court has answered: a mistake lengthens nobody's custody. A day that the court has
    named since stays too.
    """
    brief = warrants_of(order.person_id).get(order.warrant_name_id or 0)
    if brief is None:
        return
    appears = brief.next_appearance
    if brief.next_appearance == appeared:
        read = _appears(order)
        ends_it = authority.waits_for_court(brief.kind)
        appears = appears if read is None and ends_it else read
    move_warrant(
        tx,
        order,
        brief,
        until=order.until or order_reaches_to(order) or brief.until,
        next_appearance=appears,
        amount_cents=order.amount_cents,
        reason=reason,
    )


def _ask(tx: Transaction, order: CourtOrder, lacks: Sequence[str]) -> None:
    """The court is asked about what nobody saw before the second reading."""
    OrderQuery.objects.create(
        order=order,
        text=query_text(
            body=body_of(order.body_id).name,
            reference=order.reference,
            defects=worded(lacks, tx.actor.language),
            language=tx.actor.language,
        ),
        drafted_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )


def _appears(order: CourtOrder) -> date | None:
    """The day that its warrant names: the one on the paper, or that of the first review."""
    kind = warrant_kinds().get(order_kinds()[order.kind].warrant)
    if order.next_date is not None or kind is None or "review" not in kind.needs:
        return order.next_date
    spoken = spoken_on(order)
    rule = month_rule(law_in_force(), passed_on=spoken)
    return review_day(spoken, order.review_months, rule)


def _take_hearing(tx: Transaction, order: CourtOrder, *, was_on: date | None, reason: str) -> None:
    """The hearing of the day that was keyed wrongly is on the day that the paper names, or on none
    where it names none."""
    if was_on == order.next_date:
        return
    wrong = None
    if was_on is not None:
        rows = Hearing.objects.filter(
            person_id__in=people.persons_of(order.person_id), body_id=order.body_id, on=was_on,
            case_id=order.case_id, outcome="", cancelled_at=None,
        )  # fmt: skip
        wrong = rows.order_by("pk").first()
    if order.next_date is None:
        if wrong is not None and OrderDeed.objects.filter(
            order=order, what=What.MADE_HEARING, target_id=wrong.pk
        ):
            deeds.note(tx, order, What.CANCELLED_HEARING, wrong.pk)
            settle_hearing(tx, wrong.pk, reason=reason)
        return
    there = standing_hearing(
        order.person_id, body_id=order.body_id, on=order.next_date, case_id=order.case_id
    )
    body = body_of(order.body_id)
    if wrong is None and there is None and was_on is None:
        made = add_hearing(
            tx,
            establishment_id=order.establishment_id,
            person_id=order.person_id,
            body=body,
            on=order.next_date,
            case=order.case,
            warrant_name_id=order.warrant_name_id,
        )
        deeds.note(tx, order, What.MADE_HEARING, made.pk)
    if wrong is None or was_on is None:
        return
    wrong.on = order.next_date
    wrong.defects = list(doubts_of_day(tx, body, wrong.on, wrong.establishment_id))
    wrong.version += 1
    wrong.save(update_fields=["on", "defects", "version"])
    tx.record(
        events.HearingMoved(
            person_id=wrong.person_id,
            establishment_id=wrong.establishment_id,
            hearing_id=wrong.pk,
            on=wrong.on.isoformat(),
            was_on=was_on.isoformat(),
            defects=tuple(wrong.defects),
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
        given["pronounced_on"] = given["pronounced_on"] or spoken_on(order)
        if given["amount_cents"] is None and len(keyed) == 1:
            given["amount_cents"] = order.amount_cents
        if number < len(rows):
            row = rows[number]
            for name, value in given.items():
                setattr(row, name, value)
            if row.link == Sentence.Link.CONCURRENT:
                row.consecutive_to_id = None
            row.version += 1
            row.save()
        else:
            last += 1
            Sentence.objects.create(
                order=order, person_id=order.person_id, kind=kind, position=last,
                recorded_by_id=tx.actor.user_id, **given,
            )  # fmt: skip
    struck = rows[len(keyed) :]
    for row in struck:
        row.state, row.ended_at = Sentence.State.REPLACED, tx.now
        row.version += 1
        row.save(update_fields=["state", "ended_at", "version"])
    shorten_followers(tx, order, [row.pk for row in struck], reason=order.reference or "-")


def _typed(name: str, value: object) -> object:
    return date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
