"""Days held too long and days wrongly free: how many, and from what cause. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

CAUSES = (
    "term_arithmetic", "concurrent_consecutive", "credit", "further_warrant_missed",
    "order_not_seen", "order_late", "identity", "paper_late", "other",
)  # fmt: skip


def days_of(kind: str, began_on: date, ended_on: date | None, *, as_of: date) -> int:
    """How many days it lasted or has lasted so far.

    Held too long: the nights after the day on which the gate should have opened. Freed wrongly:
    the days out, of which one that began counts.
    """
    days = max(((ended_on or as_of) - began_on).days, 0)
    return days if kind == "over_detention" else max(days, 1)


@dataclass(frozen=True, slots=True)
class Total:
    kind: str
    cases: int
    days: int


def totals(lines: Iterable[tuple[str, int]]) -> list[Total]:
    """Of lines as (kind, days): how many of each kind, and their days together."""
    found = {"wrongful_release": [0, 0], "over_detention": [0, 0]}
    for kind, days in lines:
        found[kind][0] += 1
        found[kind][1] += days
    return [Total(kind, cases, days) for kind, (cases, days) in found.items()]
