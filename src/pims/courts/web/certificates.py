"""Time in custody by charge: the page, and the paper for the judge."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pims.courts import selectors
from pims.courts.documents.custody_days import custody_days as paper_of
from pims.courts.documents.custody_days import days_text, how_counted, paper_line
from pims.courts.web import words
from pims.people import selectors as people
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper
from pims.ui.shapes import Column, Fact

VIEW = "courts.view"


@page(permission=VIEW)
def certificate(request: Any, case_id: int, person_id: int) -> HttpResponse:
    """Every interval of every charge, with the papers that held and how the days were counted."""
    viewer = request.actor
    identity = identity_of(viewer, person_id)
    found = selectors.time_in_custody_by_charge(viewer, case_id, people.canonical_id(person_id))
    numbers = {paper.key: number for number, paper in enumerate(found.papers, 1)}
    context = {
        "certificate": found,
        "identity": identity,
        "facts": [
            Fact(_("Number of the case"), found.case.number),
            Fact(_("Court or body"), found.case.body_name),
            Fact(_("Counted until"), found.upto),
            Fact(_("Days in custody in all, each counted once"), found.days_in_custody),
        ],
        "charges": [
            (
                words.charge_text(one.charge),
                one.charge.citation,
                one,
                days_text(one.days.total),
                days_text(one.days.unsentenced),
                days_text(one.days.under_sentence),
                [(s, [numbers[key] for key in s.papers if key in numbers])
                 for s in one.days.stretches],
            )
            for one in found.charges
        ],
        "papers": [
            (number, paper_line(paper, found.zone)) for number, paper in enumerate(found.papers, 1)
        ],
        "elsewhere": [paper_line(paper, found.zone) for paper in found.elsewhere],
        "how": how_counted(),
        "stretch_columns": [
            Column(_("From")), Column(_("To, counted too")), Column(_("Days"), numeric=True),
            Column(_("Held on")), Column(_("Serving a sentence")),
        ],
        "paper_columns": [
            Column("#"), Column(_("Paper")), Column(_("Court or body")), Column(_("Reference")),
            Column(_("From")), Column(_("Until")),
        ],
        "may_print": viewer.can(PRINT),
    }  # fmt: skip
    return render(request, "courts/certificate.html", context)


@page(permission=PRINT)
def certificate_paper(request: Any, case_id: int, person_id: int) -> HttpResponse:
    with in_language_of(request):
        root = people.canonical_id(person_id)
        return print_paper(request, paper_of(request.actor, case_id, root))
