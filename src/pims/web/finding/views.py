"""Finding somebody: by name, number or document, and by what a court wrote on a paper."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.words import status_label
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.custody.web.where import where_text
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors
from pims.people.selectors import PersonHit
from pims.ui.pages import page
from pims.ui.shapes import Column, Text

SHOWN = 25
# Shorter than this, a beginning says nothing: everybody would be listed.
SHORTEST = 2
LONGEST = 200


@page(permission="people.view")
def search(request: Any) -> HttpResponse:
    """Results for `q`, in a page or, asked for by htmx, alone: who, where, on what authority."""
    viewer: Actor = request.actor
    asked = request.GET.get("q", "").strip()[:LONGEST]
    part = bool(request.htmx) and request.htmx.target == "results"
    hits: list[PersonHit] = []
    remark = None
    if len(asked) >= SHORTEST:
        hits = selectors.search_people(viewer, asked, limit=SHOWN, unfinished=part)
        remark = selectors.explain_number(viewer, asked)
        hits = [*_named_on_papers(viewer, asked, {hit.person_id for hit in hits}), *hits]
    ids = [hit.person_id for hit in hits]
    headers = selectors.person_headers(viewer, ids)
    where, status = _standing(viewer, ids)
    context = {
        "asked": asked,
        "rows": [
            (hit, headers[hit.person_id], where.get(hit.person_id), status.get(hit.person_id))
            for hit in hits
            if hit.person_id in headers
        ],
        "remark": remark,
        "too_short": 0 < len(asked) < SHORTEST,
        "many": len(hits) >= SHOWN,
        "may_create": viewer.can("people.edit"),
        "columns": [
            Column(_("Photograph"), hidden_label=True), Column(_("Name")), Column(_("Number")),
            Column(_("Where")), Column(_("Status")), Column(_("Born")), Column(_("Sex")),
            Column(_("Found")),
        ],
    }  # fmt: skip
    template = "people/parts/results.html" if part else "people/search.html"
    return render(request, template, context)


def _named_on_papers(viewer: Actor, asked: str, known: set[int]) -> list[PersonHit]:
    """Those whom a paper with this very reference names, or who are in a case of that number."""
    named: list[int] = []
    if viewer.can("authority.view"):
        named += authority.persons_by_reference(asked)
    named += courts.persons_by_case(viewer, asked)
    ids = [i for i in dict.fromkeys(named) if i not in known][:SHOWN]
    found = selectors.person_headers(viewer, ids)
    return [
        PersonHit(
            person_id=head.person_id,
            number=head.number,
            name=head.display_name,
            birth_year=head.birth_date.year if head.birth_date else None,
            score=1.0,
            how="reference",
            sex=head.sex,
        )
        for head in found.values()
    ]


def _standing(viewer: Actor, ids: list[int]) -> tuple[dict[int, str], dict[int, Text]]:
    """Where each is now, and on what authority while held, for who may see it."""
    if not ids or not viewer.can("custody.view"):
        return {}, {}
    found = custody.whereabouts(viewer, ids)
    where = {person_id: where_text(found.get(person_id)) for person_id in ids}
    status: dict[int, Text] = {}
    for establishment in {w.establishment_id for w in found.values() if w.held}:
        held = {i: w for i, w in found.items() if w.held and w.establishment_id == establishment}
        codes = authority.legal_status(
            [w.person_id for w in held.values()],
            zone=facilities.time_zone(establishment),
            as_of=AsOf(clock.now()),
        )
        status |= {i: status_label(codes[w.person_id].code) for i, w in held.items()}
    return where, status
