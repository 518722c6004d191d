"""Which cell place to ask for next: kept in the simulation's head, as an officer would."""

from collections import defaultdict
from dataclasses import dataclass, field

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel import clock

# Women's and juveniles' units: who belongs there is simulated in the first lane.
WHOLE = ("WOM", "WAG")
Group = tuple[str, bool, str]  # sex, juvenile, convicted or not


def _lists() -> dict[str, list[int]]:
    return defaultdict(list)


@dataclass(slots=True)
class _Cell:
    unit: str
    free: list[int]
    group: Group | None = None
    held: int = 0


@dataclass(slots=True)
class PlaceKeeper:
    """Free places by cell; a cell holds one group of people only (Mandela Rules 11, 112)."""

    cells: dict[int, _Cell] = field(default_factory=dict)
    by_unit: dict[str, list[int]] = field(default_factory=_lists)
    cell_of: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, viewer: Actor, establishment_id: int, *, share: tuple[int, int] = (0, 1)
    ) -> "PlaceKeeper":
        """All places but those of reception; of `share` (n, of), every of-th cell from the n-th.

        The few cells of `WHOLE` units are not divided: they go with the first share.
        """
        keeper = cls()
        found = facilities.places(viewer, establishment_id, at=clock.now())
        order = {cell: n for n, cell in enumerate(dict.fromkeys(p.cell_id for p in found))}
        for place in found:
            of_share = 0 if place.unit.code in WHOLE else order[place.cell_id] % share[1]
            if place.unit.is_reception or of_share != share[0]:
                continue
            cell = keeper.cells.setdefault(place.cell_id, _Cell(place.unit.code, []))
            cell.free.append(place.place_id)
            keeper.cell_of[place.place_id] = place.cell_id
            if place.cell_id not in keeper.by_unit[place.unit.code]:
                keeper.by_unit[place.unit.code].append(place.cell_id)
        return keeper

    def join(self, other: "PlaceKeeper") -> None:
        """Take over the cells of another share."""
        self.cells.update(other.cells)
        self.cell_of.update(other.cell_of)
        for unit, cells in other.by_unit.items():
            self.by_unit[unit] += cells

    def take(self, group: Group, units: tuple[str, ...]) -> int | None:
        """A place in the first unit of `units` that has one for the group."""
        for unit in units:
            empty = None
            for cell_id in self.by_unit[unit]:
                cell = self.cells[cell_id]
                if cell.group == group and cell.free:
                    return self._hold(cell, group)
                if empty is None and cell.held == 0:
                    empty = cell
            if empty is not None:
                return self._hold(empty, group)
        return None

    def take_empty(self, group: Group, unit: str) -> int | None:
        """A place in an empty cell of the unit."""
        empty = (self.cells[c] for c in self.by_unit[unit] if self.cells[c].held == 0)
        cell = next((cell for cell in empty if cell.free), None)
        return None if cell is None else self._hold(cell, group)

    def leave(self, place_id: int) -> None:
        cell = self.cells[self.cell_of[place_id]]
        cell.free.append(place_id)
        cell.held -= 1
        if cell.held == 0:
            cell.group = None

    def _hold(self, cell: _Cell, group: Group) -> int:
        cell.group = group
        cell.held += 1
        return cell.free.pop(0)


def units_for(sex: str, *, juvenile: bool, status: str, long_term: bool) -> tuple[str, ...]:
    """The units to try, best first."""
    if sex == "female":
        return ("WOM",)
    if juvenile:
        return ("WAG",)
    if status == "unsentenced":
        return ("REM", "TAN")
    if status == "convicted":
        return ("MAX", "GPA", "GPB", "TAN") if long_term else ("GPA", "GPB", "ASH", "TAN")
    return ("TAN", "SEG")
