"""Joining two records of one person, and parting them again: custody and people together."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from pims.custody import services as custody
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.people import selectors as people
from pims.people import services as people_services
from pims.people.web.forms import MergeForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.pages import page

MERGE = "people.merge"
BOTH = ("GET", "HEAD", "POST")


@page(permission=MERGE, methods=BOTH)
def merge_people(request: Any, person_id: int, into_person_id: int) -> HttpResponse:
    """Both files side by side; a refusal (custody overlaps) is shown above them."""
    one, other = (
        people.person_detail(request.actor, found) for found in (person_id, into_person_id)
    )
    form, reasons, status = MergeForm(request.POST or None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                custody.merge_people(
                    command_from(request),
                    person_id=person_id,
                    into_person_id=into_person_id,
                    reason=form.cleaned_data["reason"],
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Refused as refusal:
                reasons, status = list(refusal.reasons()), 409
            else:
                messages.success(request, gettext("The records are joined."))
                return HttpResponseRedirect(reverse("prisoner", args=[other.header.number]))
    append_read(
        actor_id=request.actor.user_id,
        page="prisoner.merge",
        person_ids=[person_id, into_person_id],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    context = {"form": form, "one": one, "other": other, "reasons": reasons}
    return render(request, "people/merge.html", context, status=status)


@page(permission=MERGE, methods=BOTH)
def unmerge_people(request: Any, person_id: int) -> HttpResponse:
    """Part a record from the one it was joined to."""
    one = people.person_detail(request.actor, person_id)
    if not one.merged_into:
        raise NotFound("merge", person_id)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people_services.unmerge_persons(
                command_from(request), person_id=person_id, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("The records are parted."))
            return HttpResponseRedirect(reverse("prisoner", args=[one.header.number]))
    context = {"form": form, "one": one}
    return render(request, "people/unmerge.html", context, status=422 if form.errors else 200)
