"""The papers of release, as PDF."""

from typing import Any

from django.http import HttpResponse

from pims.kernel.errors import NotFound
from pims.release.documents.book import discharge_book
from pims.release.documents.certificate import discharge_certificate
from pims.release.documents.certificate import end_certificate as certificate_of_end
from pims.release.documents.official_copy import official_copy as copy_of
from pims.ui.dates import day_asked
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper


@page(permission=PRINT)
def certificate(request: Any, discharge_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, discharge_certificate(request.actor, discharge_id))


@page(permission=PRINT)
def end_certificate(request: Any, end_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, certificate_of_end(request.actor, end_id))


@page(permission=PRINT)
def book(request: Any, day: str) -> HttpResponse:
    """The book of a day written as 2026-03-07. Raises NotFound for what is no day."""
    with in_language_of(request):
        wanted = day_asked(day)
        if wanted is None:
            raise NotFound("day")
        return print_paper(request, discharge_book(request.actor, request.establishment_id, wanted))


@page(permission=PRINT)
def official_copy(request: Any, person_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, copy_of(request.actor, person_id, request.establishment_id))
