"""Hearings at which the court let somebody go, and the orders that these leave nothing of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.assurance.proof.days import DAY, day_of
from pims.assurance.proof.history import Charge, History, Order
from pims.assurance.proof.law import Law
from pims.jurisdictions.order_kinds import Effect

# A charge that is nothing any more, and the outcomes of a hearing by which the court lets go.
ENDED = frozenset({"acquitted", "withdrawn", "discharged", "quashed"})
FREED = frozenset({"acquitted", "withdrawn", "discharged"})
CRIMINAL = frozenset({"unsentenced", "convicted", "unfit"})


def is_criminal(order: Order, law: Law) -> bool:
    """Whether it holds for what somebody is said to have done, and not as an alien, a debtor, in
    an emergency: who is acquitted may still be held on those."""
    held = law.effect(order.kind) in (Effect.DETAINS, Effect.SENTENCE)
    return held and law.statuses.get(order.kind, "") in CRIMINAL


@dataclass(frozen=True, slots=True)
class _Matter:
    """An order as a hearing may leave it: `made` its day, `reaches` the last day that it names
    (None: it names none), `put_over` the last day on which the court wrote a date on it."""

    order: Order
    made: date
    sentence: bool
    reaches: date | None
    put_over: date | None

    def may_end(self, on: date) -> bool:
        return self.made < on and (self.put_over is None or self.put_over < on)


def freed_in_court(
    history: History, law: Law, made: Mapping[str, datetime | None]
) -> Iterator[tuple[Order, date]]:
    """Each order that a hearing left nothing of, with the day of that, the first first.

    What the court wrote that day, or the morning after, is what came of the hearing; an appeal
    that is withdrawn leaves the sentence.
    """
    days = {
        (one.case, one.on, one.outcome == "withdrawn")
        for one in history.hearings
        if one.outcome in FREED and not one.cancelled
    }
    if not days:
        return
    matters = [
        _matter(order, begins, law, history.zone)
        for order in history.orders
        if (begins := made[order.order_id]) is not None and is_criminal(order, law)
    ]
    written: dict[str, set[date]] = {}
    for one in matters:
        written.setdefault(one.order.case, set()).add(one.made)
    others = _Others(history.charges)
    alone = {on: _only(matters, on) for case, on, _withdrawn in days if not case}
    heard = sorted(days)
    for one in matters:
        case = one.order.case
        anew = written[case]
        for named, on, withdrawn in heard:
            if named != case if named else alone[on] is not one:
                continue
            if (withdrawn or not named) and one.sentence:
                continue
            if not one.may_end(on) or on in anew or on + DAY in anew:
                continue
            if not others.explain(one.order, on):
                yield one.order, on


def _matter(order: Order, begins: datetime, law: Law, zone: str) -> _Matter:
    named = [order.until, order.next_date, *(new.next_date for new in order.new_dates)]
    return _Matter(
        order,
        day_of(begins, zone),
        law.effect(order.kind) is Effect.SENTENCE,
        max((day for day in named if day is not None), default=None),
        max((day_of(new.said_at, zone) for new in order.new_dates), default=None),
    )


def _only(matters: Sequence[_Matter], on: date) -> _Matter | None:
    """The only order on which anybody can have been taken to court that day: a hearing of which
    nobody wrote down the case was about that."""
    found = [one for one in matters if one.made < on and (one.reaches is None or one.reaches >= on)]
    return found[0] if len(found) == 1 else None


class _Others:
    """What the record says of other charges, by which the outcome may be explained."""

    def __init__(self, charges: Sequence[Charge]) -> None:
        self.charges = {one.charge_id: one for one in charges}
        self.by_case: dict[str, list[Charge]] = {}
        for one in charges:
            self.by_case.setdefault(one.case, []).append(one)
        self.known: dict[str, tuple[bool, frozenset[date | None]]] = {}

    def explain(self, order: Order, on: date) -> bool:
        if order.order_id not in self.known:
            self.known[order.order_id] = self._of(order)
        always, days = self.known[order.order_id]
        return always or None in days or on in days

    def _of(self, order: Order) -> tuple[bool, frozenset[date | None]]:
        """Whether it was another charge on whatever day, and else the days on which one ended."""
        own = [self.charges[one] for one in order.charges if one in self.charges]
        case = self.by_case.get(order.case, [])
        if not own:
            return len({one.state in ENDED for one in case}) > 1, frozenset()
        mixed = len({one.state in ENDED for one in own}) > 1
        mine = {one.charge_id for one in own}
        return mixed or any(one.state == "convicted" for one in own), frozenset(
            one.decided_on for one in case if one.state in ENDED and one.charge_id not in mine
        )
