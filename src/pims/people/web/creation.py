"""A new person away from reception: near ones are shown beside the form while it is typed."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.kernel.errors import InvalidInput
from pims.people import selectors, services
from pims.people.rules import PRECISIONS
from pims.people.selectors import PossibleMatchLine
from pims.people.services import NameInput
from pims.people.web.forms import NewPersonForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.pages import page

EDIT = "people.edit"


@page(permission=EDIT, methods=("GET", "HEAD", "POST"))
def new(request: Any) -> HttpResponse:
    """Make a person. Who is near is shown; the number is given whatever is decided."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        name = NameInput(given["given"], given["family"])
        try:
            made = services.create_person(
                command_from(request),
                names=[name] if name.given.strip() or name.family.strip() else [],
                sex=given["sex"],
                birth_date=given["birth_date"],
                birth_precision=given["birth_precision"] if given["birth_date"] else "unknown",
                nationalities=[given["nationality"]] if given["nationality"] else [],
                establishment_id=request.establishment_id,
                source="records",
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Number given: %(number)s") % {"number": made.number})
            # Of records that this viewer may not see the page to compare them knows nothing.
            lines = selectors.matches_of(request.actor, [made.person_id]).get(made.person_id, ())
            if match := next(iter(lines), None):
                return HttpResponseRedirect(reverse("match_people", args=[match.match_id]))
            return HttpResponseRedirect(reverse("prisoner", args=[made.number]))
    context = {"form": form, "near": _near(request, form.data), "title": _("A new person")}
    return render(request, "people/new.html", context, status=422 if form.errors else 200)


@page(permission="people.view")
def near(request: Any) -> HttpResponse:
    """Who is near to what is typed so far: asked for by htmx from any form with these fields."""
    return render(request, "people/parts/near.html", {"near": _near(request, request.GET)})


def _near(request: Any, given: Any) -> list[PossibleMatchLine]:
    name = NameInput(given.get("given", "")[:200], given.get("family", "")[:200])
    if len(name.given.strip() + name.family.strip()) < 3:
        return []
    return selectors.near_persons(
        request.actor,
        names=[name],
        birth_date=_typed_day(given),
        birth_precision=_typed_precision(given),
        sex=given.get("sex", "unknown"),
        nationalities=[given["nationality"]] if given.get("nationality") else [],
    )


def _typed_day(given: Any) -> date | None:
    try:
        parts = (given.get(f"birth_date_{part}", "") for part in ("day", "month", "year"))
        day, month, year = (int(part or 1) for part in parts)
        return date(year, month, day) if year > 1 else None
    except (ValueError, OverflowError):
        return None


def _typed_precision(given: Any) -> str:
    said = given.get("birth_precision", "")
    return said if said in PRECISIONS else "day"
