"""From when until when each order holds the person, by its own words and by what came after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pims.assurance.proof.cuts import Cut, cuts, is_for_money
from pims.assurance.proof.days import day_of, end_of, grown_up_on, start_of
from pims.assurance.proof.history import History, Order, Sentence
from pims.assurance.proof.law import Law
from pims.assurance.proof.made import RELEASE_WITHIN, freed_at, in_circles, made_at, never_stood
from pims.assurance.proof.terms import days_at_large, full_term, in_loops, last_days
from pims.jurisdictions.order_kinds import Effect, OrderKind

# What stands in the way of relying on an order, the gravest first: the order is there, and yet it
# proves nothing.
FLAWS = (
    "court_without_power",
    "court_unknown",
    "order_not_for_age",
    "order_on_anothers_charge",
    "order_revokes_itself",
    "sentence_of_another",
    "order_without_end",
    "sentence_without_date",
    "default_without_amount",
    "sentence_not_begun",
    "provisional_date_passed",
    "order_no_longer_stands",
)
# Of these, those that are nobody's concern while another order holds.
ONLY_ALONE = frozenset({"provisional_date_passed", "order_no_longer_stands", "sentence_not_begun"})


@dataclass(frozen=True, slots=True)
class Terms:
    """By sentence the last day of its words; those in a circle; and the days at large."""

    last: Mapping[str, date]
    loops: frozenset[str]
    at_large: int


@dataclass(frozen=True, slots=True)
class Reach:
    """An order holds from `begins` until, and not including, `ends` (None: nothing ends it).

    `flaw` is one of FLAWS where it proves nothing in that time, else "". `ending` says what it
    means to be held after it, and `by` names what ended it before its time. One that ends as it
    begins held for no time at all. A `mark` holds nobody: it is when an order set free, and until
    when that may have taken.
    """

    order_id: str
    begins: datetime
    ends: datetime | None
    ending: str
    flaw: str = ""
    by: str = ""
    mark: bool = False

    @property
    def holds(self) -> bool:
        """Whether there is any time in which it is relied on."""
        return not self.mark and (self.ends is None or self.ends > self.begins)


def reaches(history: History, law: Law) -> list[Reach]:
    """Of every order that holds anyone, in no order that matters. An order without any date is
    nowhere among them; one that sets free leaves a mark."""
    ended = cuts(history, law)
    terms = Terms(last_days(history, law.counting), in_loops(history), days_at_large(history))
    circles = in_circles(history.orders)
    charges = frozenset(one.charge_id for one in history.charges)
    found: list[Reach] = []
    for order in history.orders:
        kind = law.kinds.get(order.kind)
        begins = made_at(order, history.zone)
        if kind is None or begins is None:
            continue
        if kind.effect is Effect.FREES:
            free = freed_at(order, history.zone)
            if free is not None:
                ending = "fine_paid" if kind.release == "fine_paid" else "held_after_release_order"
                found.append(Reach(order.order_id, free - RELEASE_WITHIN, free, ending, mark=True))
            continue
        if kind.effect is Effect.NOTES:
            continue
        flaw = _flaw(order, circles, law) or _not_of_this_person(order, kind, history, charges)
        unpriced = _paid_unpriced(order, kind, history)
        for reach in _own(order, kind, begins, history, law, terms):
            for part in _from_then(reach, unpriced, "default_without_amount"):
                own = replace(part, flaw=flaw) if flaw else part
                found += _cut(own, ended.get(order.order_id, ()))
    return found


def _flaw(order: Order, circles: frozenset[str], law: Law) -> str:
    if never_stood(order):
        return "order_no_longer_stands"
    court = law.court_kind(order.court, order.court_kind)
    if law.ability(court, order.kind) == "cannot":
        return "court_without_power"
    if not law.knows(court):
        return "court_unknown"
    return "order_revokes_itself" if order.order_id in circles else ""


def _not_of_this_person(
    order: Order, kind: OrderKind, history: History, charges: frozenset[str]
) -> str:
    """Whether it can have been made of this person: of that age, on charges that are theirs."""
    begins = made_at(order, history.zone)
    assert begins is not None
    if not _fits_age(order, kind, history, order.dated or day_of(begins, history.zone)):
        return "order_not_for_age"
    strangers = bool(order.charges and charges) and not charges.intersection(order.charges)
    return "order_on_anothers_charge" if strangers else ""


def _fits_age(order: Order, kind: OrderKind, history: History, made: date) -> bool:
    """Nothing is said where the birth is not known, or is still in dispute."""
    latest = history.born_on
    if latest is None or history.juvenile_until_decided:
        return True
    if kind.under_18 and grown_up_on(latest) <= made:
        # Whoever was under age when it happened may have been judged later.
        own = {one.charge_id: one.offence_on for one in history.charges}
        days = [own.get(one) for one in order.charges]
        return any(day is not None and day < grown_up_on(latest) for day in days)
    if kind.effect is not Effect.SENTENCE:
        return True
    life = "minimum_term" in kind.must or any(
        one.endless for one in history.sentences if one.order_id == order.order_id
    )
    return not life or grown_up_on(history.born_earliest or latest) <= made


def _paid_unpriced(order: Order, kind: OrderKind, history: History) -> datetime | None:
    """From when money was paid on it although nobody knows how much would free."""
    if order.amount_cents is not None or not is_for_money(kind):
        return None
    own = (one for one in history.payments if one.order_id == order.order_id)
    paid = (one.at for one in own if not one.in_full)
    return min(paid, default=None)


def _from_then(reach: Reach, then: datetime | None, flaw: str) -> Iterator[Reach]:
    if then is None or reach.flaw or (reach.ends is not None and reach.ends <= then):
        yield reach
        return
    if reach.begins < then:
        yield replace(reach, ends=then)
    yield replace(reach, begins=max(reach.begins, then), flaw=flaw)


def _own(
    order: Order,
    kind: OrderKind,
    begins: datetime,
    history: History,
    law: Law,
    terms: Terms,
) -> Iterator[Reach]:
    """What the order's own words come to, before anything else is looked at."""
    if kind.effect is Effect.SENTENCE:
        sentences = [one for one in history.sentences if one.order_id == order.order_id]
        if sentences:
            for sentence in sentences:
                yield from _sentence(order, kind, sentence, begins, history, terms)
            return
        if order.until is None:
            yield from _first_day_then(order, begins, history.zone, "sentence_without_date")
            return
        ends = max(end_of(order.until, history.zone), _own_day_ends(begins, history.zone))
        yield Reach(order.order_id, begins, ends, "full_term_passed")
        return
    yield from _detained(order, kind, begins, history, law)


def _sentence(
    order: Order,
    kind: OrderKind,
    sentence: Sentence,
    ordered: datetime,
    history: History,
    terms: Terms,
) -> Iterator[Reach]:
    zone = history.zone
    begins = _sentence_begins(sentence, ordered, zone)
    if begins > ordered:
        yield Reach(order.order_id, ordered, begins, "full_term_passed", "sentence_not_begun")
    linked = {one.sentence_id for one in history.sentences}
    flaw = "sentence_of_another" if sentence.follows and sentence.follows not in linked else ""
    made = Reach(order.order_id, begins, None, "full_term_passed", flaw)
    full = full_term(sentence, terms.last.get(sentence.sentence_id), terms.at_large)
    free = sentence.release_date
    # Only a kind of order that can be without end makes a sentence so.
    endless = sentence.endless and "minimum_term" in kind.fields
    if sentence.sentence_id in terms.loops and not sentence.by_hand:
        full, free, endless = None, None, False
    stages: list[Reach] = []
    if endless and full is None and (free is None or not sentence.final):
        stages.append(made)
    elif full is None and free is None:
        first = list(_first_day_then(order, begins, zone, "sentence_without_date"))
        stages += [replace(one, flaw=flaw) for one in first] if flaw else first
    else:
        own = _own_day_ends(begins, zone)
        if free is not None and (full is None or free < full):
            out = max(end_of(free, zone), own)
            stages.append(replace(made, ends=out, ending="release_date_passed"))
            if not sentence.final:
                last = None if full is None else max(end_of(full, zone), out)
                doubt = flaw or "provisional_date_passed"
                stages.append(Reach(order.order_id, out, last, "full_term_passed", doubt))
        else:
            assert full is not None
            stages.append(replace(made, ends=max(end_of(full, zone), own)))
    fell = sentence.ended_at
    quashed = [Cut(fell, "order_no_longer_stands", "")] if fell else []
    for stage in stages:
        yield from _cut(stage, quashed)


def _sentence_begins(sentence: Sentence, ordered: datetime, zone: str) -> datetime:
    """No sentence proves a day before it was pronounced, nor before the later day from which the
    court said that it runs, but where it follows another."""
    days = [sentence.pronounced_on, None if sentence.follows else sentence.effective_from]
    return max([ordered, *(start_of(day, zone) for day in days if day is not None)])


def _detained(
    order: Order, kind: OrderKind, begins: datetime, history: History, law: Law
) -> Iterator[Reach]:
    zone = history.zone
    status = law.statuses.get(order.kind, "")
    to_hearing = "next_date" in kind.must
    last = order.until
    dates = [day for day in (last, order.next_date if to_hearing else None) if day is not None]
    if last is not None and end_of(last, zone) <= begins:
        last = None
    periods: list[tuple[datetime, datetime | None, str]] = []
    named = _to_hearings(order, begins, zone) if to_hearing else []
    for start, until in named:
        day = day_of(until - until.resolution, zone)
        periods.append((start, until, _after_hearing(day, order, status, history)))
    if named and order.next_date is None:
        untold = Cut(named[0][0], "order_expired", "")
        for reach in _first_day_then(order, begins, zone, "order_without_end"):
            yield from _cut(reach, [untold])
    if not named and last is not None:
        periods.append((begins, None, ""))
    if not periods and dates:
        yield Reach(order.order_id, begins, begins, "dates_out_of_order")
        return
    if not periods and ("until" in kind.must or to_hearing):
        yield from _first_day_then(order, begins, zone, "order_without_end")
        return
    if not periods:
        yield Reach(order.order_id, begins, None, "order_expired")
        return
    over = {"unsentenced": "remand_expired", "emergency": "emergency_expired"}
    for start, end, ending in periods:
        reach = Reach(order.order_id, start, end, ending)
        if last is not None:
            yield from _cut(reach, [Cut(end_of(last, zone), over.get(status, "order_expired"), "")])
        else:
            yield reach


def _to_hearings(order: Order, begins: datetime, zone: str) -> list[tuple[datetime, datetime]]:
    """The times that it reaches over, from date to date. A new date that the court named while it
    still held moves its end; one that was named later begins anew, and the gap stays."""
    found: list[tuple[datetime, datetime]] = []
    if order.next_date is not None and end_of(order.next_date, zone) > begins:
        found.append((begins, end_of(order.next_date, zone)))
    for new in sorted(order.new_dates, key=lambda one: (one.said_at, one.next_date)):
        end = end_of(new.next_date, zone)
        if end <= new.said_at or new.said_at < begins:
            continue
        if found and new.said_at <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((new.said_at, end))
    return found


def _after_hearing(day: date, order: Order, status: str, history: History) -> str:
    if status == "convicted":
        return "parole_hearing_passed"
    if status != "unsentenced":
        return "order_expired"
    answered = any(
        hearing.on == day and hearing.outcome and hearing.case in ("", order.case)
        for hearing in history.hearings
    )
    return "remand_expired" if answered else "next_date_passed"


def _first_day_then(order: Order, begins: datetime, zone: str, flaw: str) -> Iterator[Reach]:
    """An order of which nobody can tell how far it goes proves the day on which it was made."""
    own = _own_day_ends(begins, zone)
    yield Reach(order.order_id, begins, own, "order_expired")
    yield Reach(order.order_id, own, None, "order_expired", flaw)


def _own_day_ends(begins: datetime, zone: str) -> datetime:
    return end_of(day_of(begins, zone), zone)


def _cut(reach: Reach, ends: Sequence[Cut]) -> Iterator[Reach]:
    """The reach as far as what comes first lets it go, and again from where that no longer counts;
    of no length where it never held."""
    first = min((cut for cut in ends if cut.until is None), key=_sooner, default=None)
    if first is not None and (reach.ends is None or reach.ends > first.at):
        at = max(first.at, reach.begins)
        reach = replace(reach, ends=at, ending=first.ending, by=first.by)
    parts = [reach]
    for cut in sorted((cut for cut in ends if cut.until is not None), key=_sooner):
        assert cut.until is not None
        parts = [piece for part in parts for piece in _without(part, cut, cut.until)]
    yield from parts


def _sooner(cut: Cut) -> tuple[datetime, str, str]:
    return cut.at, cut.ending, cut.by


def _without(reach: Reach, cut: Cut, until: datetime) -> Iterator[Reach]:
    """What is left of it before the cut, and after it."""
    before = reach.ends is not None and reach.ends <= cut.at
    if before or until <= reach.begins:
        yield reach
        return
    at = max(cut.at, reach.begins)
    yield replace(reach, ends=at, ending=cut.ending, by=cut.by)
    if reach.ends is None or reach.ends > until:
        yield replace(reach, begins=until)
