"""A unit: a tile for every cell and place, and who is there."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pims.custody import selectors
from pims.custody.selectors import Occupancy
from pims.facilities import selectors as facilities
from pims.facilities.selectors import PlaceInfo
from pims.foundation.access.actor import Actor
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.ui.pages import page
from pims.ui.shapes import Counter, Tile, Tone


@page(permission="custody.view")
def unit_page(request: Any, unit_id: int) -> HttpResponse:
    """Every cell of the unit with its places; what is closed, full or against a rule stands out."""
    viewer = request.actor
    unit = facilities.unit_info([unit_id]).get(unit_id)
    if unit is None:
        raise NotFound("unit", unit_id)
    now = clock.now()
    held = selectors.unit_occupancy(viewer, unit_id)
    cells: dict[int, list[PlaceInfo]] = defaultdict(list)
    for place in facilities.places(viewer, unit.establishment_id, at=now, unit_ids=[unit_id]):
        cells[place.cell_id].append(place)
    people = [o for found in held.values() for o in found if o.person_id is not None]
    append_read(
        actor_id=viewer.user_id,
        page="unit",
        person_ids=[o.person_id for o in people if o.person_id is not None],
        establishment_id=unit.establishment_id,
        at=now,
    )
    total = sum(len(found) for found in held.values())
    closed = sum(place.closed is not None for places in cells.values() for place in places)
    context = {
        "unit": unit,
        "counters": [
            Counter(gettext_lazy("Held here"), total),
            Counter(gettext_lazy("Capacity"), unit.operational_capacity),
            Counter(gettext_lazy("Certified for"), unit.certified_capacity),
            Counter(gettext_lazy("Places closed"), closed, tone="warn" if closed else "quiet"),
        ],
        "over": total > unit.operational_capacity and not unit.is_reception,
        "cells": [_cell(places, held, _check(viewer, unit_id)) for places in cells.values()],
        "may_manage": viewer.can("facilities.manage"),
    }
    return render(request, "custody/unit.html", context)


Check = Callable[[Occupancy], str]


def _check(viewer: Actor, unit_id: int) -> Check:
    """The address at which a finger says whether this is the person, on a round of the unit."""
    back = reverse("custody:unit", args=[unit_id])

    def address(who: Occupancy) -> str:
        if who.person_id is None or not viewer.can("biometrics.verify"):
            return ""
        return f"{reverse('biometrics:verify', args=[who.person_id])}?for=roll&back={back}"

    return address


def _cell(
    places: list[PlaceInfo], held: dict[int, list[Occupancy]], check: Check
) -> dict[str, Any]:
    used = sum(len(held.get(place.place_id, ())) for place in places)
    capacity = places[0].cell_operational_capacity
    return {
        "code": places[0].cell_code,
        "cell_id": places[0].cell_id,
        "used": used,
        "capacity": capacity,
        "over": used > capacity,
        "plain": not used and all(place.closed is None for place in places),
        "closed": all(place.closed is not None for place in places),
        "tiles": [_tile(place, held.get(place.place_id, []), check) for place in places],
    }


def _tile(place: PlaceInfo, found: list[Occupancy], check: Check) -> Tile:
    tone: Tone = "quiet"
    if place.closed is not None:
        tone = "dark"
    if found:
        tone = "alarm" if len(found) > 1 or any(o.breach for o in found) else "info"
    if place.closed is not None and not found:
        return Tile(place.code, note=_("Out of use: %(why)s") % {"why": place.closed}, tone=tone)
    return Tile(
        place.code,
        url=reverse("prisoner", args=[found[0].number]) if found and found[0].number else "",
        note="" if found else _("Free"),
        tone=tone,
        lines=[_name(o) for o in found],
        action=_("Check who this is"),
        action_url=check(found[0]) if found else "",
    )


def _name(occupancy: Occupancy) -> str:
    if occupancy.person_id is None:
        return _("Somebody whom you may not see")
    return occupancy.name or _("Name not known")
