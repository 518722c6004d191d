"""Every read of the facilities room. Layouts name no one: any signed-in viewer may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from pims.facilities.models import Establishment, OutOfUse, Place, Unit
from pims.foundation.access.actor import Actor
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class EstablishmentInfo:
    establishment_id: int
    code: str
    name: str
    time_zone: str
    telephone: str


@dataclass(frozen=True, slots=True)
class UnitInfo:
    unit_id: int
    establishment_id: int
    code: str
    name: str
    kind: str
    certified_capacity: int
    operational_capacity: int
    for_sex: str
    for_age: str
    for_status: str
    main_compound: bool
    position: int

    @property
    def is_reception(self) -> bool:
        return self.kind == Unit.Kind.RECEPTION


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """One place; `label` is how staff say it ("Remand A-12/2"); `closed` why it may not be used."""

    place_id: int
    code: str
    kind: str
    cell_id: int
    cell_code: str
    cell_operational_capacity: int
    cell_features: tuple[str, ...]
    unit: UnitInfo
    closed: str | None

    @property
    def label(self) -> str:
        return f"{self.unit.name} {self.cell_code}/{self.code}"

    @property
    def establishment_id(self) -> int:
        return self.unit.establishment_id


@dataclass(frozen=True, slots=True)
class OutageInfo:
    out_of_use_id: int
    cell_id: int
    cell_code: str
    unit_name: str
    place_id: int | None
    place_code: str | None
    starts_at: datetime
    ends_at: datetime | None
    reason: str


def establishments(viewer: Actor) -> list[EstablishmentInfo]:
    """Those that any grant of the viewer reaches, by name."""
    reached = {reach.establishment_id for reach in viewer.reaches}
    everywhere = viewer.system or None in reached
    found = _every_establishment() if everywhere else _establishments(reached)
    return [EstablishmentInfo(e.pk, e.code, e.name, e.time_zone, e.telephone) for e in found]


@compiled
def _every_establishment() -> QuerySet[Any, Any]:
    return Establishment.objects.order_by("name")


@compiled
def _establishments(ids: Any) -> QuerySet[Any, Any]:
    return Establishment.objects.filter(any_of("pk", ids)).order_by("name")


def establishment_by_code(viewer: Actor, code: str) -> EstablishmentInfo | None:
    return next((e for e in establishments(viewer) if e.code == code), None)


def time_zone(establishment_id: int) -> str:
    """The establishment's IANA zone: where its days begin and end. Raises NotFound."""
    for zone in _zone(establishment_id):
        return str(zone)
    raise NotFound("establishment", establishment_id)


@compiled
def _zone(establishment_id: Any) -> QuerySet[Any, Any]:
    return Establishment.objects.filter(pk=establishment_id).values_list("time_zone", flat=True)


def units(viewer: Actor, establishment_id: int) -> list[UnitInfo]:
    """The units in the order of the layout."""
    return [_unit_info(unit) for unit in _units_of(establishment_id)]


@compiled
def _units_of(establishment_id: Any) -> QuerySet[Any, Any]:
    return Unit.objects.filter(establishment_id=establishment_id).order_by("position", "code")


def unit_info(unit_ids: Iterable[int]) -> dict[int, UnitInfo]:
    return {unit.pk: _unit_info(unit) for unit in _units(set(unit_ids))}


@compiled
def _units(ids: Any) -> QuerySet[Any, Any]:
    return Unit.objects.filter(any_of("pk", ids))


def reception_unit(establishment_id: int) -> UnitInfo:
    """The unit in which people stand between the van and their first cell place."""
    return _unit_info(Unit.objects.get(establishment_id=establishment_id, kind=Unit.Kind.RECEPTION))


def places(
    viewer: Actor, establishment_id: int, *, at: datetime, unit_ids: Iterable[int] | None = None
) -> list[PlaceInfo]:
    """Every place, in the order of the layout, with what is out of use at `at`. Three queries."""
    if unit_ids is not None:
        return _place_infos(_places_of_units(establishment_id, set(unit_ids)), at)
    return _place_infos(_places_of(establishment_id), at)


def place_info(place_ids: Iterable[int], *, at: datetime) -> dict[int, PlaceInfo]:
    """Places by id. Three queries."""
    return {place.place_id: place for place in _place_infos(_places(set(place_ids)), at)}


def place_labels(place_ids: Iterable[int]) -> dict[int, str]:
    """Places by id as staff say them ("Remand A-12/2"). One query."""
    rows = _places(set(place_ids))
    return {row.pk: f"{row.cell__unit__name} {row.cell__code}/{row.code}" for row in rows}


def outages(viewer: Actor, establishment_id: int, *, at: datetime) -> list[OutageInfo]:
    """What is out of use now or will be, first to start first."""
    found = (
        OutOfUse.objects.filter(cell__unit__establishment_id=establishment_id)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .select_related("cell__unit", "place")
        .order_by("starts_at")
    )
    return [
        OutageInfo(
            o.pk, o.cell_id, o.cell.code, o.cell.unit.name, o.place_id,
            o.place.code if o.place else None, o.starts_at, o.ends_at, o.reason,
        )
        for o in found
    ]  # fmt: skip


def _in_order(places: QuerySet[Place]) -> QuerySet[Any, Any]:
    return places.order_by("cell__unit__position", "cell__code", "pk").values_list(
        "pk", "code", "kind", "cell_id", "cell__code", "cell__operational_capacity",
        "cell__features", "cell__unit_id", "cell__unit__name", named=True,
    )  # fmt: skip


@compiled
def _places(ids: Any) -> QuerySet[Any, Any]:
    return _in_order(Place.objects.filter(any_of("pk", ids)))


@compiled
def _places_of(establishment_id: Any) -> QuerySet[Any, Any]:
    return _in_order(Place.objects.filter(cell__unit__establishment_id=establishment_id))


@compiled
def _places_of_units(establishment_id: Any, unit_ids: Any) -> QuerySet[Any, Any]:
    within = any_of("cell__unit_id", unit_ids)
    return _in_order(Place.objects.filter(within, cell__unit__establishment_id=establishment_id))


@compiled
def _out_of_use(cell_ids: Any, at: Any) -> QuerySet[Any, Any]:
    return (
        OutOfUse.objects.filter(any_of("cell_id", cell_ids))
        .filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
        .values_list("cell_id", "place_id", "reason")
    )


def _place_infos(rows: list[Any], at: datetime) -> list[PlaceInfo]:
    unit_infos = unit_info({row.cell__unit_id for row in rows})
    closed_places: dict[int, str] = {}
    closed_cells: dict[int, str] = {}
    for cell_id, place_id, reason in _out_of_use({row.cell_id for row in rows}, at):
        if place_id is None:
            closed_cells[cell_id] = reason
        else:
            closed_places[place_id] = reason
    return [
        PlaceInfo(
            place_id=row.pk,
            code=row.code,
            kind=row.kind,
            cell_id=row.cell_id,
            cell_code=row.cell__code,
            cell_operational_capacity=row.cell__operational_capacity,
            cell_features=tuple(row.cell__features),
            unit=unit_infos[row.cell__unit_id],
            closed=closed_places.get(row.pk) or closed_cells.get(row.cell_id),
        )
        for row in rows
    ]


def _unit_info(unit: Unit) -> UnitInfo:
    return UnitInfo(
        unit_id=unit.pk,
        establishment_id=unit.establishment_id,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        certified_capacity=unit.certified_capacity,
        operational_capacity=unit.operational_capacity,
        for_sex=unit.for_sex,
        for_age=unit.for_age,
        for_status=unit.for_status,
        main_compound=unit.main_compound,
        position=unit.position,
    )
