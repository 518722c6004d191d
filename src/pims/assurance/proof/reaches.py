"""From when until when each order holds the person, by its own words and by what came after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pims.assurance.proof.cuts import Cut, cuts
from pims.assurance.proof.days import day_of, end_of
from pims.assurance.proof.history import History, Order, Sentence
from pims.assurance.proof.law import Law
from pims.assurance.proof.made import RELEASE_WITHIN, freed_at, in_circles, made_at, never_stood
from pims.assurance.proof.terms import last_days
from pims.jurisdictions.order_kinds import Effect, OrderKind

# What stands in the way of relying on an order, the gravest first: the order is there, and yet it
# proves nothing.
FLAWS = (
    "court_without_power",
    "order_revokes_itself",
    "sentence_of_another",
    "order_without_end",
    "sentence_without_date",
    "provisional_date_passed",
    "order_no_longer_stands",
)
# Of these, those that are nobody's concern while another order holds.
ONLY_ALONE = frozenset({"provisional_date_passed", "order_no_longer_stands"})


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
    ended, terms = cuts(history, law), last_days(history)
    circles = in_circles(history.orders)
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
        flaw = _flaw(order, circles, law)
        for reach in _own(order, kind, begins, history, law, terms):
            own = replace(reach, flaw=flaw) if flaw else reach
            found += _cut(own, ended.get(order.order_id, ()))
    return found


def _flaw(order: Order, circles: frozenset[str], law: Law) -> str:
    if never_stood(order):
        return "order_no_longer_stands"
    if law.ability(law.court_kind(order.court, order.court_kind), order.kind) == "cannot":
        return "court_without_power"
    return "order_revokes_itself" if order.order_id in circles else ""


def _own(
    order: Order,
    kind: OrderKind,
    begins: datetime,
    history: History,
    law: Law,
    terms: Mapping[str, date],
) -> Iterator[Reach]:
    """What the order's own words come to, before anything else is looked at."""
    if kind.effect is Effect.SENTENCE:
        sentences = [one for one in history.sentences if one.order_id == order.order_id]
        if sentences:
            for sentence in sentences:
                yield from _sentence(order, sentence, begins, history, terms)
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
    sentence: Sentence,
    begins: datetime,
    history: History,
    terms: Mapping[str, date],
) -> Iterator[Reach]:
    zone = history.zone
    linked = {one.sentence_id for one in history.sentences}
    flaw = "sentence_of_another" if sentence.follows and sentence.follows not in linked else ""
    made = Reach(order.order_id, begins, None, "full_term_passed", flaw)
    stored, term = sentence.expiry or sentence.full_term_end, terms.get(sentence.sentence_id)
    full = min((day for day in (stored, term) if day), default=None)
    free = sentence.release_date
    stages: list[Reach] = []
    if sentence.endless and full is None and (free is None or not sentence.final):
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
    quashed = [Cut(sentence.ended_at, "order_no_longer_stands", "")] if sentence.ended_at else []
    for stage in stages:
        yield from _cut(stage, quashed)


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
    """The reach as far as what comes first lets it go; of no length where it never held."""
    first = min(ends, key=lambda cut: (cut.at, cut.ending, cut.by), default=None)
    if first is None or (reach.ends is not None and reach.ends <= first.at):
        yield reach
        return
    at = max(first.at, reach.begins)
    yield replace(reach, ends=at, ending=first.ending, by=first.by)
