"""The first day on which somebody could argue that a person is free: by then a person decides.

It is no date of release. It says how long the legal officer has for a case that the engine refuses
or remarks on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from pims.jurisdictions.sentence_law import Law, LawVersion
from pims.kernel.terms import last_day
from pims.sentences.engine.allowed import release_day
from pims.sentences.engine.case import CREDITS, DEFAULTS, Adjustment, Case, Finding, Sentence
from pims.sentences.engine.chains import ChainDates, lay_out
from pims.sentences.engine.days import Account
from pims.sentences.engine.defaults import Clock, pay
from pims.sentences.engine.result import Dates
from pims.sentences.engine.working import Served, Working


def arguable(
    person: Dates,
    chains: Sequence[tuple[list[Served], ChainDates]],
    account: Account,
    working: Working,
) -> date | None:
    """Of what was calculated: the release, had every day of credit counted for all that ran."""
    day = person.release_day
    if day is None:
        return person.ped or person.next_review
    if not account.credits:
        return day
    credit = sum(days for _credit, days in account.credits) + sum(
        cast(int, one.params["between"]) - cast(int, one.params["days"])
        for one in working.findings
        if one.code == "sentences.fewer_days_than_dates" and one.params["kind"] in CREDITS
    )
    ends = []
    for chain, found in chains:
        if (gate := found.dates.release_day) is not None:
            if chain[-1].credit != credit:
                gate = min(gate, _gate_with(credit, chain, account, working))
            ends.append(gate)
    return max(ends)


def _gate_with(credit: int, chain: list[Served], account: Account, working: Working) -> date:
    """The day on which a chain's gate opens, had so many days counted for its first sentence."""
    whole = sum(one.whole for one in chain)  # with as many it is over on its first day
    given = replace(account.credits[0][0], applies_from=chain[0].sentence.pronounced_on)
    other = replace(account, credits=((given, min(credit, whole)),))
    alone = Working(working.case)
    gate = lay_out([replace(one) for one in chain], other, alone, []).dates.release_day
    assert gate is not None
    return gate


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
        return min(_under(version, sentence, case) for version in law.versions)
    except OverflowError:
        return None


def _under(version: LawVersion, sentence: Sentence, case: Case) -> date:
    """The day on which the gate opens for a sentence on its own, nobody ever at large."""
    first = sentence.first_day
    last = last_day(first, sentence.term, version.month_rule)
    whole = (last - first).days + 1
    served = Served(sentence, version, first, last, whole)
    if sentence.kind in DEFAULTS:
        pay(served, Clock(first, Account()), Working(case))
    off = sum(_most(a, case.as_of) for a in case.adjustments if a.kind in CREDITS)
    if version.remission is not None:
        off += version.remission.share.of(served.days)
    day = max(first, served.last - timedelta(days=min(off, whole)))
    return release_day(day, first, version)


def _most(credit: Adjustment, as_of: date | None) -> int:
    """The days of a certificate: its number or those of its dates, whichever is more."""
    ends = credit.ends or as_of
    between = 0 if credit.starts is None or ends is None else (ends - credit.starts).days + 1
    return max(credit.days or 0, between, 0)
