"""What the papers make of a person: legal status, and the days that none covers."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from pims.authority import rules
from pims.authority.models import Warrant, WarrantName
from pims.authority.rules import LegalStatus
from pims.authority.selectors.court_dates import next_appearances
from pims.authority.selectors.warrants import WarrantBrief, warrants_of
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.periods import Period
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class WarrantHistory:
    """The bars of a person's warrants, and the parts of custody that none covers.

    A gap that still goes on has no end.
    """

    bars: tuple[WarrantBrief, ...]
    gaps: tuple[Period, ...]


def legal_status(person_ids: Iterable[int], *, zone: str, as_of: AsOf) -> dict[int, LegalStatus]:
    """What each person counts as; a person without any paper is there too, as "none".

    Three queries; three more where somebody is held by nothing, to say since when.
    """
    ids = list(person_ids)

    def judged(among: list[int], *, ended_too: bool = False) -> dict[int, LegalStatus]:
        found = _facts_at(among, as_of, ended_too=ended_too)
        kinds = warrant_kinds()
        return {
            person_id: rules.legal_status(
                found.get(person_id, ()), kinds=kinds, zone=zone, as_of=as_of.valid_at
            )
            for person_id in among
        }

    found = judged(ids)
    uncovered = [i for i, status in found.items() if status.code == rules.NO_VALID_WARRANT]
    return found | judged(uncovered, ended_too=True) if uncovered else found


def counting_as(person_ids: Iterable[int], statuses: Collection[str], *, zone: str) -> set[int]:
    """Those who count as one of `statuses` (not "none") now, as `legal_status` says.

    Only whoever is named on a paper of such a kind is judged: few, where few of them are.
    """
    ids, now = set(person_ids), clock.now()
    joined = people.joined_records(ids)
    kinds = sorted(code for code, kind in warrant_kinds().items() if kind.legal_status in statuses)
    named = _named_on({*ids, *joined}, now, kinds=tuple(kinds))
    could = {joined.get(person_id, person_id) for person_id in named}
    judged = legal_status(could, zone=zone, as_of=AsOf(now))
    return {person_id for person_id, status in judged.items() if status.code in statuses}


@compiled
def _named_on(ids: Any, at: Any, *, kinds: tuple[str, ...]) -> QuerySet[Any, Any]:
    rows = WarrantName.objects.filter(any_of("person_id", ids), warrant__kind__in=kinds)
    held = rows.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
    return held.values_list("person_id", flat=True)


def _facts_at(
    ids: list[int], as_of: AsOf, *, ended_too: bool = False
) -> dict[int, list[rules.WarrantFacts]]:
    """The warrants that had begun and had not ended at T: nothing else says what one counts as.

    With `ended_too` those that had ended too, which say since when nothing covers. Three queries
    for the columns that the rule needs, because a roll asks for everyone at once.
    """
    at, known_at = as_of.valid_at, as_of.known_at
    joined = people.joined_records(ids, known_at=known_at)
    names = _names_begun({*ids, *joined}, at, known_at=known_at, ended_too=ended_too)
    warrant_ids = {name[1] for name in names}
    papers = {
        paper_id: (kind, state, tuple(defects))
        for paper_id, kind, state, defects in _papers(warrant_ids, known_at=known_at)
    }
    stood = next_appearances({name[0] for name in names}, as_of)
    found: dict[int, list[rules.WarrantFacts]] = defaultdict(list)
    for name_id, warrant_id, person_id, starts_at, until, next_appearance, ends_at in names:
        if warrant_id in papers:
            kind, state, defects = papers[warrant_id]
            found[joined.get(person_id, person_id)].append(
                rules.WarrantFacts(
                    name_id, warrant_id, person_id, kind, state, starts_at, until,
                    stood.get(name_id, next_appearance), ends_at, defects,
                )
            )  # fmt: skip
    return found


@compiled
def _names_begun(
    ids: Any, at: Any, *, known_at: datetime | None, ended_too: bool
) -> QuerySet[Any, Any]:
    return (
        as_known(WarrantName, known_at, among=any_of("person_id", ids))
        .filter(Q() if ended_too else Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
        .order_by("starts_at")
        .values_list(
            "id", "warrant_id", "person_id", "starts_at", "until", "next_appearance", "ends_at"
        )
    )


@compiled
def _papers(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(Warrant, known_at, among=any_of("id", ids)).values_list(
        "id", "kind", "state", "defects"
    )


def warrant_history(
    viewer: Actor,
    person_id: int,
    *,
    custody: Iterable[Period],
    establishment_id: int,
    as_of: AsOf | None = None,
) -> WarrantHistory:
    """The warrants as bars, and the gaps in the custody periods that the caller gives.

    Raises NotFound where the viewer may not see the person.
    """
    require_visible(viewer, "authority.view", person_id)
    zone = facilities.time_zone(establishment_id)
    bars = warrants_of([person_id], zone=zone, as_of=as_of).get(person_id, [])
    upto = clock.now() if as_of is None else as_of.valid_at
    missing = []
    for period in custody:
        if period.start >= upto:
            continue
        end = upto if period.end is None else min(period.end, upto)
        going_on = period.end is None or period.end > upto
        found = rules.uncovered(
            Period(period.start, end),
            [_facts(brief) for brief in bars],
            kinds=warrant_kinds(),
            zone=zone,
        )
        missing += [
            Period(gap.start, None) if going_on and gap.end == upto else gap for gap in found
        ]
    return WarrantHistory(tuple(bars), tuple(missing))


def _facts(brief: WarrantBrief) -> rules.WarrantFacts:
    return rules.WarrantFacts(
        warrant_name_id=brief.warrant_name_id,
        warrant_id=brief.warrant_id,
        person_id=brief.person_id,
        kind=brief.kind,
        state=brief.state,
        starts_at=brief.starts_at,
        until=brief.until,
        next_appearance=brief.next_appearance,
        ends_at=brief.ends_at,
        defects=brief.defects,
    )
