"""Finding somebody: the page, its live results, and suggestions for a text box."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.people import selectors
from pims.people.selectors.search import LONGEST
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW = "people.view"
SHOWN = 25
# Shorter than this, a beginning says nothing: everybody would be listed.
SHORTEST = 2


@page(permission=VIEW)
def search(request: Any) -> HttpResponse:
    """Results for `q`, in a page or, asked for by htmx, alone."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    part = bool(request.htmx) and request.htmx.target == "results"
    hits, remark = [], None
    if len(asked) >= SHORTEST:
        hits = selectors.search_people(request.actor, asked, limit=SHOWN, unfinished=part)
        remark = selectors.explain_number(request.actor, asked)
    headers = selectors.person_headers(request.actor, [hit.person_id for hit in hits])
    context = {
        "asked": asked,
        "rows": [(hit, headers[hit.person_id]) for hit in hits if hit.person_id in headers],
        "remark": remark,
        "too_short": 0 < len(asked) < SHORTEST,
        "many": len(hits) >= SHOWN,
        "may_create": request.actor.can("people.edit"),
        "columns": [
            Column(_("Photograph"), hidden_label=True), Column(_("Name")), Column(_("Number")),
            Column(_("Born")), Column(_("Sex")), Column(_("Found")),
        ],
    }  # fmt: skip
    template = "people/parts/results.html" if part else "people/search.html"
    return render(request, template, context)


@page(permission=VIEW)
def suggest(request: Any) -> JsonResponse:
    """Numbers with names, for a text box that takes a prisoner's number."""
    asked = request.GET.get("q", "").strip()
    if len(asked) < SHORTEST:
        return JsonResponse([], safe=False)
    hits = selectors.search_people(request.actor, asked, limit=8, unfinished=True)
    return JsonResponse(
        [
            {
                "value": hit.number,
                "label": " · ".join(
                    str(part) for part in (hit.name or _("Name not known"), hit.number,
                                           hit.birth_year) if part
                ),
                "url": reverse("prisoner", args=[hit.number]),
            }
            for hit in hits
        ],
        safe=False,
    )  # fmt: skip
