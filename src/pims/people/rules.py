"""Decisions about who somebody is, as pure functions. Dates are days in the prison's time zone."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pims.kernel.decisions import Decision, Reason, refuse_if_any
from pims.kernel.limits import OLDEST_ALIVE

ADULT_AT = 18
# How far an estimated birth may be off, in years either way.
ESTIMATE_OFF = 2

PRECISIONS = ("day", "month", "year", "estimated", "unknown")


@dataclass(frozen=True, slots=True)
class Birth:
    """A date of birth as given and what is certain of it: the first and the last possible day."""

    given: date | None = None
    precision: str = "unknown"
    earliest: date | None = None
    latest: date | None = None


def birth(given: date | None, precision: str) -> Birth:
    """What a birth date of that precision leaves possible.

    The parts that are not known are made 1 in what is kept as given. Raises ValueError for an
    unknown precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"not a precision: {precision!r}")
    if given is None or precision == "unknown":
        return Birth()
    if precision == "day":
        return Birth(given, precision, given, given)
    if precision == "month":
        first = given.replace(day=1)
        last = given.replace(day=monthrange(given.year, given.month)[1])
        return Birth(first, precision, first, last)
    off = ESTIMATE_OFF if precision == "estimated" else 0
    first_year, last_year = max(1, given.year - off), min(9999, given.year + off)
    return Birth(date(given.year, 1, 1), precision, date(first_year, 1, 1), date(last_year, 12, 31))


def faults_of_birth(
    given: date | None, precision: str, *, today: date, died_on: date | None = None
) -> dict[str, Reason]:
    """Field -> why it cannot be right: in the future, too long ago, after death."""
    if precision not in PRECISIONS:
        return {"birth_precision": Reason("people.unknown_precision", {"precision": precision})}
    if given is None:
        return {}
    possible = birth(given, precision)
    if possible.earliest is None:
        return {}
    if possible.earliest > today:
        return {"birth_date": Reason("people.born_in_future", {"date": given.isoformat()})}
    if given.year < today.year - OLDEST_ALIVE:
        return {"birth_date": Reason("people.born_too_long_ago", {"years": OLDEST_ALIVE})}
    if died_on is not None and possible.earliest > died_on:
        return {"birth_date": Reason("people.born_after_death", {"died_on": died_on.isoformat()})}
    return {}


def faults_of_death(died_on: date, *, today: date) -> dict[str, Reason]:
    """A death before the birth on record is a fact all the same: it is the birth that is wrong."""
    if died_on > today + timedelta(days=1):
        return {"died_on": Reason("people.died_in_future", {"date": died_on.isoformat()})}
    return {}


@dataclass(frozen=True, slots=True)
class AgeFacts:
    born_earliest: date | None
    born_latest: date | None
    disputed: bool = False
    decision: str = ""


def age(facts: AgeFacts, as_of: date) -> int | None:
    """Whole years that are certain: of the last day on which he or she may have been born."""
    if facts.born_latest is None:
        return None
    return max(0, whole_years(facts.born_latest, as_of))


def is_juvenile(facts: AgeFacts, as_of: date) -> bool:
    """Under 18, or not certainly over it while the age is disputed and nobody has decided.

    UN Rules for the Protection of Juveniles Deprived of their Liberty (Havana), rule 11 (a);
    in doubt a person is treated as a child. A decision for juvenile ends at a birthday that is
    certain.
    """
    if facts.decision == "adult":
        return False
    years = age(facts, as_of)
    if facts.decision == "juvenile":
        return years is None or years < ADULT_AT
    if facts.disputed:
        return True
    return years is not None and years < ADULT_AT


def whole_years(born: date, on: date) -> int:
    """Birthdays passed; who was born on 29 February is older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """`overlapping`: whether custody of the two ever covered the same instant."""

    same_person: bool
    into_is_merged: bool
    person_is_merged: bool
    either_erased: bool
    overlapping: bool


def may_merge(facts: MergeFacts) -> Decision:
    """Whether one record may be joined to the other. Nothing is moved, so it can be undone."""
    return refuse_if_any(_against_merge(facts))


def _against_merge(facts: MergeFacts) -> Iterable[Reason]:
    if facts.same_person:
        yield Reason("people.same_record")
    if facts.person_is_merged:
        yield Reason("people.already_merged")
    if facts.into_is_merged:
        yield Reason("people.merge_into_merged")
    if facts.either_erased:
        yield Reason("people.record_erased")
    if facts.overlapping:
        yield Reason("people.custody_overlaps", decided_by="people.merge")


@dataclass(frozen=True, slots=True)
class Identity:
    """What is compared when two records may be one person's."""

    name_score: float
    by_sound: bool
    birth: Birth
    sex: str
    documents: frozenset[tuple[str, str]] = frozenset()
    nationalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two records are, from 0 to 100, and why."""

    score: int
    reasons: tuple[str, ...]


# Noted for a decision from the first, shown to whoever types a new person from the second.
MATCH_FROM, SHOWN_FROM = 70, 55


def nearness(new: Identity, old: Identity) -> Nearness:
    """How probable it is that two records are one person's; `name_score` is read from `old`.

    A shared document decides almost alone; a name alone never does.
    """
    reasons: list[str] = []
    shared = new.documents & old.documents
    if shared:
        reasons.append("same_document")
    if old.name_score >= 0.995:
        reasons.append("same_name")
    elif old.by_sound:
        reasons.append("name_sounds_alike")
    elif old.name_score >= 0.75:
        reasons.append("name_is_near")
    score = 75 * old.name_score
    score += _of_birth(new.birth, old.birth, reasons)
    known = {"male", "female"}
    if new.sex in known and old.sex in known and new.sex != old.sex:
        score -= 25
        reasons.append("other_sex")
    if new.nationalities & old.nationalities - {"BZ"}:
        score += 4
        reasons.append("same_nationality")
    if shared:
        score = max(score, 60.0) + 35
    return Nearness(max(0, min(100, round(score))), tuple(reasons))


def _of_birth(new: Birth, old: Birth, reasons: list[str]) -> float:
    if new.earliest is None or old.earliest is None or new.latest is None or old.latest is None:
        return 0
    if new.precision == old.precision == "day":
        if new.given == old.given:
            reasons.append("same_birth_date")
            return 22
        if _transposed(new.earliest, old.earliest):
            reasons.append("birth_day_and_month_swapped")
            return 15
    off = max((old.earliest - new.latest).days, (new.earliest - old.latest).days, 0)
    if off == 0 or new.earliest.year == old.earliest.year:
        reasons.append("same_birth_year")
        return 12
    if off <= 366:
        reasons.append("birth_year_near")
        return 3
    reasons.append("other_birth")
    return -20 if off < 5 * 366 else -35


def _transposed(one: date, other: date) -> bool:
    return one.year == other.year and (one.month, one.day) == (other.day, other.month)


def consular_rule(answer: str, *, asked_in_writing: bool) -> Mapping[str, Reason]:
    """Whether the consulate may be told: only who wants it; who seeks asylum, only in writing.

    Vienna Convention on Consular Relations, article 36(1)(b); Mandela Rule 62 (2).
    """
    if answer == "wants":
        return {}
    if answer == "asylum" and asked_in_writing:
        return {}
    code = "people.asylum_needs_writing" if answer == "asylum" else "people.consulate_not_wanted"
    return {"consulate_told_at": Reason(code)}
