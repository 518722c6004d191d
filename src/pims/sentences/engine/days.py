"""The days of a case that count for or against the prisoner, and when so many have been served.

Everything here is about one chain: sentences that follow one another are served as one stretch.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pims.sentences.engine.case import CREDITS, Adjustment, Case

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absence:
    """Days at large, from the one on which they began; `ends` is the last of them."""

    began: date
    days: int
    adjustment: Adjustment

    @property
    def ends(self) -> date:
        return self.adjustment.ends or self.began + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Account:
    """Credits by the day for which they count, absences by the day on which they began, and
    remission forfeited and restored, each with its days."""

    credits: tuple[tuple[Adjustment, int], ...] = ()
    absences: tuple[Absence, ...] = ()
    awards: tuple[tuple[Adjustment, int], ...] = ()

    def claimed(self, days_of_sentence: Iterable[date]) -> list[tuple[Adjustment, int]]:
        """Credits certified for what was passed, or took effect, on one of these days."""
        wanted = set(days_of_sentence)
        return [one for one in self.credits if one[0].applies_from in wanted]

    def awarded(self, kind: str, first: date, last: date) -> int:
        """Days of a kind of award that were given in that time; an undated one always counts."""
        total = 0
        for award, days in self.awards:
            if award.kind == kind:
                when = award.applies_from or award.starts
                if when is None or first <= when <= last:
                    total += days
        return total

    def at_large(self, first: date, served: date) -> list[Absence]:
        """The absences that put off the day on which something is served.

        `served` is that day had nobody been at large. One counts that began from `first` on, no
        later than the day as earlier absences have put it off.
        """
        if not self.absences:
            return []
        counted = []
        for absence in self.absences:
            if first <= absence.began <= served:
                counted.append(absence)
                served += timedelta(days=absence.days)
        return counted

    def served_on(self, first: date, served: date) -> date:
        """The day on which what would be served on `served` is, absences apart."""
        away = self.at_large(first, served)
        return served + timedelta(days=sum(one.days for one in away)) if away else served


def account(case: Case) -> Account:
    credit, absences, awards = [], [], []
    for a in case.adjustments:
        if a.kind in CREDITS:
            credit.append((a, _days(a, case.as_of)))
        elif a.kind == "unlawfully_at_large":
            began = a.starts or a.applies_from
            assert began is not None
            if days := _days(a, case.as_of):
                absences.append(Absence(began, days, a))
        elif a.kind in ("additional_days", "restored_days"):
            awards.append((a, _days(a, case.as_of)))
    absences.sort(key=lambda one: one.began)
    return Account(tuple(credit), tuple(absences), tuple(awards))


def _days(adjustment: Adjustment, as_of: date | None) -> int:
    """As certified where a number is given; else the days between the two, both counted."""
    if adjustment.days is not None:
        return adjustment.days
    ends = adjustment.ends or as_of
    assert adjustment.starts is not None
    assert ends is not None
    return (ends - adjustment.starts).days + 1
