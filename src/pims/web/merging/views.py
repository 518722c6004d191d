"""Comparing two records, joining them and parting them again: custody and people together."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from pims.custody import selectors as custody_selectors
from pims.custody import services as custody
from pims.custody.web.where import where_text
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.people import selectors as people
from pims.people import services as people_services
from pims.people.web.forms import DecisionForm, MergeForm, UnmergeForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.pages import page

EDIT, MERGE = "people.edit", "people.merge"
BOTH = ("GET", "HEAD", "POST")


@page(permission=EDIT, methods=("GET", "HEAD", "POST"))
def match_people(request: Any, match_id: int) -> HttpResponse:
    """Compare, and say whether they are one person; "same" leads on to the joining."""
    line = people.possible_match(request.actor, match_id)
    if line is None or line.person is None:
        raise NotFound("possible match", match_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people_services.decide_possible_match(
                command_from(request), match_id=match_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Saved."))
            if form.cleaned_data["decision"] == "same" and request.actor.can("people.merge"):
                older, newer = sorted((line.person.person_id, line.other.person_id))
                return HttpResponseRedirect(reverse("merge_people", args=[newer, older]))
            return HttpResponseRedirect(reverse("prisoner", args=[line.person.number]))
    append_read(
        actor_id=request.actor.user_id,
        page="people.match",
        person_ids=[line.person.person_id, line.other.person_id],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    one, other = (
        people.person_detail(request.actor, header.person_id)
        for header in (line.person, line.other)
    )
    ids = [line.person.person_id, line.other.person_id]
    where = custody_selectors.whereabouts(request.actor, ids)
    context = {
        "form": form,
        "line": line,
        "one": one,
        "other": other,
        "one_where": where_text(where.get(ids[0])),
        "other_where": where_text(where.get(ids[1])),
    }
    return render(request, "people/match.html", context, status=422 if form.errors else 200)


@page(permission=MERGE, methods=BOTH)
def merge_people(request: Any, person_id: int, into_person_id: int) -> HttpResponse:
    """Both files side by side; a refusal (custody overlaps) is shown above them.

    The direction that can be is the one that is offered: a record in custody is the one that
    stays. Turning it round keeps what was typed.
    """
    turned = "turn" in request.POST
    where = custody_selectors.whereabouts(request.actor, [person_id, into_person_id])
    held = {found: where[found].held for found in where}
    if request.method != "POST" and held.get(person_id) and not held.get(into_person_id):
        return HttpResponseRedirect(reverse("merge_people", args=[into_person_id, person_id]))
    if turned:
        person_id, into_person_id = into_person_id, person_id
    one, other = (
        people.person_detail(request.actor, found) for found in (person_id, into_person_id)
    )
    reasons, status = [], 200
    form = MergeForm(
        None if turned else request.POST or None, initial={"reason": request.POST.get("reason", "")}
    )
    if request.method == "POST" and not turned:
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
    both = [one, other] if held.get(person_id) and held.get(into_person_id) else []
    stays = custody_selectors.current_episodes([d.header.person_id for d in both])
    context = {
        "form": form,
        "one": one,
        "other": other,
        "reasons": reasons,
        "wrong": [
            (d.header, reverse("custody:correct", args=[stays[d.header.person_id].episode_id]))
            for d in both
            if d.header.person_id in stays and request.actor.can("custody.receive")
        ],
        "one_where": where_text(where.get(person_id)),
        "other_where": where_text(where.get(into_person_id)),
        "here": reverse("merge_people", args=[person_id, into_person_id]),
        "may_turn": not held.get(into_person_id, False),
    }
    return render(request, "people/merge.html", context, status=status)


@page(permission=MERGE, methods=BOTH)
def unmerge_people(request: Any, person_id: int) -> HttpResponse:
    """Part a record from the one it was joined to."""
    one = people.person_detail(request.actor, person_id)
    if not one.merged_into:
        raise NotFound("merge", person_id)
    form = UnmergeForm(request.POST or None)
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
