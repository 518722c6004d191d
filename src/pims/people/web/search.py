"""Suggestions of people for a text box; the page that finds them spans rooms."""

from typing import Any

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.people import selectors
from pims.ui.pages import page

VIEW = "people.view"
# Shorter than this, a beginning says nothing: everybody would be listed.
SHORTEST = 2


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
