"""Every write of the facilities room."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pims.facilities import events
from pims.facilities.layout import Layout
from pims.facilities.models import Cell, Establishment, OutOfUse, Place, Unit
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field


@dataclass(frozen=True, slots=True)
class LayoutResult:
    establishment_id: int
    units: int
    cells: int
    places: int


@dataclass(frozen=True, slots=True)
class OutOfUseResult:
    out_of_use_id: int


@service
def load_layout(tx: Transaction, *, layout: Layout) -> LayoutResult:
    """Create the establishment or add what it lacks; nothing that exists is changed or removed."""
    tx.require("facilities.manage")
    establishment, _ = Establishment.objects.get_or_create(
        code=layout.code,
        defaults={
            "name": layout.name,
            "time_zone": layout.time_zone,
            "telephone": layout.telephone,
        },
    )
    units = {u.code: u for u in Unit.objects.filter(establishment=establishment)}
    for position, plan in enumerate(layout.unit):
        if plan.code not in units:
            certified = plan.places if plan.certified is None else plan.certified
            units[plan.code] = Unit.objects.create(
                establishment=establishment,
                code=plan.code,
                name=plan.name,
                kind=plan.kind,
                for_sex=plan.for_sex,
                for_age=plan.for_age,
                for_status=plan.for_status,
                main_compound=plan.main_compound,
                certified_capacity=certified,
                operational_capacity=certified if plan.operational is None else plan.operational,
                position=position,
            )
    known = set(
        Cell.objects.filter(unit__establishment=establishment).values_list("unit_id", "code")
    )
    new_cells = [
        (Cell(
            unit=units[plan.code],
            code=code,
            certified_capacity=block.places,
            operational_capacity=block.places,
            features=list(block.features),
        ), block)
        for plan in layout.unit
        for block in plan.cells
        for code in block.codes()
        if (units[plan.code].pk, code) not in known
    ]  # fmt: skip
    Cell.objects.bulk_create([cell for cell, _ in new_cells])
    places = [
        Place(cell=cell, code=str(number), kind=block.place_kind)
        for cell, block in new_cells
        for number in range(1, block.places + 1)
    ]
    Place.objects.bulk_create(places)
    if places:
        tx.record(events.LayoutLoaded(establishment_id=establishment.pk, places=len(places)))
    return LayoutResult(establishment.pk, len(units), len(new_cells), len(places))


@service
def take_out_of_use(
    tx: Transaction,
    *,
    cell_id: int,
    place_id: int | None = None,
    starts_at: datetime,
    ends_at: datetime | None = None,
    reason: str,
) -> OutOfUseResult:
    """Close a cell, or one place of it. Whoever is there stays until moved.

    Raises InvalidInput (no reason, ends before it starts), NotFound, Refused (closed already).
    """
    cell = _cell(cell_id)
    establishment_id = cell.unit.establishment_id
    tx.require("facilities.manage", establishment_id=establishment_id)
    reason = clean_field(
        "reason", reason, limit=300, multiline=True, missing="facilities.reason_missing"
    )
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput({"ends_at": Reason("facilities.ends_before_start")})
    if place_id is not None and not Place.objects.filter(pk=place_id, cell=cell).exists():
        raise NotFound("place", place_id)
    same = Q(place__isnull=True) if place_id is None else Q(place_id=place_id)
    open_already = OutOfUse.objects.filter(same, cell=cell).filter(
        Q(ends_at=None) | Q(ends_at__gt=starts_at)
    )
    if ends_at is not None:
        open_already = open_already.filter(starts_at__lt=ends_at)
    if open_already.exists():
        refuse(Reason("facilities.already_out_of_use", {"cell": cell.code})).require()
    row = OutOfUse.objects.create(
        cell=cell,
        place_id=place_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.TakenOutOfUse(
            establishment_id=establishment_id,
            out_of_use_id=row.pk,
            cell_id=cell_id,
            place_id=place_id,
        ),
        details={"reason": row.reason},
    )
    return OutOfUseResult(row.pk)


@service
def return_to_use(tx: Transaction, *, out_of_use_id: int, at: datetime) -> OutOfUseResult:
    """Open a closed cell or place again. Raises NotFound, Refused (open already)."""
    row = OutOfUse.objects.select_for_update().filter(pk=out_of_use_id).first()
    if row is None:
        raise NotFound("out_of_use", out_of_use_id)
    establishment_id = row.cell.unit.establishment_id
    tx.require("facilities.manage", establishment_id=establishment_id)
    if row.ends_at is not None and row.ends_at <= at:
        refuse(Reason("facilities.in_use_already", {"cell": row.cell.code})).require()
    if at <= row.starts_at:
        raise InvalidInput({"at": Reason("facilities.ends_before_start")})
    row.ends_at = at
    row.save(update_fields=["ends_at"])
    tx.record(
        events.ReturnedToUse(
            establishment_id=establishment_id,
            out_of_use_id=row.pk,
            cell_id=row.cell_id,
            place_id=row.place_id,
        )
    )
    return OutOfUseResult(row.pk)


@service
def change_capacity(
    tx: Transaction, *, unit_id: int, certified: int, operational: int, reason: str
) -> None:
    """Set what the unit is certified and worked for. Below occupancy is shown, not refused."""
    unit = Unit.objects.select_for_update().filter(pk=unit_id).first()
    if unit is None:
        raise NotFound("unit", unit_id)
    tx.require("facilities.manage", establishment_id=unit.establishment_id)
    wrong = {
        field: Reason("facilities.capacity_out_of_range")
        for field, value in {"certified": certified, "operational": operational}.items()
        if not 0 <= value <= 10_000
    }
    if wrong:
        raise InvalidInput(wrong)
    unit.certified_capacity, unit.operational_capacity = certified, operational
    unit.save(update_fields=["certified_capacity", "operational_capacity"])
    tx.record(
        events.CapacityChanged(
            establishment_id=unit.establishment_id,
            unit_id=unit.pk,
            certified=certified,
            operational=operational,
        ),
        details={"reason": clean_field("reason", reason, limit=300, multiline=True)},
    )


def _cell(cell_id: int) -> Cell:
    cell = Cell.objects.select_related("unit").filter(pk=cell_id).first()
    if cell is None:
        raise NotFound("cell", cell_id)
    return cell
