"""What is amiss with time: dates that come, hearings, how long somebody waits for judgment."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pims.assurance.proof.days import day_of, end_of, months_after, start_of
from pims.assurance.proof.history import Order
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.lawful import Stretch, stretches
from pims.assurance.proof.look import Fault, Look
from pims.assurance.proof.made import made_at
from pims.assurance.proof.terms import last_days

PREPARED_AHEAD = timedelta(days=14)
WAITING = (24, 12, 6)
# A review at least this often of who is unfit to plead; fewer months where the order says so.
UNFIT_MONTHS = 6
_MOST_MONTHS = 1_200
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
        from_day = start_of(last_day - PREPARED_AHEAD, look.history.zone)
        if from_day <= look.as_of and not _prepared(look):
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


def _prepared(look: Look) -> bool:
    return any(
        one.opened_at <= look.as_of and (one.closed_at is None or one.closed_at > look.as_of)
        for one in look.history.preparations
    )


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
    allow, where that is known of all of them."""
    since = look.unsentenced_since
    if since is None:
        return
    for months in WAITING:
        if fault := _over(look, f"unsentenced_{months}_months", since, months):
            yield fault
            break
    waiting = [c for c in look.history.charges if c.state in ("open", "convicted")]
    longest = [c.longest_months for c in waiting if not c.life]
    if longest and len(longest) == len(waiting) and None not in longest:
        most = max(months for months in longest if months is not None)
        if fault := _over(look, "over_longest_term", since, most):
            yield fault
    likely = [c.likely_months for c in waiting]
    if likely and None not in likely:
        most = max(months for months in likely if months is not None)
        if fault := _over(look, "over_likely_sentence", since, most):
            yield fault


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
        months = order.review_months or UNFIT_MONTHS
        months = min(months, UNFIT_MONTHS if unfit else _MOST_MONTHS)
        last = max(
            (
                review.on
                for review in look.history.reviews
                if review.order_id in ("", order.order_id)
                and day_of(made, zone) <= review.on <= look.today
            ),
            default=day_of(made, zone),
        )
        due = months_after(last, months)
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


def _beyond_term(look: Look) -> Iterator[Fault]:
    """Dates that were stored, and that the term as pronounced does not bear out."""
    if look.inside_since is None:
        return
    terms = last_days(look.history)
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


CHECKS = (_coming, _hearings, _no_next_hearing, _waiting, _reviews, _unsigned, _beyond_term)
