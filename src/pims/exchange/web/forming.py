"""One form, one service: saved and back, or the form with what is wrong."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from pims.kernel.errors import InvalidInput, Refused
from pims.ui.forms import add_reasons

TEMPLATE = "exchange/form.html"


def formed(
    request: Any,
    form: forms.Form,
    keep: Callable[[], str],
    *,
    title: str,
    back: str,
    lead: str = "",
    version: int | None = None,
    warning: bool = False,
    said: str = "",
    button: str = "",
) -> HttpResponse:
    """`keep` does it and gives the address to go on to."""
    reasons: Any = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            onwards = keep()
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Refused as refused:
            reasons, status = refused.reasons(), refused.http_status
        else:
            messages.success(request, said or gettext("Saved."))
            return HttpResponseRedirect(onwards)
    context = {
        "form": form, "title": title, "lead": lead, "back": back, "version": version,
        "reasons": reasons, "tone": "warning" if warning else "primary", "button": button,
    }  # fmt: skip
    return render(request, TEMPLATE, context, status=422 if form.errors else status)


def shown_version(request: Any, now: int) -> int:
    """The version on the form; what is no number is that of no form of ours, and so stale."""
    given = str(request.POST.get("version", now))
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
