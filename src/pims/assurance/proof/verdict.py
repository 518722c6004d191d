"""Of one person: how many days in custody are proven, how many are not, and what is amiss."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.assurance.proof.days import day_of
from pims.assurance.proof.faults import AHEAD, Fault, Look, faults_of
from pims.assurance.proof.history import History
from pims.assurance.proof.law import Law
from pims.assurance.proof.lawful import Stretch


@dataclass(frozen=True, slots=True)
class Verdict:
    """`days` are calendar days with any time in custody, the first and the last included;
    `unproven` are those of them with any time that is not proven. `inside_since` is since when the
    person is inside without a break, None where they are not."""

    person_id: str
    days: int
    unproven: int
    stretches: tuple[Stretch, ...]
    faults: tuple[Fault, ...]
    inside_since: datetime | None = None

    @property
    def proven(self) -> int:
        return self.days - self.unproven


def judge(history: History, law: Law, as_of: datetime, ahead: timedelta = AHEAD) -> Verdict:
    look = Look(history, law, as_of, ahead)
    return Verdict(
        history.person_id,
        _days(((s.begin, s.end) for s in look.stretches), history.zone),
        _days(((s.begin, s.end) for s in look.stretches if not s.proven), history.zone),
        tuple(look.stretches),
        tuple(faults_of(look)),
        look.inside_since,
    )


def _days(times: Iterable[tuple[datetime, datetime]], zone: str) -> int:
    """Calendar days that the times touch, each counted once; the times are in order."""
    count, reached = 0, 0
    for begin, end in times:
        first = max(day_of(begin, zone).toordinal(), reached + 1)
        last = day_of(end - end.resolution, zone).toordinal()
        count += max(0, last - first + 1)
        reached = max(reached, last)
    return count
