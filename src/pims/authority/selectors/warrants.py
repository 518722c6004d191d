"""The papers: one person's name on each, and when it detains."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from pims.authority import rules
from pims.authority.models import Body, Warrant, WarrantName
from pims.authority.selectors.court_dates import next_appearances
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.kernel.periods import Period
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class WarrantBrief:
    """One person's name on one paper. `detains` is when it detains, None where it does not."""

    warrant_name_id: int
    warrant_id: int
    person_id: int
    kind: str
    legal_status: str
    body_name: str
    reference: str
    dated: date | None
    name_as_written: str
    charges: str
    starts_at: datetime
    until: date | None
    next_appearance: date | None
    amount_cents: int | None
    ends_at: datetime | None
    end_kind: str
    end_basis: str
    state: str
    defects: tuple[str, ...]
    as_written: str
    scan_blob_id: str | None
    detains: Period | None
    version: int
    received_at: datetime
    end_in_doubt: bool = False
    body_id: int = 0

    def detains_at(self, instant: datetime) -> bool:
        return self.detains is not None and self.detains.contains(instant)

    def may_detain_at(self, instant: datetime) -> bool:
        """Whether it holds nobody then only by dates that nobody has decided on yet."""
        return self.end_in_doubt and not self.detains_at(instant)

    @property
    def final_date(self) -> date | None:
        """The last day that the paper names, None where it waits for a court date instead.

        A day that does not end it (the paper is acted on although its dates are out of order) is
        no last day.
        """
        if self.detains is not None and self.detains.end is None:
            return None
        if self.until is None or not waits_for_court(self.kind):
            return self.until
        later = self.next_appearance is not None and self.next_appearance >= self.until
        return None if later else self.until


def waits_for_court(kind: str) -> bool:
    """Whether a paper of this kind holds until the next appearance that the court names."""
    return "next_appearance" in warrant_kinds()[kind].needs


def warrants_of(
    person_ids: Iterable[int], *, zone: str, as_of: AsOf | None = None
) -> dict[int, list[WarrantBrief]]:
    """All warrants of the persons, oldest first, for services and rooms above. Three queries.

    Papers of records that were joined count with the person asked for. Whoever shows them checks
    first that the viewer may see the persons.
    """
    known_at = None if as_of is None else as_of.known_at
    ids = set(person_ids)
    joined = people.joined_records(ids, known_at=known_at)
    names = _names(ids | joined.keys(), known_at=known_at)
    papers = {
        paper.id: paper for paper in _papers({n.warrant_id for n in names}, known_at=known_at)
    }
    body_names = dict(_body_names({p.body_id for p in papers.values()}))
    stood = next_appearances({name.id for name in names}, as_of)
    found: dict[int, list[WarrantBrief]] = defaultdict(list)
    for name in names:
        paper = papers.get(name.warrant_id)
        if paper is not None:
            name.next_appearance = stood.get(name.id, name.next_appearance)
            whose = joined.get(name.person_id, name.person_id)
            found[whose].append(_brief(name, paper, body_names[paper.body_id], zone))
    return dict(found)


def open_names(person_ids: Iterable[int]) -> dict[int, int]:
    """Warrant name -> the record that it is about, of those that have not ended, joined records
    with them; two queries, no paper is read. For rooms above, without scope."""
    ids = set(person_ids)
    return dict(_open_names(ids | people.joined_records(ids).keys()))


@compiled
def _open_names(ids: Any) -> QuerySet[Any, Any]:
    rows = WarrantName.objects.filter(any_of("person_id", ids), ends_at=None).order_by()
    return rows.values_list("id", "person_id")


@compiled
def _names(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(WarrantName, known_at, among=any_of("person_id", ids)).order_by("starts_at")


@compiled
def _papers(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(Warrant, known_at, among=any_of("id", ids))


@compiled
def _body_names(ids: Any) -> QuerySet[Any, Any]:
    return Body.objects.filter(any_of("id", ids)).values_list("id", "name")


def detaining_warrants(person_id: int, *, zone: str, at: datetime) -> list[WarrantBrief]:
    """The warrants that detain this person at that instant, for services above."""
    found = warrants_of([person_id], zone=zone).get(person_id, [])
    return [brief for brief in found if brief.detains_at(at)]


def warrants_in_doubt(person_id: int, *, zone: str, at: datetime) -> list[WarrantBrief]:
    """The warrants that detain nobody at that instant, but might: nobody has decided on them."""
    found = warrants_of([person_id], zone=zone).get(person_id, [])
    return [brief for brief in found if brief.may_detain_at(at)]


def warrant(viewer: Actor, warrant_id: int) -> list[WarrantBrief]:
    """One paper: a brief for each person it names whom the viewer may see.

    Raises NotFound where there is none.
    """
    paper = Warrant.objects.select_related("body").filter(pk=warrant_id).first()
    if paper is None:
        raise NotFound("warrant", warrant_id)
    zone = facilities.time_zone(paper.establishment_id)
    names = list(paper.names.order_by("pk"))
    seen = visible_ids(viewer, "authority.view", [name.person_id for name in names])
    found = [_brief(n, paper, paper.body.name, zone) for n in names if n.person_id in seen]
    if not found:
        raise NotFound("warrant", warrant_id)
    return found


def warrant_name(viewer: Actor, warrant_name_id: int) -> WarrantBrief:
    """One person's name on one paper. Raises NotFound."""
    name = WarrantName.objects.filter(pk=warrant_name_id).first()
    if name is None:
        raise NotFound("warrant", warrant_name_id)
    briefs = warrant(viewer, name.warrant_id)
    found = next((b for b in briefs if b.warrant_name_id == warrant_name_id), None)
    if found is None:
        raise NotFound("warrant", warrant_name_id)
    return found


def undecided_warrants(viewer: Actor, establishment_id: int) -> list[WarrantBrief]:
    """Defective papers that nobody has decided on, oldest first: a brief for each name."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    zone = facilities.time_zone(establishment_id)
    rows = (
        WarrantName.objects.filter(
            warrant__establishment_id=establishment_id,
            warrant__state=Warrant.State.AS_RECEIVED,
            ends_at=None,
        )
        .select_related("warrant__body")
        .order_by("warrant__received_at")
    )
    seen = visible_ids(viewer, "authority.view", [row.person_id for row in rows])
    return [
        _brief(row, row.warrant, row.warrant.body.name, zone)
        for row in rows
        if row.person_id in seen
    ]


def over_undecided(person_id: int, *, zone: str, at: datetime) -> list[WarrantBrief]:
    """The person's papers that nobody has decided on and that by plain words are over at `at`.

    They hold nobody, and stop nobody; their dates are to be looked at once more.
    """
    papers = warrants_of([person_id], zone=zone).get(person_id, [])
    return [
        paper
        for paper in papers
        if paper.state == Warrant.State.AS_RECEIVED and paper.ends_at is None
        if not paper.detains_at(at) and not paper.may_detain_at(at)
    ]


def _brief(name: Any, paper: Any, body_name: str, zone: str) -> WarrantBrief:
    kind = warrant_kinds()[paper.kind]
    facts = rules.WarrantFacts(
        warrant_name_id=name.id,
        warrant_id=paper.id,
        person_id=name.person_id,
        kind=paper.kind,
        state=paper.state,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        ends_at=name.ends_at,
        defects=tuple(paper.defects),
    )
    return WarrantBrief(
        warrant_name_id=name.id,
        warrant_id=paper.id,
        person_id=name.person_id,
        kind=paper.kind,
        legal_status=kind.legal_status,
        body_name=body_name,
        reference=paper.reference,
        dated=paper.dated,
        name_as_written=name.name_as_written,
        charges=name.charges,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        amount_cents=name.amount_cents,
        ends_at=name.ends_at,
        end_kind=name.end_kind,
        end_basis=name.end_basis,
        state=paper.state,
        defects=tuple(paper.defects),
        as_written=paper.as_written,
        scan_blob_id=None if paper.scan_blob_id is None else str(paper.scan_blob_id),
        detains=rules.detains_during(facts, kind, zone),
        version=name.version,
        received_at=paper.received_at,
        end_in_doubt=rules.end_in_doubt(facts),
        body_id=paper.body_id,
    )
