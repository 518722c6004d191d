"""What frees from a fine or a compensation not paid, at a given hour; and what was taken for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts import selectors as courts
from pims.courts.selectors import OrderInfo
from pims.custody.selectors import standing
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, require_visible, visible_ids
from pims.foundation.access.selectors import system_actor
from pims.people import selectors as people
from pims.sentences import law as laws
from pims.sentences.assembling import Assembled, assemble
from pims.sentences.engine import AmountDue, amounts_due
from pims.sentences.engine.case import DEFAULTS
from pims.sentences.models import Payment
from pims.sentences.shared_amounts import left_of, shared_amounts

VIEW = "sentences.view"


@dataclass(frozen=True, slots=True)
class FineDue:
    """One default of a person, in cents. `outstanding_cents` paid ends it whatever the law is.

    `frees_cents` is the least that ends it on the day asked about, the day counted as served; it
    is `provisional` where it rests on a rule that nobody has signed, and then frees nobody by
    itself. `together_with` are the other sentences of its paper, where that names one amount
    for all of them: it ends them all. `warrant_name_id` is the paper on which the person is held
    for it.
    """

    sentence_id: int
    kind: str
    order: OrderInfo
    amount_cents: int
    outstanding_cents: int
    frees_cents: int
    provisional: bool
    together_with: tuple[int, ...] = ()

    @property
    def paid_cents(self) -> int:
        return self.amount_cents - self.outstanding_cents

    @property
    def warrant_name_id(self) -> int | None:
        return self.order.warrant_name_id


@dataclass(frozen=True, slots=True)
class PaymentInfo:
    """A receipt. `struck_out_at`: the entry was a mistake, and the payment counts no more."""

    payment_id: int
    person_id: int
    establishment_id: int
    sentence_id: int
    number: int
    amount_cents: int
    how: str
    paid_by: str
    paper: str
    received_at: datetime
    release_order_id: int | None
    recorded_by_id: int
    struck_out_at: datetime | None
    struck_out_reason: str


@dataclass(frozen=True, slots=True)
class Fines:
    """`others` are the papers in force that hold the person whatever is paid."""

    person_id: int
    due: tuple[FineDue, ...]
    others: tuple[WarrantBrief, ...]
    payments: tuple[PaymentInfo, ...]

    @property
    def frees_cents(self) -> int:
        """All defaults together."""
        return sum(one.frees_cents for one in self.due)

    @property
    def outstanding_cents(self) -> int:
        return sum(one.outstanding_cents for one in self.due)


def fines(viewer: Actor, person_id: int, at: datetime, zone: ZoneInfo) -> Fines:
    """What the person owes, and what frees now. Raises NotFound, NotPermitted."""
    if not viewer.system:
        require_visible(viewer, VIEW, person_id)
    root = people.canonical_id(person_id)
    records = people.persons_of(root)
    on = at.astimezone(zone).date()
    cases = assemble([root], as_of=on)
    facts, due = cases.get(root), _due(cases, on).get(root, ())
    papers = authority.warrants_of([root], zone=zone.key).get(root, [])
    # A paper that sentences to more than the default holds for that, whatever is paid.
    more = {one.order_id for one in facts.sentences if one.kind not in DEFAULTS} if facts else set()
    own = {one.warrant_name_id for one in due if one.order.order_id not in more}
    return Fines(
        person_id=root,
        due=due,
        others=tuple(
            one for one in papers if one.detains_at(at) and one.warrant_name_id not in own
        ),
        payments=tuple(_payments(records)),
    )


def held_for_fines(
    viewer: Actor, establishment_id: int, on: date
) -> dict[int, tuple[FineDue, ...]]:
    """Whoever is in custody there and could be freed from a default by money. Raises NotPermitted.

    A constant number of queries.
    """
    require_held(viewer, VIEW)
    held = {one.person_id for one in standing(establishment_id=establishment_id)}
    seen = held if viewer.system else visible_ids(viewer, VIEW, held)
    defaulting = {
        person_id
        for person_id, said in courts.sentences_of(seen).items()
        if any(one.stands and one.kind in DEFAULTS for one in said)
    }
    found = _due(assemble(defaulting, as_of=on), on)
    return {person_id: due for person_id, due in found.items() if any(d.frees_cents for d in due)}


def payment(viewer: Actor, payment_id: int) -> PaymentInfo | None:
    """One receipt; None where there is none such. Raises NotPermitted, NotFound."""
    row = Payment.objects.select_related("adjustment").filter(pk=payment_id).first()
    if row is None:
        return None
    if not viewer.system:
        require_visible(viewer, VIEW, people.canonical_id(row.person_id))
    return _info(row)


def _due(cases: Mapping[int, Assembled], on: date) -> dict[int, tuple[FineDue, ...]]:
    law = laws.law_in_force()
    signed = laws.signed_rules(law)
    orders = courts.orders(system_actor(), cases)
    found = {}
    for root, facts in cases.items():
        said = {facts.numbers[one.sentence_id]: one for one in facts.sentences}
        by_id = {one.order_id: one for one in orders.get(root, ())}
        found[root] = tuple(
            FineDue(
                sentence_id=said[one.sentence].sentence_id,
                kind=said[one.sentence].kind,
                order=by_id[said[one.sentence].order_id],
                amount_cents=said[one.sentence].amount_cents or 0,
                outstanding_cents=one.outstanding_cents,
                frees_cents=one.frees_cents,
                provisional=_rests_on_unsigned(one, signed),
            )
            for one in amounts_due(facts.case, law, on)
        ) + _together(facts, by_id)
    return found


def _together(facts: Assembled, orders: Mapping[int, OrderInfo]) -> tuple[FineDue, ...]:
    """One line for each amount that a paper names for several sentences: all of it frees."""
    found = []
    for shared in shared_amounts(facts.sentences):
        first, *others = shared.sentences
        numbers = [facts.numbers[one] for one in shared.sentence_ids]
        left = left_of(shared, facts.case.adjustments, numbers)
        found.append(
            FineDue(
                sentence_id=first.sentence_id,
                kind=first.kind,
                order=orders[first.order_id],
                amount_cents=shared.cents,
                outstanding_cents=left,
                frees_cents=left,
                provisional=False,
                together_with=tuple(one.sentence_id for one in others),
            )
        )
    return tuple(found)


def _rests_on_unsigned(due: AmountDue, signed: Collection[str]) -> bool:
    rule = due.rule
    return rule is not None and not rule.is_arithmetic and rule.code not in signed


def _payments(records: Iterable[int]) -> list[PaymentInfo]:
    rows = Payment.objects.select_related("adjustment").filter(person_id__in=list(records))
    return [_info(row) for row in rows.order_by("-received_at", "-pk")]


def _info(row: Payment) -> PaymentInfo:
    return PaymentInfo(
        payment_id=row.pk,
        person_id=row.person_id,
        establishment_id=row.establishment_id,
        sentence_id=row.sentence_id,
        number=row.number,
        amount_cents=row.amount_cents,
        how=row.how,
        paid_by=row.paid_by,
        paper=row.paper,
        received_at=row.received_at,
        release_order_id=row.release_order_id,
        recorded_by_id=row.recorded_by_id,
        struck_out_at=row.adjustment.struck_out_at,
        struck_out_reason=row.adjustment.struck_out_reason,
    )
