"""All papers of many people, as a proof of custody needs them: no scope, constant queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from pims.authority.models import (
    Body,
    CourtDate,
    PoliceInterest,
    ReleaseOrder,
    Warrant,
    WarrantName,
)
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class WarrantPaper:
    """One person's name on one warrant; `dates` are the next appearances with the instant from
    which each stood, in that order. `state` is that of the paper, decided at `decided_at`."""

    warrant_name_id: int
    kind: str
    body_code: str
    body_kind: str
    reference: str
    dated: date | None
    received_at: datetime
    starts_at: datetime
    until: date | None
    next_appearance: date | None
    dates: tuple[tuple[datetime, date | None], ...]
    amount_cents: int | None
    ends_at: datetime | None
    end_kind: str
    state: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReleasePaper:
    """One order that frees. `fallen`: it was taken back, not genuine, or never made."""

    release_order_id: int
    kind: str
    body_code: str
    body_kind: str
    reference: str
    dated: date | None
    received_at: datetime
    warrant_name_ids: tuple[int, ...]
    fallen: bool


@dataclass(frozen=True, slots=True)
class InterestPaper:
    police_interest_id: int
    raised_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Papers:
    warrants: tuple[WarrantPaper, ...] = ()
    releases: tuple[ReleasePaper, ...] = ()
    interests: tuple[InterestPaper, ...] = ()


def papers_of(person_ids: Collection[int]) -> dict[int, Papers]:
    """Everybody asked for -> their papers, oldest first; joined records count with them."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    names = _names(whose.keys())
    papers = {paper.pk: paper for paper in _warrants({name.warrant_id for name in names})}
    bodies = {body.pk: body for body in _bodies()}
    dates: dict[int, list[tuple[datetime, date | None]]] = defaultdict(list)
    for name_id, given_at, day in _dates({name.pk for name in names}):
        dates[name_id].append((given_at, day))
    warrants: dict[int, list[WarrantPaper]] = defaultdict(list)
    for name in names:
        paper = papers[name.warrant_id]
        warrants[whose[name.person_id]].append(
            WarrantPaper(
                warrant_name_id=name.pk,
                kind=paper.kind,
                body_code=bodies[paper.body_id].code,
                body_kind=bodies[paper.body_id].kind,
                reference=paper.reference,
                dated=paper.dated,
                received_at=paper.received_at,
                starts_at=name.starts_at,
                until=name.until,
                next_appearance=name.next_appearance,
                dates=tuple(dates.get(name.pk, ())),
                amount_cents=name.amount_cents,
                ends_at=name.ends_at,
                end_kind=name.end_kind,
                state=paper.state,
                decided_at=paper.decided_at,
            )
        )
    releases = _releases_of(whose, bodies)
    interests: dict[int, list[InterestPaper]] = defaultdict(list)
    for row in _interests(whose.keys()):
        interests[whose[row.person_id]].append(
            InterestPaper(row.pk, row.raised_at, row.withdrawn_at)
        )
    return {
        i: Papers(
            tuple(warrants.get(i, ())), tuple(releases.get(i, ())), tuple(interests.get(i, ()))
        )
        for i in ids
    }


def _releases_of(whose: dict[int, int], bodies: dict[int, Any]) -> dict[int, list[ReleasePaper]]:
    orders = _releases(whose.keys())
    named: dict[int, list[int]] = defaultdict(list)
    for order_id, name_id in _named({order.pk for order in orders}):
        named[order_id].append(name_id)
    found: dict[int, list[ReleasePaper]] = defaultdict(list)
    fallen = (ReleaseOrder.State.WITHDRAWN, ReleaseOrder.State.STRUCK_OUT)
    for order in orders:
        found[whose[order.person_id]].append(
            ReleasePaper(
                release_order_id=order.pk,
                kind=order.kind,
                body_code=bodies[order.body_id].code,
                body_kind=bodies[order.body_id].kind,
                reference=order.reference,
                dated=order.dated,
                received_at=order.received_at,
                warrant_name_ids=tuple(named.get(order.pk, ())),
                fallen=order.state in fallen,
            )
        )
    return found


@compiled
def _names(ids: Any) -> QuerySet[Any, Any]:
    return WarrantName.objects.filter(any_of("person_id", ids)).order_by("starts_at", "pk")


@compiled
def _warrants(ids: Any) -> QuerySet[Any, Any]:
    return Warrant.objects.filter(any_of("id", ids))


@compiled
def _bodies() -> QuerySet[Any, Any]:
    return Body.objects.all()


@compiled
def _dates(ids: Any) -> QuerySet[Any, Any]:
    return (
        CourtDate.objects.filter(any_of("warrant_name_id", ids), taken_back_at=None)
        .order_by("given_at", "id")
        .values_list("warrant_name_id", "given_at", "appears_on")
    )


@compiled
def _releases(ids: Any) -> QuerySet[Any, Any]:
    return ReleaseOrder.objects.filter(any_of("person_id", ids)).order_by("received_at", "pk")


@compiled
def _named(ids: Any) -> QuerySet[Any, Any]:
    through: Any = ReleaseOrder.warrant_names.through
    rows: QuerySet[Any, Any] = through.objects.filter(any_of("releaseorder_id", ids))
    return rows.order_by("warrantname_id").values_list("releaseorder_id", "warrantname_id")


@compiled
def _interests(ids: Any) -> QuerySet[Any, Any]:
    return PoliceInterest.objects.filter(any_of("person_id", ids)).order_by("raised_at", "pk")
