"""The papers of custody, as PDF."""

from typing import Any

from django.http import HttpResponse

from pims.custody.documents.admission_form import admission_form as form_of
from pims.custody.documents.id_card import id_card as card_of
from pims.custody.documents.reception_book import reception_book as book_of
from pims.kernel.errors import NotFound
from pims.ui.dates import day_asked
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper


@page(permission=PRINT)
def admission_form(request: Any, episode_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, form_of(request.actor, episode_id))


@page(permission=PRINT)
def id_card(request: Any, person_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, card_of(request.actor, person_id))


@page(permission=PRINT)
def reception_book(request: Any, day: str) -> HttpResponse:
    """The book of a day written as 2026-03-07. Raises NotFound for what is no day."""
    with in_language_of(request):
        wanted = day_asked(day)
        if wanted is None:
            raise NotFound("day")
        return print_paper(request, book_of(request.actor, request.establishment_id, wanted))
