"""What is amiss with time: dates that come, hearings, how long somebody waits for judgment."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from pims.assurance.proof.days import day_of, end_of, later, months_after, start_of
from pims.assurance.proof.history import Charge, Order, Sentence
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.lawful import Stretch, stretches
from pims.assurance.proof.look import Fault, Look
from pims.assurance.proof.made import made_at
from pims.assurance.proof.terms import days_at_large, full_term, last_days
from pims.jurisdictions.order_kinds import Effect
from pims.kernel.terms import review_day

PREPARED_AHEAD = timedelta(days=14)
# How long before the last day each part of a preparation is due, where the record says that it is
# still owed: that somebody began, that two officers agree on the day, and all the rest.
PREPARED_BY = {"start": timedelta(days=13), "dates": timedelta(days=7), "rest": timedelta(days=1)}
WAITING = (24, 12, 6)
# A review at least this often of who is unfit to plead; fewer months where the order says so, or,
# where it says nothing, the law.
UNFIT_MONTHS = 6
_MOST_MONTHS = 1_200
# Flaws of an order that already say that nobody knows the end of its sentence.
TELLS_OF_NO_DATE = frozenset({"sentence_without_date", "sentence_of_another"})
_ENDS_SENTENCE = frozenset({"release_date_passed", "full_term_passed", "provisional_date_passed"})
_UNFORESEEN = frozenset(
    {"order_expired", "emergency_expired", "remand_expired", "order_no_longer_stands"}
)


def _reference(kind: str) -> str:
    return fault_kinds()[kind].reference


def _coming(look: Look) -> Iterator[Fault]:
    """The end of what holds now, where nothing comes after it and nobody is ready for it."""
    if not look.relied_on:
        return
    horizon = look.as_of + max(look.ahead, PREPARED_AHEAD + timedelta(days=2))
    end = _first_unproven(look, horizon)
    if end is None:
        return
    last_day = day_of(end.begin - end.begin.resolution, look.history.zone)
    made = max(at for order in look.relied_on if (at := made_at(order, look.history.zone)))
    params: dict[str, object] = {"orders": list(end.order_ids), "day": last_day.isoformat()}
    if end.why in _ENDS_SENTENCE:
        from_day = _unprepared_from(last_day, look)
        if from_day is not None and from_day <= look.as_of:
            kind, since = "release_not_prepared", max(from_day, made)
            yield Fault(kind, since, None, end.order_ids, params, _reference(kind))
    elif end.why in _UNFORESEEN and end.begin - look.as_of <= look.ahead:
        since = max(end.begin - look.ahead, made)
        yield Fault("authority_ends_soon", since, None, end.order_ids, params)


def _first_unproven(look: Look, horizon: datetime) -> Stretch | None:
    for stretch in stretches(look.history, look.reaches, horizon):
        if stretch.end > look.as_of and not stretch.proven:
            return stretch if stretch.begin > look.as_of else None
    return None


def _unprepared_from(last_day: date, look: Look) -> datetime | None:
    """From when the release ought to have been further than it is; None where nothing is owed."""
    zone = look.history.zone
    under_way = [
        one
        for one in look.history.preparations
        if one.opened_at <= look.as_of and (one.closed_at is None or one.closed_at > look.as_of)
    ]
    if not under_way:
        return start_of(last_day - PREPARED_AHEAD, zone)
    if any(one.ready_at is not None and one.ready_at <= look.as_of for one in under_way):
        return None
    late = [
        min((start_of(last_day - PREPARED_BY[part], zone) for part in one.owed), default=None)
        for one in under_way
    ]
    known = [at for at in late if at is not None]
    return min(known) if len(known) == len(late) else None


def _hearings(look: Look) -> Iterator[Fault]:
    if look.inside_since is None:
        return
    received = day_of(look.inside_since, look.history.zone)
    for hearing in look.history.hearings:
        told = hearing.outcome and not (hearing.outcome_at and hearing.outcome_at > look.as_of)
        if hearing.cancelled or told or not received <= hearing.on < look.today:
            continue
        kind, params = "hearing_without_outcome", {"day": hearing.on.isoformat()}
        since = end_of(hearing.on, look.history.zone)
        yield Fault(
            kind, since, None, (), {**params, "hearing": hearing.hearing_id}, _reference(kind)
        )


def _no_next_hearing(look: Look) -> Iterator[Fault]:
    if look.unsentenced_since is None or not look.relied_on:
        return
    zone = look.history.zone
    if any(h.on >= look.today and not h.cancelled for h in look.history.hearings):
        return
    named = [day for order in look.relied_on for day in _dates_named(order)]
    if any(day >= look.today for day in named):
        return
    past = [h.on for h in look.history.hearings if not h.cancelled] + named
    since = max([look.unsentenced_since, *(end_of(day, zone) for day in past)])
    ids = tuple(order.order_id for order in look.relied_on)
    yield Fault("no_next_hearing", since, None, ids, {}, _reference("no_next_hearing"))


def _dates_named(order: Order) -> Iterator[date]:
    if order.next_date is not None:
        yield order.next_date
    for new in order.new_dates:
        yield new.next_date


def _waiting(look: Look) -> Iterator[Fault]:
    """How long without judgment: the longest of the terms that is reached, and what the charges
    allow of which the orders are that hold now, counted from when these, or the case, began to."""
    since = look.unsentenced_since
    if since is None:
        return
    longest_wait = next(
        (f for m in WAITING if (f := _over(look, f"unsentenced_{m}_months", since, m))), None
    )
    if longest_wait is not None:
        yield longest_wait
    waiting = _waiting_on(look)
    since = None if waiting is None else _held_since(look, waiting)
    if waiting is None or since is None or any(_unknown(one) for one in waiting):
        if longest_wait is not None and longest_wait.kind == "unsentenced_24_months":
            kind = "longest_term_unknown"
            params = {"day": longest_wait.params["day"]}
            yield Fault(kind, longest_wait.since, None, (), params, _reference(kind))
    elif not any(one.life for one in waiting):
        most = max(one.longest_months or 0 for one in waiting)
        if fault := _over(look, "over_longest_term", since, most):
            yield fault
    likely = [one.likely_months for one in waiting or ()]
    if since is not None and likely and None not in likely:
        most = max(months for months in likely if months is not None)
        if fault := _over(look, "over_likely_sentence", since, most):
            yield fault


def _unknown(charge: Charge) -> bool:
    return not charge.life and charge.longest_months is None


def _waiting_on(look: Look) -> Sequence[Charge] | None:
    """The charges for which somebody waits on the orders that hold now: those that they name, or
    those of their case; None where of some order nobody knows what it is for."""
    charges = {one.charge_id: one for one in look.history.charges}
    found: dict[str, Charge] = {}
    for order in look.relied_on:
        if look.status(order.order_id) != "unsentenced":
            return None
        if any(one not in charges for one in order.charges):
            return None
        own = [charges[one] for one in order.charges] or [
            one for one in charges.values() if order.case and one.case == order.case
        ]
        if not own:
            return None
        found |= {one.charge_id: one for one in own if one.state in ("open", "convicted")}
    return list(found.values()) or None


def _held_since(look: Look, waiting: Sequence[Charge]) -> datetime | None:
    """Since when, without a break, on these charges or in their cases."""
    ids, cases = {one.charge_id for one in waiting}, {one.case for one in waiting if one.case}
    since: datetime | None = None
    for stretch in reversed(look.stretches):
        if since is not None and stretch.end != since:
            break
        about = (look.orders[one] for one in stretch.order_ids)
        if not any(ids.intersection(o.charges) or o.case in cases for o in about):
            break
        since = stretch.begin
    return since


def _over(look: Look, kind: str, since: datetime, months: int) -> Fault | None:
    began = day_of(since, look.history.zone)
    reached = months_after(began, min(months, _MOST_MONTHS))
    if reached >= look.today:
        return None
    params: dict[str, object] = {"day": began.isoformat(), "months": months}
    return Fault(kind, end_of(reached, look.history.zone), None, (), params, _reference(kind))


def _reviews(look: Look) -> Iterator[Fault]:
    zone = look.history.zone
    for order in look.relied_on:
        unfit = look.status(order.order_id) == "unfit"
        if not unfit and order.review_months is None:
            continue
        made = made_at(order, zone)
        assert made is not None  # it is relied on
        # As the courts count: from the day on the paper, where it has one.
        since = order.dated or day_of(made, zone)
        months = order.review_months or look.law.counting.review_months(since) or UNFIT_MONTHS
        months = min(months, UNFIT_MONTHS if unfit else _MOST_MONTHS)
        last = max(
            (
                review.on
                for review in look.history.reviews
                if review.order_id in ("", order.order_id) and since <= review.on <= look.today
            ),
            default=since,
        )
        due = review_day(last, months, look.law.counting.month_rule(passed_on=since))
        if due < look.today:
            kind = "unfit_not_reviewed" if unfit else "review_overdue"
            params = {"orders": [order.order_id], "day": last.isoformat()}
            yield Fault(kind, end_of(due, zone), None, (order.order_id,), params, _reference(kind))


def _unsigned(look: Look) -> Iterator[Fault]:
    relied = {order.order_id: order for order in look.relied_on}
    for sentence in look.history.sentences:
        order = relied.get(sentence.order_id)
        if order is None or sentence.final or sentence.ended_at is not None:
            continue
        if sentence.release_date is None:
            continue
        made = made_at(order, look.history.zone)
        assert made is not None  # it is relied on
        kind = "date_from_unsigned_rule"
        params = {
            "orders": [order.order_id],
            "sentence": sentence.sentence_id,
            "day": sentence.release_date.isoformat(),
        }
        yield Fault(kind, made, None, (order.order_id,), params, _reference(kind))


def _not_calculable(look: Look) -> Iterator[Fault]:
    """Whoever decides is told at once: well before the day from which release could be argued."""
    refused = look.history.dates_refused
    if refused is None or look.inside_since is None or refused.since > look.as_of:
        return
    if any(reach.flaw in TELLS_OF_NO_DATE for reach in look.reaches):
        return
    since = max(refused.since, look.inside_since)
    day = refused.arguable_on or day_of(since, look.history.zone)
    kind = "dates_not_calculable"
    yield Fault(kind, since, None, (), {"day": day.isoformat()}, _reference(kind))


def _beyond_term(look: Look) -> Iterator[Fault]:
    """Dates that were stored, and that the term as pronounced does not bear out."""
    if look.inside_since is None:
        return
    terms = last_days(look.history, look.law.counting)
    for sentence in look.history.sentences:
        term, order = terms.get(sentence.sentence_id), look.orders.get(sentence.order_id)
        stored = sentence.expiry or sentence.full_term_end or sentence.release_date
        if term is None or order is None or stored is None or stored <= term:
            continue
        if order.state != "stands" or sentence.ended_at is not None:
            continue
        since = max(look.inside_since, made_at(order, look.history.zone) or look.inside_since)
        if since <= look.as_of:
            kind = "date_beyond_term"
            params = {
                "orders": [order.order_id],
                "sentence": sentence.sentence_id,
                "day": stored.isoformat(),
                "term_ends": term.isoformat(),
            }
            yield Fault(kind, since, None, (order.order_id,), params, _reference(kind))


def _paper_ends_first(look: Look) -> Iterator[Fault]:
    """The last day that the paper itself names, where the dates of its sentences go beyond it."""
    terms = last_days(look.history, look.law.counting)
    away = days_at_large(look.history)
    of_order: dict[str, list[Sentence]] = {}
    for sentence in look.history.sentences:
        of_order.setdefault(sentence.order_id, []).append(sentence)
    for order in look.relied_on:
        if order.until is None or look.law.effect(order.kind) is not Effect.SENTENCE:
            continue
        own = of_order.get(order.order_id, [])
        ids = {one.sentence_id for one in own}
        ends = [
            full_term(one, terms.get(one.sentence_id), away)
            for one in own
            if one.ended_at is None and (not one.follows or one.follows in ids)
        ]
        last = max((day for day in ends if day is not None), default=None)
        if last is not None and later(order.until, away) < last:
            kind = "paper_ends_before_term"
            made = made_at(order, look.history.zone)
            assert made is not None  # it is relied on
            assert look.inside_since is not None
            since = max(look.inside_since, made)
            params = {
                "orders": [order.order_id],
                "day": order.until.isoformat(),
                "term_ends": last.isoformat(),
            }
            yield Fault(kind, since, None, (order.order_id,), params, _reference(kind))


def _at_large(look: Look) -> Iterator[Fault]:
    """More days at large than any escape and return account for."""
    if look.inside_since is None or not look.history.sentences:
        return
    shown = days_at_large(look.history)
    held_on = {order.order_id for order in look.history.orders if order.state == "stands"}
    most = max(
        (one for one in look.history.sentences if one.order_id in held_on),
        key=lambda one: (one.at_large_days, one.sentence_id),
        default=None,
    )
    if most is not None and most.at_large_days > shown:
        kind = "at_large_not_shown"
        params = {
            "orders": [most.order_id],
            "sentence": most.sentence_id,
            "days": most.at_large_days,
            "shown": shown,
        }
        yield Fault(kind, look.inside_since, None, (most.order_id,), params, _reference(kind))


CHECKS = (
    _coming, _hearings, _no_next_hearing, _waiting, _reviews, _unsigned, _not_calculable,
    _beyond_term, _paper_ends_first, _at_large,
)  # fmt: skip
