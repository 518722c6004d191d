"""An order as it was given, read by the rules: its defects and the rows of its sentences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.authority.selectors import BodyInfo
from pims.courts.law import law_in_force, month_rule
from pims.courts.models import Charge, CourtOrder, Sentence
from pims.courts.rules import defects as rules
from pims.courts.rules.last_days import ENDLESS, LastDays
from pims.courts.rules.terms import Written, as_term, reaches_to
from pims.courts.selectors.orders import sentences_of
from pims.courts.services.common import body_of, closed, day_of
from pims.courts.services.grants import is_granted
from pims.courts.services.order_inputs import SENTENCE_KINDS, UNITS, SentenceInput
from pims.jurisdictions.courts import doubt_of_order
from pims.jurisdictions.offences import offences
from pims.jurisdictions.order_kinds import OrderKind, order_kinds
from pims.kernel.terms import Term
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class Order:
    """An order as written, before any row of it. `changes_reference` is cleaned."""

    kind: OrderKind
    body: BodyInfo
    establishment_id: int
    received_at: datetime
    reference: str
    dated: date | None
    next_date: date | None
    until: date | None
    amount_cents: int | None
    review_months: int | None
    sureties: str
    conditions: str
    dates_as_written: Mapping[str, str]
    marked: frozenset[str]

    @property
    def received_on(self) -> date:
        return day_of(self.received_at, self.establishment_id)


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence as it will be kept; `follows` is the position of another of this order."""

    values: Mapping[str, object]
    facts: rules.SentenceFacts
    follows: int | None


@dataclass(frozen=True, slots=True)
class Changed:
    """The earlier order: None where it is not known, or is this very order (`itself`)."""

    order: CourtOrder | None
    itself: bool = False
    applies: bool = False


def defects_of(
    order: Order,
    *,
    person_id: int,
    born: tuple[date, date] | None,
    changed: Changed | None,
    sentences: Sequence[SentenceRow],
    charges_of_another: bool,
) -> tuple[str, ...]:
    """The codes of what is wrong with the order about this person, worst first.

    `born` are the first and the last day on which the person can have been born.
    """
    doubt = doubt_of_order(order.body.kind, order.kind.code)
    facts = rules.OrderFacts(
        kind=order.kind,
        body_kind=order.body.kind,
        received_on=order.received_on,
        dated=order.dated,
        next_date=order.next_date,
        until=order.until,
        amount_cents=order.amount_cents,
        review_months=order.review_months,
        sureties=order.sureties,
        conditions=order.conditions,
        impossible_dates=bool(order.dates_as_written),
        order_doubt="" if doubt is None else doubt.code,
        dated_closed=closed(order.body, order.dated),
        next_date_closed=closed(order.body, order.next_date),
        born=born,
    )
    earlier = None if changed is None else _changed_facts(changed, person_id)
    found = rules.read_off(rules.Paper(facts, earlier, [one.facts for one in sentences]))
    if charges_of_another:
        found.add("charge_of_another_person")
    return rules.in_order(found | order.marked)


def _changed_facts(changed: Changed, person_id: int) -> rules.ChangedFacts:
    if changed.order is None or changed.itself:
        return rules.ChangedFacts(itself=changed.itself, known=False)
    earlier = changed.order
    return rules.ChangedFacts(
        same_person=earlier.person_id in people.persons_of(person_id),
        body_kind=earlier.body.kind,
        dated=earlier.dated,
        stands=earlier.state == CourtOrder.State.STANDS,
    )


def sentence_rows(
    order: Order,
    sentences: Sequence[SentenceInput],
    *,
    person_id: int,
    charges: Mapping[int, Charge],
) -> list[SentenceRow]:
    """The sentences of one person, in their order, with what the order and the charge say too."""
    alone = sum(_kind(order, one) in rules.DEFAULTS for one in sentences) == 1
    return [
        _row(
            order,
            one,
            position,
            len(sentences),
            person_id,
            charges.get(one.charge_id or 0),
            # Of several defaults nobody can say which part of the paper's amount is whose.
            order.amount_cents if alone else None,
        )
        for position, one in enumerate(sentences, 1)
    ]


def _kind(order: Order, one: SentenceInput) -> str:
    return one.kind or SENTENCE_KINDS.get(order.kind.code, "imprisonment")


def _row(
    order: Order,
    one: SentenceInput,
    position: int,
    count: int,
    person_id: int,
    charge: Charge | None,
    papers_amount: int | None,
) -> SentenceRow:
    pronounced = one.pronounced_on or order.dated or order.received_on
    offence_on, offence_class = one.offence_on, one.offence_class
    if charge is not None:
        offence_on = offence_on or charge.offence_to or charge.offence_from
        table = offences().get(charge.offence_code)
        offence_class = offence_class or ("" if table is None else table.grade)
    followed, follows, target = _followed(one, position, count, person_id)
    kind = _kind(order, one)
    amount = one.amount_cents
    if amount is None and kind in rules.DEFAULTS:
        amount = papers_amount
    facts = rules.SentenceFacts(
        kind=kind,
        term=one.term,
        minimum=one.minimum,
        pronounced_on=pronounced,
        effective_from=one.effective_from,
        offence_on=offence_on,
        link_problem="" if followed is None else rules.link_problem(followed),
        amount_cents=amount,
    )
    values = {
        "kind": kind,
        **{unit: getattr(one, unit) for unit in UNITS},
        **{f"minimum_{unit}": getattr(one, f"minimum_{unit}") for unit in UNITS},
        "pronounced_on": pronounced,
        "effective_from": one.effective_from,
        "link": one.link,
        "consecutive_to_id": target,
        "charge": charge,
        "offence_on": offence_on,
        "offence_class": offence_class,
        "amount_cents": amount,
        "position": position,
    }
    return SentenceRow(values, facts, follows)


def _followed(
    one: SentenceInput, position: int, count: int, person_id: int
) -> tuple[rules.Followed | None, int | None, int | None]:
    """What it follows, as the rules see it; its position on this paper, or the id it had before."""
    if one.link != Sentence.Link.CONSECUTIVE:
        return None, None, None
    place = one.consecutive_to_position
    if place is not None:
        known = 1 <= place <= count
        facts = rules.Followed(
            named=True, itself=place == position, found=known, same_person=True, stands=True
        )
        return facts, place if known else None, None
    if one.consecutive_to_id is None:
        return rules.Followed(), None, None
    earlier = Sentence.objects.filter(pk=one.consecutive_to_id).first()
    if earlier is None:
        return rules.Followed(named=True), None, None
    facts = rules.Followed(
        named=True,
        found=True,
        same_person=earlier.person_id in people.persons_of(person_id),
        stands=earlier.state == Sentence.State.STANDS,
    )
    return facts, None, earlier.pk


def paper_reaches_to(rows: Sequence[SentenceRow], person_id: int) -> date | None:
    """The last day of the terms as written, until the calculation says when they end.

    One that follows a sentence of an earlier paper begins on the day after that one's last.
    """
    if not rows or any(row.facts.kind in ENDLESS for row in rows):
        return None
    law = law_in_force()
    written = []
    for position, row in enumerate(rows, 1):
        first = row.facts.effective_from or row.facts.pronounced_on
        target = row.values["consecutive_to_id"]
        if isinstance(target, int) and not row.facts.link_problem:
            before = last_days_of(person_id).of(target)
            if before is None:
                return None
            first = before + timedelta(days=1)
        follows = row.follows if row.follows != position else None
        rule = month_rule(law, passed_on=row.facts.pronounced_on, offence_on=row.facts.offence_on)
        written.append(Written(position, row.facts.term, first, rule, follows))
    return reaches_to(written)


def order_reaches_to(order: CourtOrder) -> date | None:
    """The last day of an order's standing sentences, by the terms as they are recorded."""
    return last_days_of(order.person_id).of_order(order.pk)


def last_days_of(person_id: int) -> LastDays:
    """Of everything that the person was sentenced to, as the law in force counts."""
    root = people.canonical_id(person_id)
    return LastDays(sentences_of([root]).get(root, ()), law_in_force())


def resolve_change(
    *,
    person_id: int,
    body_id: int,
    reference: str,
    changes_order_id: int | None,
    changes_reference: str,
    change: str,
) -> Changed | None:
    """The order that this one says it changes; None where it says so of none."""
    if changes_order_id is None and not changes_reference:
        return Changed(None) if change else None
    own = people.persons_of(person_id)
    earlier = None
    if changes_order_id is not None:
        earlier = CourtOrder.objects.select_related("body").filter(pk=changes_order_id).first()
        if earlier is not None and earlier.person_id not in own:
            # One paper changes the earlier one for everybody whom both name.
            beside = CourtOrder.objects.filter(paper=earlier.paper, person_id__in=own)
            earlier = beside.select_related("body").first() or earlier
    else:
        rows = CourtOrder.objects.filter(person_id__in=own, reference__iexact=changes_reference)
        same_body = rows.filter(body_id=body_id)
        found = list((same_body if same_body.exists() else rows).select_related("body"))
        # The one that stands, and of several the last.
        found.sort(key=lambda o: (o.state == CourtOrder.State.STANDS, o.received_at, o.pk))
        earlier = found[-1] if found else None
        if earlier is None and reference and reference.casefold() == changes_reference.casefold():
            return Changed(None, itself=True)
    if earlier is None:
        return Changed(None)
    return Changed(earlier, applies=earlier.person_id in own)


@dataclass(frozen=True, slots=True)
class About:
    """What an order is about one of those whom it names, before any row of it."""

    changed: Changed | None
    charges: Mapping[int, Charge]
    sentences: Sequence[SentenceRow]
    defects: tuple[str, ...]


def about_each(
    order: Order,
    person_ids: Sequence[int],
    *,
    sentences: Sequence[SentenceInput],
    charges: Mapping[int, Charge],
    changes_order_id: int | None,
    changes_reference: str,
    change: str,
    case_id: int | None = None,
    granted: Collection[int] = (),
) -> dict[int, About]:
    """The same reading for whoever is asked about an order as for the record of it.

    `granted` are those of whom another room knows that what the order takes back was granted.
    """
    births = people.born_between(person_ids)
    found = {}
    for person_id in person_ids:
        changed = resolve_change(
            person_id=person_id,
            body_id=order.body.body_id,
            reference=order.reference,
            changes_order_id=changes_order_id,
            changes_reference=changes_reference,
            change=change,
        )
        records = people.persons_of(person_id) if charges else ()
        mine = {pk: one for pk, one in charges.items() if one.person_id in records}
        theirs = [s for s in sentences if s.person_id in (None, person_id)]
        rows = sentence_rows(order, theirs, person_id=person_id, charges=mine)
        defects = defects_of(
            order,
            person_id=person_id,
            born=births.get(person_id),
            changed=changed,
            sentences=rows,
            charges_of_another=len(person_ids) == 1 and len(mine) < len(charges),
        )
        cases = {case_id, *(one.case_id for one in mine.values())} - {None}
        if person_id not in granted and not is_granted(order.kind, person_id, cases):
            defects = rules.in_order({*defects, "revokes_nothing_known"})
        found[person_id] = About(changed, mine, rows, defects)
    return found


def charges_named(
    charge_ids: Sequence[int], sentences: Sequence[SentenceInput]
) -> dict[int, Charge]:
    """The charges that a paper names, in its list or at a sentence."""
    wanted = {*charge_ids, *(s.charge_id for s in sentences if s.charge_id is not None)}
    return Charge.objects.select_related("case").in_bulk(list(wanted))


# Defects that no date or figure of the order makes or takes away.
_LASTING = frozenset(
    {
        "revokes_itself", "changes_unknown", "changes_another_person", "changes_later_order",
        "changes_fallen_order", "changes_nothing_named", "changes_in_part_unclear",
        "lower_court_changes", "revokes_nothing_known", "charge_of_another_person",
        "frees_from_nothing_known", "frees_more_than_it_names", "consecutive_to_nothing",
        "consecutive_to_itself", "consecutive_to_unknown", "consecutive_to_another_person",
        "consecutive_to_fallen",
    }
)  # fmt: skip


def defects_again(order: CourtOrder) -> tuple[str, ...]:
    """The defects of an order whose dates and figures read otherwise now."""
    written = Order(
        kind=order_kinds()[order.kind],
        body=body_of(order.body_id),
        establishment_id=order.establishment_id,
        received_at=order.received_at,
        reference=order.reference,
        dated=order.dated,
        next_date=order.next_date,
        until=order.until,
        amount_cents=order.amount_cents,
        review_months=order.review_months,
        sureties=order.sureties,
        conditions=order.conditions,
        dates_as_written=order.dates_as_written,
        marked=frozenset(order.defects) & (rules.MARKED | _LASTING),
    )
    standing = order.sentences.filter(state=Sentence.State.STANDS).order_by("position")
    rows = [SentenceRow({}, _facts_of(one), None) for one in standing]
    found = defects_of(
        written,
        person_id=order.person_id,
        born=people.born_between([order.person_id]).get(order.person_id),
        changed=None,
        sentences=rows,
        charges_of_another=False,
    )
    # Which order it changes is as it was: not read again.
    again = set(found) - ({"changes_nothing_named"} - set(order.defects))
    return rules.in_order(again)


def _facts_of(one: Sentence) -> rules.SentenceFacts:
    minimum = {unit: getattr(one, f"minimum_{unit}") for unit in UNITS}
    none = all(value is None for value in minimum.values())
    return rules.SentenceFacts(
        kind=one.kind,
        term=Term(one.years, one.months, one.weeks, one.days),
        minimum=None if none else as_term(minimum),
        pronounced_on=one.pronounced_on,
        effective_from=one.effective_from,
        offence_on=one.offence_on,
        amount_cents=one.amount_cents,
    )
