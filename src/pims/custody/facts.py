"""What the placement rules ask, read in bulk from this room and the ones below it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.authority import selectors as authority
from pims.custody.models import Placement
from pims.custody.reading import READER
from pims.custody.rules.placement import PlaceFacts, PrisonerFacts
from pims.facilities.selectors import PlaceInfo
from pims.foundation.history.known import held_at
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.safety import selectors as safety


@dataclass(frozen=True, slots=True)
class Occupant:
    person_id: int
    place_id: int
    cell_id: int
    unit_id: int
    since: datetime


def occupants(
    *,
    at: datetime,
    establishment_id: int | None = None,
    unit_id: int | None = None,
    without: int | None = None,
) -> list[Occupant]:
    """Who has which place at `at`, those out on escort included: their place is kept."""
    rows = Placement.objects.filter(held_at(at))
    if establishment_id is not None:
        rows = rows.filter(establishment_id=establishment_id)
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    if without is not None:
        rows = rows.exclude(person_id=without)
    columns = ("person_id", "place_id", "cell_id", "unit_id", "starts_at")
    return [Occupant(*row) for row in rows.order_by("starts_at").values_list(*columns)]


def prisoner_facts(
    person_ids: Collection[int], *, at: datetime, zone: str, held_at: int | None
) -> dict[int, PrisonerFacts]:
    """What placement asks about each person, as of `at`. A constant number of queries."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    headers = people.person_headers(READER, ids, as_of=AsOf(at), brief=True)
    statuses = authority.legal_status(ids, zone=zone, as_of=AsOf(at))
    raised = safety.flags(READER, ids, as_of=AsOf(at))
    apart = safety.keep_aparts(ids, at=at)
    infants = people.infants_inside(ids, AsOf(at))
    return {
        person_id: PrisonerFacts(
            person_id=person_id,
            sex=headers[person_id].sex,
            gender=headers[person_id].gender,
            juvenile=headers[person_id].is_juvenile,
            legal_status=statuses[person_id].code,
            flags=frozenset(flag.kind for flag in raised.get(person_id, ())),
            apart_cell=frozenset(apart.get(person_id, ())),
            apart_unit=_at_level(apart.get(person_id, {}), "absolute"),
            apart_soft=_at_level(apart.get(person_id, {}), "where_possible"),
            infant_inside=person_id in infants,
            held_at=held_at,
            age=headers[person_id].age,
        )
        for person_id in ids
        if person_id in headers
    }


def _at_level(apart: Mapping[int, str], level: str) -> frozenset[int]:
    return frozenset(other for other, at_level in apart.items() if at_level == level)


def place_facts(
    places: Sequence[PlaceInfo],
    found: Iterable[Occupant],
    prisoners: dict[int, PrisonerFacts],
) -> list[PlaceFacts]:
    """Each place with who is there, in its cell and in its unit."""
    in_place: dict[int, list[Occupant]] = defaultdict(list)
    in_cell: dict[int, list[Occupant]] = defaultdict(list)
    in_unit: dict[int, set[int]] = defaultdict(set)
    for occupant in found:
        in_place[occupant.place_id].append(occupant)
        in_cell[occupant.cell_id].append(occupant)
        in_unit[occupant.unit_id].add(occupant.person_id)
    units = {unit_id: frozenset(persons) for unit_id, persons in in_unit.items()}
    cells = {
        cell_id: tuple(prisoners[o.person_id] for o in held if o.person_id in prisoners)
        for cell_id, held in in_cell.items()
    }
    return [
        PlaceFacts(
            place_id=place.place_id,
            label=place.label,
            kind=place.kind,
            cell_id=place.cell_id,
            cell_capacity=place.cell_operational_capacity,
            cell_features=frozenset(place.cell_features),
            unit_id=place.unit.unit_id,
            unit_name=place.unit.name,
            unit_kind=place.unit.kind,
            unit_operational=place.unit.operational_capacity,
            unit_certified=place.unit.certified_capacity,
            main_compound=place.unit.main_compound,
            establishment_id=place.establishment_id,
            for_sex=place.unit.for_sex,
            for_age=place.unit.for_age,
            for_status=place.unit.for_status,
            closed=place.closed,
            occupants=tuple(
                prisoners[o.person_id]
                for o in in_place.get(place.place_id, ())
                if o.person_id in prisoners
            ),
            occupied_since=max((o.since for o in in_place.get(place.place_id, ())), default=None),
            cellmates=cells.get(place.cell_id, ()),
            unit_persons=units.get(place.unit.unit_id, frozenset()),
        )
        for place in places
    ]
