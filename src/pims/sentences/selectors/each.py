"""The dates of each sentence of many people: as stored, worked out again, or by hand."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pims.foundation.bulk import any_of
from pims.people import selectors as people
from pims.sentences import law as laws
from pims.sentences.assembling import Assembled, assemble
from pims.sentences.engine import Calculation as Answer
from pims.sentences.engine import calculate
from pims.sentences.keeping import each_sentence
from pims.sentences.models import Adjustment, Calculation, HandCalculation

CALCULATED = "calculated"


@dataclass(frozen=True, slots=True)
class DatesOfOne:
    """What one sentence comes to, with those that it follows; None: there is no such date.

    `opens_on` is the day on which the gate opens. By hand the dates are of all the person's
    sentences together.
    """

    opens_on: date | None
    expiry: date | None
    full_term_end: date | None
    provisional: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """Money towards a default; `amount_cents` None: all of it. `at` the hour of the entry where
    that is on `on`."""

    sentence_id: int
    on: date | None
    recorded_at: datetime
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class RefusedDates:
    """No dates can be worked out, `since` the last of the papers came; `arguable_on` is the first
    day on which somebody could argue for release, None where no such day can be told."""

    since: datetime
    arguable_on: date | None


@dataclass(frozen=True, slots=True)
class EachSentence:
    """`dates` by sentence of the courts room; none where the case cannot be worked out, which is
    `refused` then."""

    dates: Mapping[int, DatesOfOne]
    payments: tuple[Paid, ...]
    at_large_days: int
    refused: RefusedDates | None = None


def dates_of_each(person_ids: Collection[int]) -> dict[int, EachSentence]:
    """Person as asked for -> their sentences' dates, for rooms above: no scope, constant queries.

    Where the facts have changed since the stored answer, it is worked out anew and not stored.
    """
    roots = people.ids_canonical(set(person_ids))
    facts = assemble(roots.values())
    rows = {
        row.person_id: row
        for row in Calculation.objects.filter(any_of("person_id", list(facts)), superseded_at=None)
    }
    hands = {
        row.person_id: row
        for row in HandCalculation.objects.filter(
            any_of("person_id", list(facts)), ended_at=None, second_at__isnull=False
        )
    }
    law = laws.law_in_force()
    signed = laws.signed_rules(law)
    payments, lost = _adjusted(facts)
    found = {}
    for root, one in facts.items():
        row, hand = rows.get(root), hands.get(root)
        refused = None
        if hand is not None and hand.facts_hash == one.facts_hash:
            dates = _by_hand(one, hand)
        elif row is not None and row.facts_hash == one.facts_hash:
            dates = _stored(one, row)
            if row.status != CALCULATED:
                refused = _refused(one, row.earliest_arguable)
        else:
            answer = calculate(one.case, law, signed=signed)
            dates = _anew(one, answer)
            if answer.status != CALCULATED:
                refused = _refused(one, answer.earliest_arguable)
        paid, away = tuple(payments.get(root, ())), lost.get(root, 0)
        found[root] = EachSentence(dates, paid, away, refused)
    return {asked: found[root] for asked, root in roots.items() if root in found}


def _refused(facts: Assembled, arguable_on: date | None) -> RefusedDates:
    return RefusedDates(max(one.received_at for one in facts.sentences), arguable_on)


def _by_hand(facts: Assembled, hand: HandCalculation) -> dict[int, DatesOfOne]:
    dates = DatesOfOne(hand.edr, hand.sentence_expiry, hand.full_term_end, False, True)
    return dict.fromkeys(facts.numbers, dates)


def _stored(facts: Assembled, row: Calculation) -> dict[int, DatesOfOne]:
    if row.status != CALCULATED:
        return {}
    each = {one.number: one.dates for one in each_sentence(row.result)}
    return {
        sentence_id: DatesOfOne(
            each[number].release_day or each[number].edr,
            each[number].sentence_expiry,
            each[number].full_term_end,
            row.provisional,
            False,
        )
        for sentence_id, number in facts.numbers.items()
        if number in each
    }


def _anew(facts: Assembled, found: Answer) -> dict[int, DatesOfOne]:
    if found.status != CALCULATED:
        return {}
    each = {one.number: one.dates for one in found.sentences}
    return {
        sentence_id: DatesOfOne(
            each[number].release_day or each[number].edr,
            each[number].sentence_expiry,
            each[number].full_term_end,
            bool(found.provisional),
            False,
        )
        for sentence_id, number in facts.numbers.items()
        if number in each
    }


def _adjusted(
    facts: Mapping[int, Assembled],
) -> tuple[dict[int, list[Paid]], dict[int, int]]:
    root_of = {record: root for root, one in facts.items() for record in one.records}
    payments: dict[int, list[Paid]] = defaultdict(list)
    lost: dict[int, int] = defaultdict(int)
    rows = Adjustment.objects.filter(
        any_of("person_id", list(root_of)),
        state=Adjustment.State.STANDS,
        kind__in=(Adjustment.Kind.FINE_PAID, Adjustment.Kind.AT_LARGE),
    )
    for row in rows.order_by("pk"):
        root = root_of[row.person_id]
        if row.kind == Adjustment.Kind.AT_LARGE:
            lost[root] += _days(row)
        elif row.sentence_id is not None:
            payments[root].append(
                Paid(row.sentence_id, row.first_day, row.recorded_at, row.amount_cents)
            )
    return payments, lost


def _days(row: Adjustment) -> int:
    """At large, as certified; those of an absence that goes on are counted by custody itself."""
    if row.days is not None:
        return row.days
    if row.first_day is None or row.last_day is None:
        return 0
    return max(0, (row.last_day - row.first_day).days + 1)
