"""The day on which somebody goes by calculation, and what it ends: of many people at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.authority.selectors import WarrantBrief
from pims.courts import selectors as courts
from pims.foundation.access.selectors import system_actor
from pims.kernel.periods import Period
from pims.release.rules.preparing import Due
from pims.sentences import selectors as sentences
from pims.sentences.selectors import ReleaseDates

# Why a paper ended before the day that it names.
SERVED = "sentence served, by calculation"
KNOWN = frozenset({"calculated", "by_hand"})


@dataclass(frozen=True, slots=True)
class Calculated:
    """`day` is when the gate opens by the stored calculation, or by hand where two officers stand
    for it; `warrant_name_ids` are the papers of the sentences that it is about."""

    day: date
    by_hand: bool
    provisional: bool
    warrant_name_ids: frozenset[int]

    @property
    def frees(self) -> bool:
        """Whether it is a ground to open the gate. A day that rests on a rule that nobody has
        signed is prepared for and never final by itself: two officers certify it by hand."""
        return self.by_hand or not self.provisional

    @property
    def due(self) -> Due:
        return Due(self.day, "by_hand" if self.by_hand else "calculation", self.provisional)


def calculated(
    person_ids: Collection[int], *, until: date | None = None, fresh: bool = True
) -> dict[int, Calculated]:
    """Person -> their day of release, of those who have one (by `until`): a few queries.

    What is being worked out anew is none: it is answered within moments.
    """
    system = system_actor()
    dates = sentences.release_dates(system, person_ids, fresh=fresh)
    days = {i: day for i, one in dates.items() if (day := opens_on(one)) is not None}
    if until is not None:
        days = {i: day for i, day in days.items() if day <= until}
    if not days:
        return {}
    orders = courts.orders(system, days)
    return {
        person_id: Calculated(
            day,
            dates[person_id].by_hand,
            dates[person_id].provisional,
            frozenset(
                one.warrant_name_id
                for one in orders.get(person_id, ())
                if one.effect == "sentence"
                and one.state == "stands"
                and one.warrant_name_id is not None
            ),
        )
        for person_id, day in days.items()
    }


def being_worked_out(person_ids: Collection[int]) -> set[int]:
    """Whose dates are being worked out anew: no day of theirs is to be acted on, nor dropped."""
    found = sentences.release_dates(system_actor(), person_ids)
    return {i for i, one in found.items() if one.outdated}


def opens_on(dates: ReleaseDates) -> date | None:
    """The first day on which nothing about the sentences holds the person."""
    if dates.status not in KNOWN or dates.outdated:
        return None
    first = dates.release_day or dates.edr
    # The full term is that of the court's words, before days at large: the expiry has them in it.
    days = (first, dates.ldr, dates.expiry or dates.full_term_end)
    return min((day for day in days if day is not None), default=None)


def as_calculated(
    papers: Iterable[WarrantBrief], found: Calculated | None, zone: ZoneInfo
) -> list[WarrantBrief]:
    """The papers with the last day that is calculated in the place of a later one, or of none."""
    if found is None or not found.frees:
        return list(papers)
    return [
        _ends_by(paper, found.day, zone)
        if paper.warrant_name_id in found.warrant_name_ids
        else paper
        for paper in papers
    ]


def _ends_by(paper: WarrantBrief, day: date, zone: ZoneInfo) -> WarrantBrief:
    if paper.detains is None or (paper.final_date is not None and paper.final_date <= day):
        return paper
    # Still in force until somebody opens the gate, so that a day that is past is due.
    end = paper.detains.end or datetime(9999, 12, 30, tzinfo=zone)
    return replace(paper, until=day, detains=Period(paper.detains.start, end))


def served_by(
    papers: Iterable[WarrantBrief], found: Calculated | None, *, today: date, at: datetime
) -> list[int]:
    """The papers in force whose sentences are over by the calculation, `today` or before."""
    if found is None or not found.frees or found.day > today:
        return []
    return [
        paper.warrant_name_id
        for paper in papers
        if paper.warrant_name_id in found.warrant_name_ids and paper.detains_at(at)
    ]
