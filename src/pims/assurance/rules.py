"""What ought to be alarming at an instant, from the facts alone. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

EXPIRES_SOON = timedelta(days=3)
# Faults of the papers that are alarms by themselves.
STANDING = ("next_appearance_passed", "defect_undecided", "warrant_to_come")


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """One person on the books, as the alarms see them."""

    person_id: int
    episode_id: int
    establishment_id: int
    received_at: datetime
    admitted: bool
    admission_due_at: datetime
    legal_status: str
    status_faults: tuple[str, ...]
    valid_until: datetime | None = None
    lapsed_at: datetime | None = None
    next_appearance: date | None = None
    breach_placement_id: int | None = None
    breach_since: datetime | None = None
    escort_id: int | None = None
    escort_expected_back_at: datetime | None = None
    escort_not_returned_at: datetime | None = None
    escort_not_returned_because: str = ""
    at_large_since: datetime | None = None
    birth_doubt: str = ""
    birth_unknown: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """One open discharge case, or one discharge that awaits its second signature."""

    case_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    clock_started_at: datetime
    awaits_countersign: bool = False
    odd: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DueAlarm:
    """`key` names the thing; `since` is when it began to be so."""

    kind: str
    key: str
    since: datetime
    establishment_id: int | None
    person_id: int | None = None
    episode_id: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)


def custody_alarms(facts: CustodyFacts, *, as_of: datetime) -> list[DueAlarm]:
    """Every alarm that is due about one person on the books."""

    found = []
    if facts.at_large_since is not None:
        found.append(_due(facts, "at_large", facts.episode_id, facts.at_large_since))
    else:
        found += _authority_alarms(facts, as_of)
    if not facts.admitted and facts.admission_due_at <= as_of and facts.at_large_since is None:
        found.append(_due(facts, "admission_overdue", facts.episode_id, facts.admission_due_at))
    if facts.breach_placement_id is not None and facts.breach_since is not None:
        found.append(_due(facts, "placement_breach", facts.breach_placement_id, facts.breach_since))
    if facts.birth_doubt:
        since = facts.received_at
        found.append(_due(facts, "birth_in_doubt", facts.episode_id, since, why=facts.birth_doubt))
    if facts.birth_unknown and facts.admission_due_at <= as_of and facts.at_large_since is None:
        found.append(_due(facts, "birth_unknown", facts.episode_id, facts.admission_due_at))
    missing = facts.escort_not_returned_at
    if facts.escort_id is not None and missing is not None:
        because = facts.escort_not_returned_because
        found.append(_due(facts, "not_returned", facts.escort_id, missing, because=because))
    overdue = facts.escort_expected_back_at
    if facts.escort_id is not None and overdue is not None and overdue <= as_of:
        found.append(_due(facts, "escort_overdue", facts.escort_id, overdue))
    return found


def release_alarms(facts: ReleaseFacts, *, as_of: datetime) -> list[DueAlarm]:
    """Every alarm that is due about one discharge. A release order sounds at once.

    Where the clock is counted anew (a second order frees only now) it sounds anew, for reception
    first: what climbed before was about another hour.
    """
    kind = "countersign_missing" if facts.awaits_countersign else "freedom_overdue"
    if facts.clock_started_at > as_of:
        return []
    key = str(facts.case_id)
    if not facts.awaits_countersign:
        key = f"{key}@{facts.clock_started_at.astimezone(UTC):%Y%m%dT%H%M%S}"
    return [
        DueAlarm(
            kind,
            key,
            facts.clock_started_at,
            facts.establishment_id,
            facts.person_id,
            facts.episode_id,
            {"why": list(facts.odd)} if facts.odd else {},
        )
    ]


def due_alarms(
    custody: Iterable[CustodyFacts], releases: Iterable[ReleaseFacts], *, as_of: datetime
) -> dict[tuple[str, str], DueAlarm]:
    """All alarms due, by kind and key."""
    found = [a for facts in custody for a in custody_alarms(facts, as_of=as_of)]
    found += [a for release in releases for a in release_alarms(release, as_of=as_of)]
    return {(alarm.kind, alarm.key): alarm for alarm in found}


def _authority_alarms(facts: CustodyFacts, as_of: datetime) -> list[DueAlarm]:
    found = []
    if "no_valid_warrant" in facts.status_faults:
        found.append(
            _due(
                facts,
                "no_valid_warrant",
                facts.episode_id,
                max(facts.lapsed_at or facts.received_at, facts.received_at),
                expired="warrant_expired" in facts.status_faults,
            )
        )
    elif _expires_soon(facts, as_of):
        assert facts.valid_until is not None
        found.append(
            _due(
                facts,
                "warrant_expiring",
                facts.episode_id,
                facts.valid_until - EXPIRES_SOON,
                valid_until=facts.valid_until.isoformat(),
            )
        )
    standing = [c for c in STANDING if c in facts.status_faults]
    return found + [_due(facts, code, facts.episode_id, as_of) for code in standing]


def _expires_soon(facts: CustodyFacts, as_of: datetime) -> bool:
    """A court date or the end of a sentence is no surprise; any other end of a warrant is.

    `valid_until` carries the establishment's zone, so that its last day is the paper's.
    """
    if facts.legal_status == "convicted" or facts.valid_until is None:
        return False
    last_day = (facts.valid_until - timedelta(microseconds=1)).date()
    if facts.next_appearance is not None and last_day <= facts.next_appearance:
        return False
    return facts.valid_until - as_of <= EXPIRES_SOON


def _due(facts: CustodyFacts, kind: str, key: int, since: datetime, **params: object) -> DueAlarm:
    return DueAlarm(
        kind, str(key), since, facts.establishment_id, facts.person_id, facts.episode_id, params
    )
