"""What the papers make of a person at an instant: legal status, faults, gaps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pims.jurisdictions.warrant_kinds import WarrantKind
from pims.kernel.periods import Period, gaps

NO_VALID_WARRANT = "none"

OUT_OF_ORDER = "dates_out_of_order"
CONTRADICTS = "appearance_after_end"
# Nobody has seen the paper yet: what it orders was told at the hand-over.
AWAITED = "paper_to_come"

# Those that the entered dates and bodies show, so that a correction takes them away again.
READ_OFF = frozenset(
    {
        "no_date", "no_next_appearance", "no_end", "no_review_date", "no_amount",
        "body_cannot_issue", "date_passed", "date_in_the_future", OUT_OF_ORDER, CONTRADICTS,
        "date_before_birth", AWAITED,
    }
)  # fmt: skip

# Those that leave in doubt when the paper ends: its dates contradict each other or what is known,
# or the day that would end it cannot be read or is not there. One that was over when it came says
# so in plain words (*date passed*): it is shown, and holds nobody.
END_IN_DOUBT = frozenset(
    {
        OUT_OF_ORDER, CONTRADICTS, "date_before_birth", "impossible_date", "illegible", "no_end",
        "no_next_appearance",
    }
)  # fmt: skip

# Defects that a reader can mark; what each means is worded in `authority/wording.py`.
DEFECTS = (
    AWAITED,
    "no_signature",
    "no_seal",
    "no_date",
    "wrong_name",
    "wrong_person",
    "no_next_appearance",
    "no_end",
    "no_review_date",
    "no_amount",
    "body_cannot_issue",
    "date_passed",
    "date_in_the_future",
    OUT_OF_ORDER,
    CONTRADICTS,
    "date_before_birth",
    "impossible_date",
    "illegible",
    "no_offence",
    "other",
)


@dataclass(frozen=True, slots=True)
class WarrantFacts:
    """One person's name on one warrant, as the decision sees it."""

    warrant_name_id: int
    warrant_id: int
    person_id: int
    kind: str
    state: str
    starts_at: datetime
    until: date | None
    next_appearance: date | None
    ends_at: datetime | None
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalStatus:
    """`code` is a status of the jurisdiction, or "none"; `faults` are codes, worst first.

    `detaining` are ids of the warrant names in force; `next_appearance` the earliest of theirs
    still to come, else the last that passed;
    `valid_until` the last instant (exclusive) to which any of them reaches, None if open;
    `lapsed_at`, with nothing in force, is when the last paper ceased to detain.
    """

    code: str
    detaining: tuple[int, ...] = ()
    next_appearance: date | None = None
    valid_until: datetime | None = None
    lapsed_at: datetime | None = None
    faults: tuple[str, ...] = ()


def end_as_written(facts: WarrantFacts, kind: WarrantKind, zone: str) -> datetime | None:
    """The first instant at which the paper, by its own words, no longer detains.

    `until` and, for a kind that needs one, the next appearance are inclusive dates: the paper
    reaches to the end of that day in the establishment's zone. None where it names no end.

    A court that names a later date extends the paper. A paper that itself names a next appearance
    after its own last day contradicts itself: it reaches to the earlier day, because a mistake
    lengthens nobody's custody. A day before the paper begins bounds nothing while it names
    another; where it names none other, its end cannot be read: until somebody decides on it the
    paper holds for no time at all (see `may_detain`), and where the officer in charge acts on it,
    it holds until the court has put it right.
    """
    days = [facts.until]
    if "next_appearance" in kind.needs:
        days.append(facts.next_appearance)
    named = [day for day in days if day is not None]
    if not named:
        return None
    sound = named
    # A day further on needs no zone to be known as one: this is asked of everyone on a roll.
    if min(named) <= facts.starts_at.date() + timedelta(days=1):
        begins = facts.starts_at.astimezone(ZoneInfo(zone)).date()
        sound = [day for day in named if day >= begins]
        if not sound and facts.state == "acted_on" and OUT_OF_ORDER in facts.defects:
            return None
        sound = sound or named
    last = min(sound) if CONTRADICTS in facts.defects else max(sound)
    return datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone))


def detains_during(facts: WarrantFacts, kind: WarrantKind, zone: str) -> Period | None:
    """When the paper detains, or None where it is void or never did.

    A defective warrant that nobody has decided on still holds for as long as its dates say: the
    fact comes before the remedy. One that was returned held until then: a decision of today does
    not change whom it held yesterday.
    """
    if facts.state == "void" or (facts.state == "returned" and facts.ends_at is None):
        return None
    ends = [e for e in (facts.ends_at, end_as_written(facts, kind, zone)) if e is not None]
    end = min(ends) if ends else None
    if end is not None and end <= facts.starts_at:
        return None
    return Period(facts.starts_at, end)


def ran_out(facts: WarrantFacts, kind: WarrantKind, zone: str, at: datetime) -> bool:
    """Whether the paper by its own words has no more to say of a person who leaves at `at`.

    Its end had come, or its last day is the day of `at`: it was served. One that waits for a
    court date, and one whose end is in doubt and undecided, has not run out.
    """
    still_open = replace(facts, ends_at=None)
    end = end_as_written(still_open, kind, zone)
    if end is None or end_in_doubt(still_open):
        return False
    appears = facts.next_appearance if "next_appearance" in kind.needs else None
    waits = appears is not None and (facts.until is None or appears >= facts.until)
    served = facts.until is not None and facts.until <= at.astimezone(ZoneInfo(zone)).date()
    return end <= at or (served and not waits)


def may_detain(facts: WarrantFacts, kind: WarrantKind, zone: str, as_of: datetime) -> bool:
    """Whether the paper detains nobody at `as_of` only by dates that cannot be trusted.

    It stands recorded and nobody has decided what it is worth: read otherwise it may well detain,
    so that whoever opens a gate, and whoever answers for the person, must know of it.
    """
    if not end_in_doubt(facts):
        return False
    period = detains_during(facts, kind, zone)
    return period is None or not period.contains(as_of)


def end_in_doubt(facts: WarrantFacts) -> bool:
    """Whether the paper stands undecided with a defect that leaves open when it ends."""
    open_ = facts.state == "as_received" and facts.ends_at is None
    return open_ and not END_IN_DOUBT.isdisjoint(facts.defects)


def legal_status(
    warrants: Iterable[WarrantFacts],
    *,
    kinds: Mapping[str, WarrantKind],
    zone: str,
    as_of: datetime,
) -> LegalStatus:
    """What the person counts as at `as_of`, and what is wrong with the papers."""
    in_force: list[tuple[WarrantFacts, Period]] = []
    expired = appearance_passed = in_doubt = False
    lapsed_at: datetime | None = None
    today = as_of.astimezone(ZoneInfo(zone)).date()
    for facts in warrants:
        period = detains_during(facts, kinds[facts.kind], zone)
        in_doubt |= may_detain(facts, kinds[facts.kind], zone, as_of)
        if period is None or period.start > as_of:
            in_doubt |= period is None and _undecided(facts)
            continue
        if period.contains(as_of):
            in_force.append((facts, period))
            appearance_passed |= facts.next_appearance is not None and facts.next_appearance < today
            continue
        if period.end is not None and (lapsed_at is None or period.end > lapsed_at):
            lapsed_at = period.end
        if facts.ends_at is None:
            expired = True
            appearance_passed |= facts.next_appearance is not None and facts.next_appearance < today
    in_force.sort(key=lambda pair: (kinds[pair[0].kind].precedence, pair[0].starts_at))
    faults = _faults(
        in_force,
        expired=expired,
        appearance_passed=appearance_passed,
        undecided=in_doubt or any(_undecided(facts) for facts, _ in in_force),
    )
    if not in_force:
        return LegalStatus(NO_VALID_WARRANT, lapsed_at=lapsed_at, faults=faults)
    appearances = [f.next_appearance for f, _ in in_force if f.next_appearance is not None]
    to_come = [day for day in appearances if day >= today]
    ends = [period.end for _, period in in_force]
    return LegalStatus(
        code=kinds[in_force[0][0].kind].legal_status,
        detaining=tuple(f.warrant_name_id for f, _ in in_force),
        next_appearance=min(to_come, default=max(appearances, default=None)),
        valid_until=None if None in ends else max(e for e in ends if e is not None),
        faults=faults,
    )


def _faults(
    in_force: Sequence[tuple[WarrantFacts, Period]],
    *,
    expired: bool,
    appearance_passed: bool,
    undecided: bool,
) -> tuple[str, ...]:
    found = []
    if not in_force:
        found.append("no_valid_warrant")
        if expired:
            found.append("warrant_expired")
    if appearance_passed:
        found.append("next_appearance_passed")
    if undecided:
        found.append("defect_undecided")
    if any(AWAITED in facts.defects for facts, _ in in_force):
        found.append("warrant_to_come")
    return tuple(found)


def _undecided(facts: WarrantFacts) -> bool:
    """Whether somebody has yet to decide on it; nobody can on a paper that has not come."""
    open_ = facts.state == "as_received" and facts.ends_at is None
    return open_ and bool(facts.defects) and AWAITED not in facts.defects


def uncovered(
    custody: Period,
    warrants: Iterable[WarrantFacts],
    *,
    kinds: Mapping[str, WarrantKind],
    zone: str,
) -> list[Period]:
    """The parts of a custody period that no warrant covers, in order."""
    periods = (detains_during(facts, kinds[facts.kind], zone) for facts in warrants)
    return gaps(custody, [p for p in periods if p is not None])


def defects_read_off(
    *,
    kind: WarrantKind,
    body_kind: str,
    dated: date | None,
    until: date | None,
    next_appearance: date | None,
    amount_cents: int | None,
    received_on: date,
    begins_on: date,
    born: date | None = None,
) -> tuple[str, ...]:
    """The defects that the entered dates and bodies show by themselves.

    `begins_on` is the day from which the paper detains, `born` the earliest day on which whom it
    names can have been born.
    """
    found = []
    if dated is None:
        found.append("no_date")
    elif dated > received_on:
        found.append("date_in_the_future")
    if body_kind not in kind.bodies:
        found.append("body_cannot_issue")
    if "until" in kind.needs and until is None:
        found.append("no_end")
    if "next_appearance" in kind.needs and next_appearance is None:
        found.append("no_next_appearance")
    if "review" in kind.needs and next_appearance is None:
        found.append("no_review_date")
    if "amount" in kind.needs and amount_cents is None:
        found.append("no_amount")
    if any(day is not None and day < received_on for day in (until, next_appearance)):
        found.append("date_passed")
    if any(day is not None and day < begins_on for day in (until, next_appearance)):
        found.append(OUT_OF_ORDER)
    # A review is no end: it may well fall after the shortest term that the court set.
    ends = until if "review" not in kind.needs else None
    if ends is not None and next_appearance is not None and next_appearance > ends:
        found.append(CONTRADICTS)
    written = (dated, begins_on, until, next_appearance)
    if born is not None and any(day is not None and day < born for day in written):
        found.append("date_before_birth")
    return tuple(found)
