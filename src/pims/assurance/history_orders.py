"""The orders and sentences of one person, from the courts' papers and the records office's.

A warrant or a release order that no court order stands for counts by itself, as an order of the
first kind that makes such a warrant. Ids: O of the courts room, W a warrant, R a release order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import overload
from zoneinfo import ZoneInfo

from pims.assurance.proof.counting import Counting
from pims.assurance.proof.days import end_of
from pims.assurance.proof.history import (
    History,
    NewDate,
    Order,
    OrderState,
    Payment,
    SecondReading,
    Sentence,
)
from pims.assurance.proof.terms import last_days
from pims.authority.selectors import BodyInfo, Papers, ReleasePaper, WarrantPaper
from pims.courts.selectors import OrderInfo, SentenceInfo
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.sentences.selectors.each import DatesOfOne, EachSentence

# What a paper says beyond this is as good as this: no proof reaches further.
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(8999, 12, 31)
MOST_UNITS, MOST_MONTHS, MOST_CENTS, LONGEST_TEXT = 10**6, 1_200, 10**15, 200

ENDLESS = frozenset({"life", "pleasure", "unfit"})
# An end of a warrant by which another paper took its place, or which is over by its own words: what
# is let go on it needs no time to be let go.
TAKEN_OVER = frozenset({"replaced", "sentenced", "expired", "returned", "withdrawn"})
# Ended by an order to set free, which tells of it by itself.
BY_RELEASE = frozenset({"released", "bailed", "fine_paid"})


@dataclass(frozen=True, slots=True)
class Said:
    """`by_hand` are the sentences whose dates two officers certified for all of them together."""

    orders: tuple[Order, ...]
    sentences: tuple[Sentence, ...]
    payments: tuple[Payment, ...]
    by_hand: Mapping[str, DatesOfOne]

    def with_hand_dates(self, history: History, counting: Counting) -> History:
        """Dates by hand are of the person: a sentence that ends before them keeps its own end."""
        if not self.by_hand:
            return history
        terms = last_days(history, counting)
        latest = max((terms[i] for i in self.by_hand if i in terms), default=None)
        changed = []
        for one in history.sentences:
            hand = self.by_hand.get(one.sentence_id)
            if hand is None:
                changed.append(one)
                continue
            own = terms.get(one.sentence_id)
            most = own if own is not None and own != latest else None
            changed.append(
                replace(
                    one,
                    release_date=_until(hand.opens_on, most),
                    expiry=_until(hand.expiry, most),
                    full_term_end=_until(hand.full_term_end, most),
                    by_hand=True,
                )
            )
        return replace(history, sentences=tuple(changed))


def said_by(
    papers: Papers,
    orders: Sequence[OrderInfo],
    dates: EachSentence | None,
    *,
    bodies: Mapping[int, BodyInfo],
    zone: str,
) -> Said:
    """`orders` with their sentences, `dates` of each sentence where any was worked out."""
    warrants = {one.warrant_name_id: one for one in papers.warrants}
    fallen = {one.release_order_id for one in papers.releases if one.fallen}
    of_court = {one.warrant_name_id: one for one in orders if one.warrant_name_id is not None}
    made = {one.release_order_id: one for one in orders if one.release_order_id is not None}
    found = [
        _order(one, warrants.get(one.warrant_name_id or 0), bodies[one.body_id], fallen, zone)
        for one in orders
    ]
    alone = [one for one in papers.warrants if one.warrant_name_id not in of_court]
    found += [_warrant(one, zone) for one in alone]
    names = {i: f"O{one.order_id}" for i, one in of_court.items()} | {
        one.warrant_name_id: f"W{one.warrant_name_id}" for one in alone
    }
    cases = {order.order_id: order.case for order in found}
    for release in papers.releases:
        by_court = made.get(release.release_order_id)
        if by_court is None:
            found += (
                _releases(release, names, cases) if release.warrant_name_ids else [_free(release)]
            )
        elif by_court.state == "stands":
            # The court's own order names one other at most; the papers that it ends may be several.
            # Where the order names a later day, so do the papers that rest on it.
            more = _releases(release, names, cases, but=by_court.changes_order_id)
            found += [
                replace(one, begins=max(by_court.holds_from, release.received_at)) for one in more
            ]
    hand: dict[str, DatesOfOne] = {}
    payments = tuple(_payments(orders, dates, zone))
    paid = _paid_in_full(orders, payments)
    sentences = [
        # A payment tells of itself: the day that is worked out from it is no other reason.
        _sentence(one, None if f"O{order.order_id}" in paid else dates, hand)
        for order in orders
        for one in sorted(order.sentences, key=lambda s: s.sentence_id)
    ]
    sentences += [
        Sentence(
            sentence_id=f"SW{one.warrant_name_id}",
            order_id=f"W{one.warrant_name_id}",
            endless=True,
            pronounced_on=within(one.dated),
        )
        for one in alone
        if one.kind == "life_sentence" and one.until is None
    ]
    return Said(
        orders=tuple(_after_releases(found, zone)),
        sentences=tuple(sentences),
        payments=payments,
        by_hand=hand,
    )


@cache
def _kind_of_warrant(warrant_kind: str) -> str:
    """The first kind of order that makes such a warrant; the warrant's own where none does."""
    for code, kind in order_kinds().items():
        if kind.warrant == warrant_kind:
            return code
    return warrant_kind


@cache
def _kind_of_release(release: str) -> str:
    for code, kind in order_kinds().items():
        if kind.release == release:
            return code
    return "discharge"


def _order(
    one: OrderInfo,
    warrant: WarrantPaper | None,
    body: BodyInfo,
    fallen: set[int],
    zone: str,
) -> Order:
    state, state_from = _state(one, warrant, fallen)
    changes = ""
    if one.changes_order_id is not None:
        changes = f"O{one.changes_order_id}"
    elif one.changes_as_written:
        changes = one.changes_as_written
    reading = one.reading
    return Order(
        order_id=f"O{one.order_id}",
        kind=one.kind,
        court=body.code,
        court_kind=body.kind,
        case="" if one.case_id is None else f"K{one.case_id}",
        charges=tuple(f"X{i}" for i in one.charge_ids),
        dated=within(one.dated),
        received_at=one.received_at,
        begins=None if one.dated is not None and one.holds_from == one.received_at
        else one.holds_from,
        until=within(one.until),
        next_date=within(one.next_date),
        new_dates=_new_dates(warrant, one.next_date),
        amount_cents=_at_most(_owed(one), MOST_CENTS),
        review_months=_at_most(one.review_months, MOST_MONTHS),
        changes=changes,
        state=state,
        state_from=state_from,
        reading=None
        if reading is None
        else SecondReading(
            due=reading.due_at,
            read_at=reading.read_at,
            differs=reading.differences,
            settled_at=reading.settled_at,
        ),
    )  # fmt: skip


def _state(
    one: OrderInfo, warrant: WarrantPaper | None, fallen: set[int]
) -> tuple[OrderState, datetime | None]:
    """Whether it stands: the order itself, then what the records office did with its paper."""
    if one.state != "stands":
        return one.state, one.state_at  # type: ignore[return-value]
    if one.release_order_id in fallen:
        return "void", None
    return ("stands", None) if warrant is None else _state_of_warrant(warrant)


def _state_of_warrant(one: WarrantPaper) -> tuple[OrderState, datetime | None]:
    if one.state == "void" or one.end_kind == "void":
        return "void", None
    if one.ends_at is None:
        return ("void" if one.state == "returned" else "stands"), None
    if one.end_kind in BY_RELEASE:
        return "stands", None
    return "replaced" if one.end_kind in TAKEN_OVER else "set_aside", one.ends_at


def _new_dates(warrant: WarrantPaper | None, first: date | None) -> tuple[NewDate, ...]:
    """The dates that the court named later than on the order itself."""
    if warrant is None:
        return ()
    return tuple(
        NewDate(said_at=at, next_date=within(day))
        for place, (at, day) in enumerate(warrant.dates)
        if day is not None and (place > 0 or day != first)
    )


def _warrant(one: WarrantPaper, zone: str) -> Order:
    """`begins` where the paper holds only from a day after its own, or bears none."""
    began = one.starts_at.astimezone(ZoneInfo(zone)).date()
    first = one.dates[0][1] if one.dates else one.next_appearance
    state, state_from = _state_of_warrant(one)
    return Order(
        order_id=f"W{one.warrant_name_id}",
        kind=_kind_of_warrant(one.kind),
        court=one.body_code,
        court_kind=one.body_kind,
        dated=within(one.dated),
        received_at=one.received_at,
        begins=one.starts_at if one.dated is None or began > one.dated else None,
        until=within(one.until),
        next_date=within(first),
        new_dates=_new_dates(one, first),
        amount_cents=_at_most(one.amount_cents, MOST_CENTS),
        state=state,
        state_from=state_from,
    )


def _releases(
    one: ReleasePaper, names: Mapping[int, str], cases: Mapping[str, str], *, but: int | None = None
) -> Iterator[Order]:
    """One for each paper that it ends: an order changes one other. `but` is told already."""
    ended = [i for i in one.warrant_name_ids if i in names and names[i] != f"O{but}"]
    for place, name_id in enumerate(ended):
        number = f"R{one.release_order_id}"
        yield replace(
            _free(one),
            order_id=number if place == 0 else f"{number}.{place + 1}",
            case=cases[names[name_id]],
            changes=names[name_id],
        )


def _free(one: ReleasePaper) -> Order:
    """A release order by itself; what one is about that names no paper is for the proof to ask."""
    return Order(
        order_id=f"R{one.release_order_id}",
        kind=_kind_of_release(one.kind),
        court=one.body_code,
        court_kind=one.body_kind,
        dated=within(one.dated),
        received_at=one.received_at,
        begins=one.received_at,
        state="void" if one.fallen else "stands",
    )


def _after_releases(orders: Sequence[Order], zone: str) -> Iterator[Order]:
    """A paper of the day on which another set free, and that came after it, is not of that day's
    first hour: it begins when it came."""
    kinds = order_kinds()
    freed = [
        one.received_at
        for one in orders
        if (kind := kinds.get(one.kind)) and kind.effect is Effect.FREES and one.received_at
    ]
    where = ZoneInfo(zone)
    for one in orders:
        kind = kinds.get(one.kind)
        holds = kind is not None and kind.effect in (Effect.DETAINS, Effect.SENTENCE)
        came = one.received_at
        if (
            holds
            and one.begins is None
            and came is not None
            and any(at < came and at.astimezone(where).date() == one.dated for at in freed)
        ):
            yield replace(one, begins=came)
        else:
            yield one


def _sentence(
    one: SentenceInfo, dates: EachSentence | None, hand: dict[str, DatesOfOne]
) -> Sentence:
    known = None if dates is None else dates.dates.get(one.sentence_id)
    if known is not None and known.by_hand:
        hand[f"S{one.sentence_id}"] = known
        known = None
    follows = ""
    if one.link == "consecutive" and one.consecutive_to_id is not None:
        follows = f"S{one.consecutive_to_id}"
    return Sentence(
        sentence_id=f"S{one.sentence_id}",
        order_id=f"O{one.order_id}",
        full_term_end=within(known.full_term_end) if known else None,
        expiry=within(known.expiry) if known else None,
        release_date=within(known.opens_on) if known else None,
        final=not (known and known.provisional),
        endless=one.kind in ENDLESS,
        follows=follows,
        ended_at=one.ended_at,
        pronounced_on=within(one.pronounced_on),
        effective_from=within(one.effective_from),
        offence_on=within(one.offence_on),
        years=min(one.term.years, MOST_UNITS),
        months=min(one.term.months, MOST_UNITS),
        weeks=min(one.term.weeks, MOST_UNITS),
        days=min(one.term.days, MOST_UNITS),
        at_large_days=min(dates.at_large_days, MOST_UNITS) if dates else 0,
    )


def _payments(
    orders: Sequence[OrderInfo], dates: EachSentence | None, zone: str
) -> Iterator[Payment]:
    """A payment of which only the day is known was made by the end of it."""
    if dates is None:
        return
    of = {one.sentence_id: (one, order) for order in orders for one in order.sentences}
    for paid in dates.payments:
        if paid.sentence_id not in of:
            continue
        sentence, order = of[paid.sentence_id]
        whole = order.amount_cents or sentence.amount_cents
        amount = whole if paid.amount_cents is None else paid.amount_cents
        at = paid.recorded_at
        if paid.on is not None and at.astimezone(ZoneInfo(zone)).date() != paid.on:
            at = end_of(within(paid.on), zone) - timedelta(seconds=1)
        # All of it was paid, or so much of what nobody wrote down.
        yield Payment(
            order_id=f"O{order.order_id}",
            at=at,
            amount_cents=min(amount or 0, MOST_CENTS),
            in_full=paid.amount_cents is None,
        )


def _owed(one: OrderInfo) -> int | None:
    """What the order names, or its sentences together; None where neither says it."""
    of_sentences = [s.amount_cents for s in one.sentences if s.amount_cents is not None]
    if one.amount_cents is not None or not of_sentences:
        return one.amount_cents
    return sum(of_sentences)


def _paid_in_full(orders: Sequence[OrderInfo], payments: Sequence[Payment]) -> set[str]:
    owed = {f"O{one.order_id}": _owed(one) for one in orders}
    return {
        number
        for number, amount in owed.items()
        if amount and sum(p.amount_cents for p in payments if p.order_id == number) >= amount
    }


@overload
def within(day: date) -> date: ...
@overload
def within(day: None) -> None: ...
@overload
def within(day: date | None) -> date | None: ...
def within(day: date | None) -> date | None:
    """The day as far as a proof can count."""
    return None if day is None else min(max(day, FIRST_DAY), LAST_DAY)


def _at_most(number: int | None, most: int) -> int | None:
    return None if number is None else min(number, most)


def _until(day: date | None, most: date | None) -> date | None:
    return within(day) if day is None or most is None else min(within(day), most)
