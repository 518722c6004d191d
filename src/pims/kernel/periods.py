"""Half-open periods: they contain their start and not their end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` until, and not including, `end`; `end` of None is open.

    Raises ValueError where the end is not after the start.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def contains(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "Period") -> bool:
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )


def gaps(within: Period, covered: Iterable[Period]) -> list[Period]:
    """The parts of `within` that no period of `covered` reaches, in order."""
    missing: list[Period] = []
    reached = within.start
    for period in sorted(covered, key=lambda p: p.start):
        if within.end is not None and period.start >= within.end:
            break
        if period.start > reached:
            missing.append(Period(reached, period.start))
        if period.end is None:
            return missing
        reached = max(reached, period.end)
    if within.end is None or reached < within.end:
        missing.append(Period(reached, within.end))
    return missing
