"""One step about a paper: a form, what a service says to it, and nothing typed is lost."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pims.kernel.errors import InvalidInput, Refused
from pims.ui import wording
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of


def carried_out(form: BaseForm, act: Callable[[], object]) -> bool:
    """Do it; where the service says no, its reasons stand on the form as it was filled in."""
    try:
        act()
    except InvalidInput as problem:
        add_reasons(form, problem)
        return False
    except Refused as refused:
        for line in wording.explain(refused.reasons(), get_language() or "en"):
            form.add_error(None, line)
        return False
    return True


def step(
    request: Any,
    form: BaseForm,
    person_id: int,
    title: Any,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of one step: who it is about, what paper (`context`), and the form."""
    shown = {
        "form": form,
        "identity": identity_of(request.actor, person_id),
        "title": title,
        **(context or {}),
    }
    status = 422 if form.errors or shown.get("question") else 200
    return render(request, "authority/step.html", shown, status=status)
