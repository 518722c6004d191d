"""What the facilities room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class LayoutLoaded(Event):
    kind: ClassVar[str] = "facilities.layout_loaded"
    places: int


@dataclass(frozen=True, kw_only=True)
class TakenOutOfUse(Event):
    kind: ClassVar[str] = "facilities.taken_out_of_use"
    out_of_use_id: int
    cell_id: int
    place_id: int | None


@dataclass(frozen=True, kw_only=True)
class ReturnedToUse(Event):
    kind: ClassVar[str] = "facilities.returned_to_use"
    out_of_use_id: int
    cell_id: int
    place_id: int | None


@dataclass(frozen=True, kw_only=True)
class CapacityChanged(Event):
    kind: ClassVar[str] = "facilities.capacity_changed"
    unit_id: int
    certified: int
    operational: int
