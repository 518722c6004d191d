"""The board: the prison as it is at this second."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.authority.web.words import status_label
from pims.custody.web.words import OUT_KINDS, SEXES
from pims.live import selectors
from pims.live.token import stream_url
from pims.live.web.sounding import TOPICS
from pims.live.web.words import AGES
from pims.ui.pages import page
from pims.ui.shapes import Column, Counter

VIEW = "live.view"
ROOMS = ("custody", "authority", "release", "assurance", "people")


class TemporaryRedirect(HttpResponseRedirect):
    """Asked for anew each time: the stream's pass is short-lived."""

    status_code = 307


@page(permission=VIEW)
def board(request: Any) -> HttpResponse:
    return render(request, "live/board.html", _context(request))


@page(permission=VIEW)
def figures(request: Any) -> HttpResponse:
    """The figures alone, fetched again after each event."""
    return render(request, "live/figures.html", _context(request))


@page(permission=VIEW)
def stream(request: Any) -> HttpResponse:
    """Sends the browser on to the event stream, with a fresh pass at every (re)connection.

    `after` is the feed position that the page shows: what happened since is told too. With
    ``sound`` only of what is to be heard.
    """
    after = request.GET.get("after", "")
    response = TemporaryRedirect(
        stream_url(
            request.actor,
            page_origin=request.build_absolute_uri("/"),
            topics=TOPICS if "sound" in request.GET else ROOMS,
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
        )
    )
    response["Cache-Control"] = "no-store"
    return response


def _context(request: Any) -> dict[str, Any]:
    found = selectors.board(request.actor, request.establishment_id)
    counts = found.counts
    roll = reverse("custody:roll")
    return {
        "board": found,
        "may_print": request.actor.can("documents.print"),
        "main": [
            Counter(_("On the books"), counts.on_books, roll),
            Counter(_("In the prison"), counts.in_prison, f"{roll}?whereabouts=in", "ok"),
            Counter(_("Out with"), counts.out_with, f"{roll}?whereabouts=out", "info"),
            Counter(
                _("Overdue"),
                counts.overdue,
                f"{roll}?overdue=1",
                "alarm" if counts.overdue else "quiet",
            ),
        ],
        "beside": [
            Counter(_("At large"), counts.at_large, "", "alarm" if counts.at_large else "quiet"),
            Counter(
                _("No valid warrant"),
                counts.no_valid_warrant,
                f"{roll}?legal_status=none",
                "alarm" if counts.no_valid_warrant else "quiet",
            ),
            Counter(_("Admission open"), counts.not_admitted),
            Counter(_("Babies (for fire)"), counts.infants),
        ],
        "by_status": [
            (status_label(code), number) for code, number in counts.by_status.items() if number
        ],
        "by_sex": [(SEXES[code], number) for code, number in counts.by_sex.items() if number],
        "by_age": [(AGES[code], number) for code, number in counts.by_age.items() if number],
        "out": [(row, OUT_KINDS[row.out_kind]) for row in found.out],
        "unit_columns": [
            Column(_("Unit")), Column(_("On the books"), numeric=True),
            Column(_("In"), numeric=True), Column(_("Out"), numeric=True),
            Column(_("Works with"), numeric=True), Column(_("Full"), numeric=True),
        ],
        "out_columns": [
            Column(_("Prisoner")), Column(_("Where")), Column(_("Left")),
            Column(_("Expected back")),
        ],
        "units": [
            (unit, _percent(unit.on_books, unit.operational_capacity))
            for unit in counts.by_unit
        ],
    }  # fmt: skip


def _percent(used: int, capacity: int) -> int | None:
    return None if not capacity else round(100 * used / capacity)
