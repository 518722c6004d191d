"""Where someone could be placed, ranked with reasons, and who is in each cell of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.custody.facts import occupants, place_facts, prisoner_facts
from pims.custody.models import Episode, Placement
from pims.custody.reading import READER
from pims.custody.rules.placement import (
    PlaceFacts,
    PlacementFinding,
    PrisonerFacts,
    decide_placement,
)
from pims.facilities import selectors as facilities
from pims.facilities.selectors import PlaceInfo
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.history.known import held_at
from pims.kernel import clock
from pims.kernel.decisions import Decision, Reason
from pims.kernel.errors import NotFound, NotPermitted
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place for one prisoner: allowed or refused, with every reason for and against."""

    place: PlaceInfo
    score: int
    decision: Decision
    favour: tuple[Reason, ...]
    against: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        return self.decision.allowed


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Who holds a place. `person_id` None for someone whom the viewer may not see."""

    place_id: int
    person_id: int | None
    episode_id: int | None
    name: str
    number: str
    since: datetime
    breach: bool
    breach_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A standing placement against a rule."""

    placement_id: int
    episode_id: int
    person_id: int
    place_id: int
    since: datetime
    reasons: tuple[str, ...]
    basis: str


def candidate_places(
    viewer: Actor, episode_id: int, *, limit: int = 40, unit_id: int | None = None
) -> list[Candidate]:
    """Places for this prisoner, those allowed first and best first; a constant number of queries.

    Of the refused ones only as many are given as fit the limit: for someone who may override.
    Raises NotFound where the viewer may not see the person.
    """
    episode = Episode.objects.filter(pk=episode_id).first()
    if episode is None:
        raise NotFound("episode", episode_id)
    require_visible(viewer, "custody.view", episode.person_id)
    at = clock.now()
    establishment_id = episode.establishment_id
    unit_ids = None if unit_id is None else [unit_id]
    places = facilities.places(READER, establishment_id, at=at, unit_ids=unit_ids)
    found = occupants(at=at, establishment_id=establishment_id, without=episode.person_id)
    prisoners = prisoner_facts(
        {o.person_id for o in found} | {episode.person_id},
        at=at,
        zone=facilities.time_zone(establishment_id),
        held_at=establishment_id,
    )
    who = prisoners[episode.person_id]
    here = {place_held(episode_id)}
    weighed = [
        (info, facts)
        for info, facts in zip(places, place_facts(places, found, prisoners), strict=True)
        if info.place_id not in here
    ]
    return _ranked(who, weighed, at=at, limit=limit)


def place_held(episode_id: int) -> int:
    """The place kept for this prisoner now, 0 where there is none."""
    held = Placement.objects.filter(held_at(clock.now()), episode=episode_id)
    return held.values_list("place_id", flat=True).first() or 0


def _ranked(
    who: PrisonerFacts,
    places: Sequence[tuple[PlaceInfo, PlaceFacts]],
    *,
    at: datetime,
    limit: int,
) -> list[Candidate]:
    """The best place of each cell before the second best of any: choice, not forty bunks.

    One place speaks for its cell, so that a prison of two thousand is weighed cell by cell.
    """
    first: dict[int, Candidate] = {}
    second: list[tuple[PlaceInfo, PlaceFacts]] = []
    for info, facts in sorted(places, key=lambda pair: bool(pair[1].occupants)):
        if info.cell_id in first:
            second.append((info, facts))
        else:
            first[info.cell_id] = _candidate(info, decide_placement(who, facts, as_of=at))
    best = sorted(first.values(), key=lambda c: -c.score)
    chosen = [c for c in best if c.allowed][:limit]
    open_cells = {c.place.cell_id: rank for rank, c in enumerate(chosen)}
    more = [(i, f) for i, f in second if i.cell_id in open_cells and not f.occupants]
    more.sort(key=lambda pair: open_cells[pair[0].cell_id])
    for info, facts in more[: limit - len(chosen)]:
        chosen.append(_candidate(info, decide_placement(who, facts, as_of=at)))
    refused = [c for c in best if not c.allowed]
    return chosen + refused[: limit - len(chosen)]


def unit_occupancy(
    viewer: Actor, unit_id: int, *, at: datetime | None = None
) -> dict[int, list[Occupancy]]:
    """Who holds each place of a unit, by place id; those the viewer may not see without a name.

    Raises NotFound for no such unit, NotPermitted out of the viewer's establishments.
    """
    info = facilities.unit_info([unit_id]).get(unit_id)
    if info is None:
        raise NotFound("unit", unit_id)
    if not viewer.can_at("custody.view", info.establishment_id):
        raise NotPermitted("custody.view")
    rows = list(
        Placement.objects.filter(held_at(at or clock.now()), unit_id=unit_id).order_by("starts_at")
    )
    ids = {row.person_id for row in rows}
    reached = ids if viewer.system else visible_ids(viewer, "custody.view", ids)
    headers = people.person_headers(READER, reached)
    held: dict[int, list[Occupancy]] = {}
    for row in rows:
        header = headers.get(row.person_id)
        held.setdefault(row.place_id, []).append(
            Occupancy(
                row.place_id,
                None if header is None else row.person_id,
                None if header is None else row.episode_id,
                "" if header is None else header.display_name,
                "" if header is None else header.number,
                row.starts_at,
                row.breach,
                tuple(row.breach_reasons),
            )
        )
    return held


def unit_occupied(establishment_id: int, *, at: datetime | None = None) -> dict[int, int]:
    """How many people hold a place in each unit: counts alone, of nobody in particular."""
    rows = Placement.objects.filter(
        held_at(at or clock.now()), establishment_id=establishment_id
    ).values_list("unit_id", flat=True)
    held: dict[int, int] = {}
    for unit_id in rows:
        held[unit_id] = held.get(unit_id, 0) + 1
    return held


def placement_breaches(viewer: Actor, establishment_id: int) -> list[BreachRow]:
    """The breaches that stand now, oldest first, of people whom the viewer may see."""
    rows = list(
        Placement.objects.filter(
            establishment_id=establishment_id, breach=True, ends_at=None
        ).order_by("starts_at")
    )
    ids = {row.person_id for row in rows}
    reached = ids if viewer.system else visible_ids(viewer, "custody.view", ids)
    return [
        BreachRow(
            row.pk, row.episode_id, row.person_id, row.place_id, row.starts_at,
            tuple(row.breach_reasons), row.basis,
        )
        for row in rows
        if row.person_id in reached
    ]  # fmt: skip


def _candidate(info: PlaceInfo, finding: PlacementFinding) -> Candidate:
    return Candidate(info, finding.score, finding.decision, finding.favour, finding.against)
