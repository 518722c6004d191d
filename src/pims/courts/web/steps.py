"""One step about something of a court: a form, what a service says to it, nothing typed lost."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from pims.kernel.errors import InvalidInput, Refused, Stale
from pims.ui import wording
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.newer import show_newer

BOTH = ("GET", "HEAD", "POST")


def carried_out(
    form: forms.Form,
    act: Callable[[], object],
    *,
    fresh: Callable[[], forms.Form] | None = None,
) -> bool:
    """Do it; where the service says no, its reasons stand on the form as it was filled in.

    `fresh` makes the same form with what the record says now: where somebody else was faster,
    both stand beside each other, and the next save is of what was read.
    """
    try:
        act()
    except InvalidInput as problem:
        add_reasons(form, problem)
    except Refused as refused:
        for line in wording.explain(refused.reasons(), get_language() or "en"):
            form.add_error(None, line)
    except Stale:
        if fresh is None:
            raise
        now = fresh()
        form.add_error(
            None,
            gettext(
                "Somebody else changed this after you opened the form. Compare, then save again."
            ),
        )
        typed: Any = form.data
        typed = typed.copy()
        typed["version"] = now.initial["version"]
        form.data = typed
        show_newer(form, now)
    else:
        return True
    return False


def step(
    request: Any,
    form: forms.BaseForm,
    title: Any,
    *,
    person_id: int | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of one step: whom it is about, what of (`facts` of `context`), and the form."""
    shown = {
        "form": form,
        "identity": None if person_id is None else identity_of(request.actor, person_id),
        "title": title,
    } | dict(context or {})
    status = 422 if form.errors or shown.get("question") else 200
    return render(request, "courts/step.html", shown, status=status)
