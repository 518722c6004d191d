"""What to do before a day of release, and when. Pure.

Nothing here decides whether anybody leaves: that is the discharge check alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

OPENS = timedelta(days=14)
# When each agency is told before the hour of release: working practice of the service.
STAGES: Mapping[str, timedelta] = {
    "14d": timedelta(days=14), "24h": timedelta(hours=24), "1h": timedelta(hours=1),
}  # fmt: skip
ITEMS = ("other_warrants", "property", "travel", "licence")
HOW = ("telephone", "letter", "email", "in_person")

# Codes of what two officers' calculations disagree about; of one officer's that is earlier than
# the record; and of what nobody had settled when the day moved.
READINGS_DIFFER, RECORD_DIFFERS = "readings_differ", "record_differs"
EARLIER_THAN_RECORD, UNSETTLED_BEFORE = "earlier_than_record", "unsettled_before"

# Whom each notice is for, and how long before its time it may be given and still be that notice.
TOLD_FIRST = "police"
AGENCIES = ("police", "immigration", "court", "human_services", "parole", "other")
EARLY = {"14d": timedelta(days=7), "24h": timedelta(hours=24), "1h": timedelta(hours=3)}

# Lines of the discharge check about dates; like all its lines, they stop nobody.
DATE_ITEMS = ("date_provisional", "date_readings", "second_reading")


@dataclass(frozen=True, slots=True)
class DateDoubts:
    """What is to be looked at about the dates of somebody at the gate.

    `provisional`: the day rests on a rule that nobody has signed; `differ`: two officers made out
    different days and nobody has settled it; `unread`: how many orders wait for a second reading
    or for a difference in it to be settled; `not_blind`: how many were read again by somebody who
    had seen what was keyed.
    """

    provisional: bool = False
    differ: bool = False
    unread: int = 0
    not_blind: int = 0

    @property
    def items(self) -> dict[str, bool]:
        read = self.unread > 0 or self.not_blind > 0
        return dict(zip(DATE_ITEMS, (self.provisional, self.differ, read), strict=True))


NO_DOUBTS = DateDoubts()


@dataclass(frozen=True, slots=True)
class Due:
    """The day on which the gate opens, and what says so."""

    day: date
    source: str
    provisional: bool = False


def due(
    named: Iterable[Due | None],
    last_of_papers: date | None,
    *,
    as_of: date,
    ahead: timedelta = OPENS,
) -> Due | None:
    """What to prepare for: the earliest of the calculated day, the one on which a parole begins,
    and the last day of the papers.

    None where neither is known, or it is further ahead; a day that is past is due still.
    """
    paper = None if last_of_papers is None else Due(last_of_papers, "paper")
    known = [one for one in (*named, paper) if one is not None]
    if not known:
        return None
    found = min(known, key=lambda one: one.day)  # of the same day, the calculation speaks
    return found if (found.day - as_of) <= ahead else None


@dataclass(frozen=True, slots=True)
class Reading:
    release_on: date
    expires_on: date | None = None


def differences(readings: Sequence[Reading], due_on: date) -> tuple[str, ...]:
    """What two officers' blind calculations disagree about.

    Of one alone only that the person should go sooner than the record says: that can't wait for
    the second, who may come when the day is over.
    """
    if len(readings) == 1 and readings[0].release_on < due_on:
        return (EARLIER_THAN_RECORD,)
    if len(readings) < 2:
        return ()
    found = []
    if len({one.release_on for one in readings}) > 1 or _apart(readings):
        found.append(READINGS_DIFFER)
    if any(one.release_on != due_on for one in readings):
        found.append(RECORD_DIFFERS)
    return tuple(found)


def _apart(readings: Sequence[Reading]) -> bool:
    """An expiry that only one of them gave is no disagreement."""
    return len({one.expires_on for one in readings if one.expires_on is not None}) > 1


@dataclass(frozen=True, slots=True)
class Notice:
    """One time at which the police are to be told. `late`: it has come and they were not."""

    stage: str
    due_at: datetime
    told: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told: as which notice, of which kind of agency, when."""

    stage: str
    agency: str
    at: datetime


def notices(release_at: datetime, told: Iterable[Told], *, as_of: datetime) -> list[Notice]:
    """The three of them, the first first. What others were told, or much too early, is kept and
    stands for none of them."""
    given = [one for one in told if one.agency == TOLD_FIRST]
    found = []
    for stage, before in STAGES.items():
        at = release_at - before
        done = any(one.stage == stage and one.at >= at - EARLY[stage] for one in given)
        found.append(Notice(stage, at, done, not done and at <= as_of))
    return found


# The parts of a preparation that may still be owed: that anybody began, two officers' dates that
# agree or are settled, and the rest.
PARTS = ("start", "dates", "rest")
# How long before the day each part is due: working practice of the service.
PARTS_BY = {"start": timedelta(days=13), "dates": timedelta(days=7), "rest": timedelta(days=1)}


def owed(
    readings: Sequence[datetime],
    *,
    differs: bool,
    settled_at: datetime | None,
    things: Mapping[str, datetime],
    told: Iterable[Told],
) -> tuple[tuple[str, ...], datetime | None]:
    """What of a preparation is still to be done, and when the last of it was.

    `readings` are when officers worked the day out, `things` when each of ITEMS was seen to. The
    notices of the last day are no part of it: they come after everything else.
    """
    first = [one.at for one in told if one.agency == TOLD_FIRST]
    dates = len(readings) > 1 and not differs
    rest = len(things) == len(ITEMS) and bool(first)
    if dates and rest:
        done = [*readings, *things.values(), min(first), *([settled_at] if settled_at else [])]
        return (), max(done)
    begun = bool(readings or things or first)
    parts = [not begun, not dates, not rest]
    return tuple(part for part, is_owed in zip(PARTS, parts, strict=True) if is_owed), None
