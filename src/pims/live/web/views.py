"""The board: the prison as it is at this second."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from pims.live import selectors
from pims.live.sight import view_of
from pims.live.token import stream_url
from pims.live.web import figures as shown
from pims.live.web.sounding import TOPICS
from pims.ui.pages import page

VIEW = "live.view"
ROOMS = ("custody", "authority", "release", "assurance", "people", "exchange")


class TemporaryRedirect(HttpResponseRedirect):
    """Asked for anew each time: the stream's pass is short-lived."""

    status_code = 307


@page(permission=VIEW)
def board(request: Any) -> HttpResponse:
    found = selectors.board(request.actor, request.establishment_id)
    may_print = request.actor.can("documents.print")
    context = shown.context_of(found) | {"may_print": may_print}
    return render(request, "live/board.html", context)


@page(permission=VIEW)
def figures(request: Any) -> HttpResponse:
    """The figures alone, for a board to which the stream brings none."""
    found = selectors.board(request.actor, request.establishment_id)
    return render(request, shown.TEMPLATE, shown.context_of(found))


@page(permission=VIEW)
def stream(request: Any) -> HttpResponse:
    """Sends the browser on to the event stream, with a fresh pass at every (re)connection.

    `after` is the feed position that the page shows: what happened since is told too. With
    ``sound`` only of what is to be heard; with ``figures`` the board's own are sent along, and
    with ``again`` at once, because the page has lost sight of them.
    """
    after = request.GET.get("after", "")
    view = None
    if "figures" in request.GET:
        view = view_of(request.actor, request.establishment_id, get_language() or "en")
    response = TemporaryRedirect(
        stream_url(
            request.actor,
            page_origin=request.build_absolute_uri("/"),
            topics=TOPICS if "sound" in request.GET else ROOMS,
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
            view=view,
            again="again" in request.GET,
        )
    )
    response["Cache-Control"] = "no-store"
    return response
