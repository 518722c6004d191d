"""Every read of the authority room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from pims.authority import rules
from pims.authority.models import (
    Body,
    ClerkQuery,
    PoliceInterest,
    ReleaseOrder,
    Warrant,
    WarrantName,
)
from pims.authority.rules import LegalStatus
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.history.known import as_known
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.kernel.periods import Period
from pims.people import selectors as people

__all__ = ["LegalStatus", "bodies", "legal_status", "warrants_of"]


@dataclass(frozen=True, slots=True)
class BodyInfo:
    body_id: int
    code: str
    name: str
    kind: str
    district: str
    registry_phone: str


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

    def detains_at(self, instant: datetime) -> bool:
        return self.detains is not None and self.detains.contains(instant)

    @property
    def final_date(self) -> date | None:
        """The last day that the paper names, None where it waits for a court date instead."""
        if self.until is None or not waits_for_court(self.kind):
            return self.until
        later = self.next_appearance is not None and self.next_appearance >= self.until
        return None if later else self.until


@dataclass(frozen=True, slots=True)
class WarrantHistory:
    """The bars of a person's warrants, and the parts of custody that none covers."""

    bars: tuple[WarrantBrief, ...]
    gaps: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class ReleaseOrderInfo:
    release_order_id: int
    person_id: int
    kind: str
    body_name: str
    registry_phone: str
    reference: str
    dated: date | None
    received_at: datetime
    state: str
    ends_all: bool
    warrant_name_ids: tuple[int, ...]
    conditions: str
    verified_at: datetime | None
    verified_spoke_to: str
    scan_blob_id: str | None

    @property
    def is_open(self) -> bool:
        return self.state in (ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED)


@dataclass(frozen=True, slots=True)
class PoliceInterestInfo:
    police_interest_id: int
    person_id: int
    agency: str
    reference: str
    note: str
    telephone: str
    raised_at: datetime
    informed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClerkQueryInfo:
    query_id: int
    warrant_id: int
    body_name: str
    reference: str
    text: str
    drafted_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None


def waits_for_court(kind: str) -> bool:
    """Whether a paper of this kind holds until the next appearance that the court names."""
    return "next_appearance" in warrant_kinds()[kind].needs


def bodies() -> list[BodyInfo]:
    """The courts and other bodies, by kind and name; they name no one."""
    return [
        BodyInfo(b.pk, b.code, b.name, b.kind, b.district, b.registry_phone)
        for b in Body.objects.order_by("kind", "name")
    ]


def warrants_of(
    person_ids: Iterable[int], *, zone: str, as_of: AsOf | None = None
) -> dict[int, list[WarrantBrief]]:
    """All warrants of the persons, oldest first, for services and rooms above. Three queries.

    Papers of records that were joined count with the person asked for. Whoever shows them checks
    first that the viewer may see the persons.
    """
    known_at = None if as_of is None else as_of.known_at
    ids = set(person_ids)
    joined = people.joined_records(ids)
    names = list(
        as_known(WarrantName, known_at, among=any_of("person_id", ids | joined.keys())).order_by(
            "starts_at"
        )
    )
    papers = {
        paper.id: paper
        for paper in as_known(Warrant, known_at, among=any_of("id", {n.warrant_id for n in names}))
    }
    body_names = dict(
        Body.objects.filter(pk__in={p.body_id for p in papers.values()}).values_list("id", "name")
    )
    found: dict[int, list[WarrantBrief]] = defaultdict(list)
    for name in names:
        paper = papers.get(name.warrant_id)
        if paper is not None:
            whose = joined.get(name.person_id, name.person_id)
            found[whose].append(_brief(name, paper, body_names[paper.body_id], zone))
    return dict(found)


def legal_status(person_ids: Iterable[int], *, zone: str, as_of: AsOf) -> dict[int, LegalStatus]:
    """What each person counts as; a person without any paper is there too, as "none"."""
    ids = list(person_ids)
    found = _facts_at(ids, as_of)
    kinds = warrant_kinds()
    return {
        person_id: rules.legal_status(
            found.get(person_id, ()), kinds=kinds, zone=zone, as_of=as_of.valid_at
        )
        for person_id in ids
    }


def _facts_at(ids: list[int], as_of: AsOf) -> dict[int, list[rules.WarrantFacts]]:
    """The warrants that had begun and had not ended at T: nothing else says what one counts as.

    Two queries for the columns that the rule needs, because a roll asks for everyone at once.
    """
    at, known_at = as_of.valid_at, as_of.known_at
    joined = people.joined_records(ids)
    names = list(
        as_known(WarrantName, known_at, among=any_of("person_id", {*ids, *joined}))
        .filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
        .order_by("starts_at")
        .values_list(
            "id", "warrant_id", "person_id", "starts_at", "until", "next_appearance", "ends_at"
        )
    )
    warrant_ids = {name[1] for name in names}
    papers = {
        paper_id: (kind, state, tuple(defects))
        for paper_id, kind, state, defects in as_known(
            Warrant, known_at, among=any_of("id", warrant_ids)
        ).values_list("id", "kind", "state", "defects")
    }
    found: dict[int, list[rules.WarrantFacts]] = defaultdict(list)
    for name_id, warrant_id, person_id, starts_at, until, next_appearance, ends_at in names:
        if warrant_id in papers:
            kind, state, defects = papers[warrant_id]
            found[joined.get(person_id, person_id)].append(
                rules.WarrantFacts(
                    name_id, warrant_id, person_id, kind, state, starts_at, until,
                    next_appearance, ends_at, defects,
                )
            )  # fmt: skip
    return found


def detaining_warrants(person_id: int, *, zone: str, at: datetime) -> list[WarrantBrief]:
    """The warrants that detain this person at that instant, for services above."""
    found = warrants_of([person_id], zone=zone).get(person_id, [])
    return [brief for brief in found if brief.detains_at(at)]


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
        missing += rules.uncovered(
            Period(period.start, end),
            [_facts(brief) for brief in bars],
            kinds=warrant_kinds(),
            zone=zone,
        )
    return WarrantHistory(tuple(bars), tuple(missing))


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


def release_order(viewer: Actor, release_order_id: int) -> ReleaseOrderInfo:
    """One release order. Raises NotFound."""
    order = ReleaseOrder.objects.select_related("body").filter(pk=release_order_id).first()
    if order is None:
        raise NotFound("release_order", release_order_id)
    require_visible(viewer, "authority.view", order.person_id)
    return _order_info(order)


def query(viewer: Actor, query_id: int) -> ClerkQueryInfo:
    """One query to a clerk of court. Raises NotFound."""
    row = ClerkQuery.objects.select_related("warrant__body").filter(pk=query_id).first()
    if row is None or not viewer.can_at("authority.view", row.warrant.establishment_id):
        raise NotFound("query", query_id)
    return _query_info(row)


def queries_of(warrant_id: int) -> list[ClerkQueryInfo]:
    """The queries about one paper, for whoever may see the paper."""
    rows = ClerkQuery.objects.filter(warrant_id=warrant_id).select_related("warrant__body")
    return [_query_info(row) for row in rows.order_by("drafted_at")]


def release_orders(person_ids: Iterable[int]) -> dict[int, list[ReleaseOrderInfo]]:
    """All release orders of the persons, newest first, with those of records joined to them.

    Three queries.
    """
    ids = set(person_ids)
    joined = people.joined_records(ids)
    found: dict[int, list[ReleaseOrderInfo]] = defaultdict(list)
    orders = (
        ReleaseOrder.objects.filter(person_id__in=ids | joined.keys())
        .select_related("body")
        .prefetch_related("warrant_names")
        .order_by("-received_at")
    )
    for order in orders:
        found[joined.get(order.person_id, order.person_id)].append(_order_info(order))
    return dict(found)


def open_release_orders(viewer: Actor, establishment_id: int) -> list[ReleaseOrderInfo]:
    """Orders received or verified and not yet acted on, oldest first."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    orders = (
        ReleaseOrder.objects.filter(
            establishment_id=establishment_id,
            state__in=[ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED],
        )
        .select_related("body")
        .prefetch_related("warrant_names")
        .order_by("received_at")
    )
    return [_order_info(order) for order in orders]


def police_interests(person_ids: Iterable[int]) -> dict[int, list[PoliceInterestInfo]]:
    """The standing interests in the persons and in records joined to them, oldest first."""
    ids = set(person_ids)
    joined = people.joined_records(ids)
    found: dict[int, list[PoliceInterestInfo]] = defaultdict(list)
    rows = PoliceInterest.objects.filter(
        person_id__in=ids | joined.keys(), withdrawn_at=None
    ).order_by("raised_at")
    for row in rows:
        found[joined.get(row.person_id, row.person_id)].append(
            PoliceInterestInfo(
                row.pk, row.person_id, row.agency, row.reference, row.note, row.telephone,
                row.raised_at, row.informed_at,
            )
        )  # fmt: skip
    return dict(found)


def open_queries(viewer: Actor, establishment_id: int) -> list[ClerkQueryInfo]:
    """Queries to clerks of court that have no answer yet, oldest first."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    rows = (
        ClerkQuery.objects.filter(warrant__establishment_id=establishment_id, answered_at=None)
        .select_related("warrant__body")
        .order_by("drafted_at")
    )
    return [_query_info(row) for row in rows]


def _query_info(row: ClerkQuery) -> ClerkQueryInfo:
    return ClerkQueryInfo(
        query_id=row.pk,
        warrant_id=row.warrant_id,
        body_name=row.warrant.body.name,
        reference=row.warrant.reference,
        text=row.text,
        drafted_at=row.drafted_at,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
    )


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


def _brief(name: Any, paper: Any, body_name: str, zone: str) -> WarrantBrief:
    kind = warrant_kinds()[paper.kind]
    detains = rules.detains_during(
        rules.WarrantFacts(
            warrant_name_id=name.id,
            warrant_id=paper.id,
            person_id=name.person_id,
            kind=paper.kind,
            state=paper.state,
            starts_at=name.starts_at,
            until=name.until,
            next_appearance=name.next_appearance,
            ends_at=name.ends_at,
        ),
        kind,
        zone,
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
        detains=detains,
        version=name.version,
        received_at=paper.received_at,
    )


def _order_info(order: ReleaseOrder) -> ReleaseOrderInfo:
    return ReleaseOrderInfo(
        release_order_id=order.pk,
        person_id=order.person_id,
        kind=order.kind,
        body_name=order.body.name,
        registry_phone=order.body.registry_phone,
        reference=order.reference,
        dated=order.dated,
        received_at=order.received_at,
        state=order.state,
        ends_all=order.ends_all,
        warrant_name_ids=tuple(name.pk for name in order.warrant_names.all()),
        conditions=order.conditions,
        verified_at=order.verified_at,
        verified_spoke_to=order.verified_spoke_to,
        scan_blob_id=None if order.scan_blob_id is None else str(order.scan_blob_id),
    )
