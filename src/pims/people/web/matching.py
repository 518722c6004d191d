"""Records that may be one person's; the comparison spans rooms and is not here."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.foundation.ledger.reads import shows
from pims.people import selectors, services
from pims.ui.commands import command_from
from pims.ui.pages import page
from pims.ui.shapes import Column

EDIT = "people.edit"


@page(permission=EDIT)
def matches(request: Any) -> HttpResponse:
    """Everybody who may be known twice, the likest first."""
    found = selectors.possible_matches(request.actor, limit=300)
    shows(one.person_id for pair in found for one in (pair.person, pair.other) if one)
    context = {
        "matches": found,
        "columns": [
            Column(_("One record")), Column(_("The other")), Column(_("Why")),
            Column(_("Likeness"), numeric=True), Column(_("Next")),
        ],
    }  # fmt: skip
    return render(request, "people/matches.html", context)


@page(permission=EDIT, methods=("POST",))
def compare(request: Any, person_id: int, other_id: int) -> HttpResponse:
    """Note the two as possibly one person, and go on to the comparison."""
    noted = services.note_possible_match(
        command_from(request), person_id=person_id, other_id=other_id
    )
    return HttpResponseRedirect(reverse("match_people", args=[noted.match_id]))
