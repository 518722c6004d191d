"""The paper of the board, as PDF."""

from typing import Any

from django.http import HttpResponse

from pims.live.documents.daily_state import daily_state as state_of
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper


@page(permission=PRINT)
def daily_state(request: Any) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, state_of(request.actor, request.establishment_id))
