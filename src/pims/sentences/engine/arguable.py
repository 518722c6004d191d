"""The first day on which somebody could argue that a person is free: by then a person decides.

It is no date of release. It says how long the legal officer has for a case that the engine refuses
or remarks on.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from pims.jurisdictions.sentence_law import Law
from pims.kernel.terms import MonthRule, last_day
from pims.sentences.engine.case import CREDITS, Case, Finding, Sentence
from pims.sentences.engine.chains import ChainDates
from pims.sentences.engine.days import Account
from pims.sentences.engine.result import Dates

_MOST_CREDIT = 400_000


def arguable(
    person: Dates, chains: Sequence[ChainDates], account: Account, found: Sequence[Finding]
) -> date | None:
    """Of what was calculated: the release, had every day of credit counted for all that ran."""
    day = person.release_day
    if day is None:
        return person.ped or person.next_review
    if not account.credits:
        return day
    certified = sum(days for _credit, days in account.credits)
    beside = sum(
        cast(int, one.params["between"]) - cast(int, one.params["days"])
        for one in found
        if one.code == "sentences.fewer_days_than_dates" and one.params["kind"] in CREDITS
    )
    ends = []
    for one in chains:
        if (gate := one.dates.release_day) is not None:
            off = min(certified - one.credit + beside, _MOST_CREDIT)
            ends.append(min(gate, max(gate - timedelta(days=off), one.first)))
    return max(ends)


def arguable_of_refused(case: Case, law: Law, found: Sequence[Finding]) -> date | None:
    """The shortest reading of what was written: every sentence from its own first day, side by
    side, all credit and all remission taken from each, and none that is itself in doubt.

    None where no such day can be told.
    """
    doubted = {number for one in found if one.outcome != "remark" for number in one.sentences}
    certain = [s for s in case.sentences if s.number not in doubted]
    if any(s.is_endless for s in certain):
        return None
    ends = [_shortest(s, case, law) for s in certain or case.sentences if not s.is_endless]
    known = [day for day in ends if day is not None]
    if not known:
        return None
    return max(known) if certain else min(known)


def _shortest(sentence: Sentence, case: Case, law: Law) -> date | None:
    if sentence.term.is_negative or sentence.term.is_too_long:
        return None
    try:
        last = last_day(sentence.first_day, sentence.term, MonthRule("day_before_last"))
        days = (last - sentence.first_day).days + 1
        off = sum(max(a.days or _between(a.starts, a.ends), 0) for a in case.adjustments
                  if a.kind in CREDITS)  # fmt: skip
        shares = [v.remission.share.of(max(days, 0)) for v in law.versions if v.remission]
        off += max(shares, default=0)
        return max(sentence.first_day, last - timedelta(days=min(off, _MOST_CREDIT)))
    except OverflowError:
        return None


def _between(starts: date | None, ends: date | None) -> int:
    return 0 if starts is None or ends is None else (ends - starts).days + 1
