"""The simulated prison as it stands at some moment of the plan, for whoever carries it on."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pims.demo.inmates import Inmate, moment
from pims.demo.judgments import sitting
from pims.demo.officers import Officers
from pims.demo.places import PlaceKeeper
from pims.demo.plan import Plan

Report = Callable[[str], None]


def _by_day() -> dict[date, list[Inmate]]:
    return defaultdict(list)


@dataclass(slots=True)
class State:
    """One establishment: who is inside, and what is due on which day."""

    plan: Plan
    officers: Officers
    establishment_id: int
    zone: ZoneInfo
    report: Report
    rng: Random
    inside: dict[int, Inmate] = field(default_factory=dict)
    hearings: dict[date, list[Inmate]] = field(default_factory=_by_day)
    leaving: dict[date, list[Inmate]] = field(default_factory=_by_day)
    unread: dict[date, list[Inmate]] = field(default_factory=_by_day)
    forfeits: dict[date, list[Inmate]] = field(default_factory=_by_day)
    bodies: dict[str, int] = field(default_factory=dict)
    body_names: dict[str, str] = field(default_factory=dict)
    places: PlaceKeeper = field(default_factory=PlaceKeeper)
    serial: int = 0
    share: tuple[int, int] = (0, 1)

    def open_day(self, court: str) -> date:
        """A day of that court after the last one of the plan."""
        return sitting(court, self.plan.end + timedelta(days=self.rng.randint(1, 60)))

    def free_place(self, inmate: Inmate) -> None:
        if inmate.place_id is not None and inmate.place_id in self.places.cell_of:
            self.places.leave(inmate.place_id)
        inmate.place_id = None

    def instant(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone)

    @contextmanager
    def at(self, day: date, hour: int, minute: int) -> Iterator[None]:
        """Within the block it is that moment, for the services and for the database."""
        with moment(self.instant(day, hour, minute)):
            yield
