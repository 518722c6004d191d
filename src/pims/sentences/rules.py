"""What may be decided about dates: who may certify which by hand, and who may countersign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from pims.kernel.decisions import Decision, Reason, allow, refuse
from pims.kernel.terms import MonthRule, last_day
from pims.sentences.engine.case import Case
from pims.sentences.engine.result import Calculation


@dataclass(frozen=True, slots=True)
class HandDates:
    """Dates that officers worked out by hand; None where there is no such date."""

    full_term_end: date | None = None
    sentence_expiry: date | None = None
    edr: date | None = None
    ldr: date | None = None
    ped: date | None = None
    next_review: date | None = None


def full_term(case: Case, found: Calculation) -> date | None:
    """The day after which nobody is held on these sentences, whatever they come to; None: no such
    day is known.

    Where they were worked out, their last day. Where not, the latest that any reading of them
    gives: all of them one after the other from the latest first day, no credit, and all days at
    large served after.
    """
    if any(one.is_endless for one in case.sentences):
        return None
    if found.status == "calculated":
        known = (found.dates.full_term_end, found.dates.sentence_expiry)
        return max((day for day in known if day is not None), default=None)
    try:
        end = max(one.first_day for one in case.sentences) - timedelta(days=1)
        for one in case.sentences:
            if one.term.is_negative or one.term.is_too_long:
                return None
            end = last_day(end + timedelta(days=1), one.term, MonthRule())
            # Months in another place of the calendar may have up to three days more.
            end += timedelta(days=3 if one.term.whole_months else 0)
        for a in case.adjustments:
            if a.kind == "unlawfully_at_large":
                ends = a.ends or case.as_of
                between = (ends - a.starts).days + 1 if a.starts and ends else 0
                end += timedelta(days=max(a.days or 0, between, 0))
        return end
    except (OverflowError, ValueError):
        return None


def wrong_dates(dates: HandDates, *, longest: date | None) -> Mapping[str, Reason]:
    """What cannot stand about dates worked out by hand, by field."""
    wrong: dict[str, Reason] = {}
    if dates.edr is None and dates.ped is None and dates.next_review is None:
        wrong["edr"] = Reason("sentences.hand_dates_missing")
    order = ("edr", "ldr", "sentence_expiry")
    for earlier, later in (*pairwise(order), ("edr", "sentence_expiry")):
        first, second = getattr(dates, earlier), getattr(dates, later)
        if first is not None and second is not None and second < first:
            wrong[later] = Reason("sentences.hand_dates_out_of_order", {"after": first})
    for name in (*order, "full_term_end"):
        day = getattr(dates, name)
        if longest is not None and day is not None and day > longest:
            wrong[name] = Reason("sentences.hand_date_past_full_term", {"full_term": longest})
    return wrong


def may_certify(*, found: Calculation) -> Decision:
    """By hand only what the engine refuses, or what rests on a rule that nobody signed."""
    if found.status == "calculated" and not found.provisional:
        return refuse(Reason("sentences.calculated_already"))
    return allow()


def may_countersign(
    *,
    certified_by_id: int,
    officer_id: int,
    same_facts: bool,
    longest: date | None,
    edr: date | None,
) -> Decision:
    """Another officer, and for the facts of which the dates were worked out."""
    if certified_by_id == officer_id:
        return refuse(Reason("sentences.second_is_first"))
    if not same_facts:
        return refuse(Reason("sentences.facts_changed"))
    if longest is not None and edr is not None and edr > longest:
        return refuse(Reason("sentences.hand_date_past_full_term", {"full_term": longest}))
    return allow()
