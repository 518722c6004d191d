"""From terms to dates: pure, deterministic, and silent about what it does not know.

The order is that of the papers: where each sentence begins and ends; the credit that counts for
it; days at large while it ran; then what the law takes off or allows. Sentences that follow one
another are one chain; chains run side by side, and the person's date is the latest of them.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from pims.jurisdictions.sentence_law import Law
from pims.sentences.engine.arguable import arguable, arguable_of_refused
from pims.sentences.engine.case import Case, Finding
from pims.sentences.engine.chains import ChainDates, chains, days_claimed, lay_out
from pims.sentences.engine.checks import findings
from pims.sentences.engine.days import Account, account
from pims.sentences.engine.defaults import Clock
from pims.sentences.engine.endless import endless
from pims.sentences.engine.governing import governing
from pims.sentences.engine.person import person_dates
from pims.sentences.engine.result import Calculation, Dates, SentenceDates, Status
from pims.sentences.engine.working import Served, Working

_WORST_FIRST: tuple[Status, ...] = ("invalid", "unsupported", "needs_person")


def calculate(case: Case, law: Law, *, signed: frozenset[str] = frozenset()) -> Calculation:
    """The dates of a case under a law, or what keeps them from being worked out. Never raises.

    `signed` are the codes of the rules that have been signed: dates that rest on any other, save
    plain arithmetic, are provisional.
    """
    working = Working(case, findings(case))
    if stops(working.findings):
        return _refused(working, law)
    versions = governing(case, law, working.findings)
    if stops(working.findings):
        return _refused(working, law)
    try:
        days = account(case)
        found = chains(case, versions)
        for version in versions:
            rule = version.rules["governs"]
            working.rules[rule.code] = rule
        return _worked_out(working, law, found, days, signed)
    except OverflowError:
        working.find("invalid", "beyond_the_calendar")
        return _refused(working, law)


def stops(found: Iterable[Finding]) -> bool:
    return any(one.outcome != "remark" for one in found)


def _worked_out(
    working: Working,
    law: Law,
    found: list[list[Served]],
    days: Account,
    signed: frozenset[str],
) -> Calculation:
    case = working.case
    answers: list[SentenceDates] = []
    served = [(chain, _chain(chain, days, working, answers)) for chain in found]
    if case.adjustments:
        _remarks_on_days(working, served, days)
    if stops(working.findings):
        return _refused(working, law)
    person = person_dates([dates for _, dates in served], working)
    earliest = arguable(person, served, days, working)
    if len(served) > 1 and earliest and person.release_day and earliest < person.release_day:
        working.find(
            "remark", "credit_counts_for_one", release_day=person.release_day, earliest=earliest
        )
    order = {s.number: n for n, s in enumerate(case.sentences)}
    answers.sort(key=lambda one: order[one.number])
    rules = tuple(working.rules.values())
    return Calculation(
        case_id=case.case_id,
        law=law.code,
        status="calculated",
        dates=person,
        sentences=tuple(answers),
        findings=tuple(working.findings),
        steps=tuple(working.steps),
        versions=tuple(dict.fromkeys(one.version.version for chain in found for one in chain)),
        rules=rules,
        provisional=tuple([r.code for r in rules if not r.is_arithmetic and r.code not in signed]),
        earliest_arguable=earliest,
    )


def _chain(
    chain: list[Served], days: Account, working: Working, answers: list[SentenceDates]
) -> ChainDates:
    if chain[0].sentence.is_endless:
        return endless(chain[0], days, working, answers)
    return lay_out(chain, days, working, answers)


def _refused(working: Working, law: Law) -> Calculation:
    outcomes = {one.outcome for one in working.findings}
    return Calculation(
        case_id=working.case.case_id,
        law=law.code,
        status=next(one for one in _WORST_FIRST if one in outcomes),
        dates=Dates(),
        findings=tuple(working.findings),
        earliest_arguable=arguable_of_refused(working.case, law, working.findings),
    )


def _remarks_on_days(
    working: Working, served: list[tuple[list[Served], ChainDates]], days: Account
) -> None:
    """Days that were certified and count for nothing, or that lie where they should not."""
    claimed: set[date] = set()
    for chain, _dates in served:
        for one in chain:
            claimed |= days_claimed(one.sentence)
    for credit, counted in days.credits:
        if credit.applies_from not in claimed:
            working.find(
                "remark", "credit_unclaimed", kind=credit.kind, days=counted,
                applies_from=credit.applies_from,
            )  # fmt: skip
        if credit.starts is None or credit.ends is None:
            continue
        for chain, dates in served:
            until = dates.dates.sentence_expiry or date.max
            if credit.starts <= until and dates.first <= credit.ends:
                number = chain[0].sentence.number
                working.find(
                    "remark", "credit_while_serving", number, sentence=number, kind=credit.kind,
                    start=max(credit.starts, dates.first), end=min(credit.ends, until),
                )  # fmt: skip
    for absence in days.absences:
        for chain, dates in served:
            if absence.began < dates.first <= absence.ends:
                number = chain[0].sentence.number
                working.find(
                    "needs_person", "at_large_when_it_began", number, sentence=number,
                    start=absence.began, end=absence.ends, first_day=dates.first,
                )  # fmt: skip


def laid_out(case: Case, law: Law) -> Iterator[tuple[Served, Clock]]:
    """Each sentence with an end as its chain has it, and the clock of the chain; nothing where the
    case can't be worked out."""
    working = Working(case, findings(case))
    versions = [] if stops(working.findings) else governing(case, law, working.findings)
    if stops(working.findings):
        return
    try:
        days = account(case)
        found = [one for one in chains(case, versions) if not one[0].sentence.is_endless]
        for chain in found:
            lay_out(chain, days, working, [])
    except OverflowError:
        return
    if stops(working.findings):
        return
    for chain in found:
        clock = Clock(chain[0].first, days)
        for served in chain:
            yield served, clock
