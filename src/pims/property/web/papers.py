"""The papers of property, as PDF."""

from typing import Any

from django.http import HttpResponse

from pims.property.documents.receipt import property_receipt
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper


@page(permission=PRINT)
def receipt(request: Any, receipt_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, property_receipt(request.actor, receipt_id))
