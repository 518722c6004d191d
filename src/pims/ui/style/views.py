"""The style page's address: only where the installation asks for it."""

import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from pims.ui.pages import page
from pims.ui.style.samples import context
from pims.ui.style.shell import sample_shell

COURTS = ("Belize City Magistrates' Court", "Belmopan Magistrates' Court", "High Court, Central")


def _require_shown() -> None:
    if not (settings.DEBUG or os.environ.get("PIMS_STYLE") == "1"):
        raise Http404


@page(permission=None, methods=("GET", "HEAD", "POST"))
def style(request: HttpRequest) -> HttpResponse:
    """Every component; a POST shows the form's answer (422 with errors)."""
    _require_shown()
    values = context() | {"shell": sample_shell()}
    status = 422 if request.method == "POST" else 200
    return render(request, "ui/style/page.html", values, status=status)


@page(permission=None)
def suggest(request: HttpRequest) -> JsonResponse:
    """Courts whose name holds the text."""
    _require_shown()
    text = request.GET.get("q", "").casefold()
    found = [{"value": c, "label": c} for c in COURTS if text in c.casefold()]
    return JsonResponse(found, safe=False)
