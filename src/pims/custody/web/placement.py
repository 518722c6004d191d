"""Placing someone: places ranked with their reasons, the request, and the fact."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.selectors.standing import owner_of
from pims.custody.web.identity import identity_of
from pims.custody.web.occurrences import require_held
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import deciders, role_name
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.doubts import question
from pims.ui.fields import HiddenNumberField, InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.surprising import long_ago_in

PLACE, OVERRIDE = "custody.place", "custody.override_placement"
BOTH = ("GET", "HEAD", "POST")


class PlaceForm(forms.Form):
    place_id = HiddenNumberField()
    seen_place_id = HiddenNumberField(required=False)
    override_reason = forms.CharField(
        label=_("Why against the rule?"), required=False, max_length=300
    )


class PlacedForm(forms.Form):
    """A fact: where somebody was put already."""

    place_id = forms.TypedChoiceField(label=_("Place"), coerce=int)
    happened_at = InstantField(label=_("Since when"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=300)


@page(permission=PLACE, methods=BOTH)
def place(request: Any, episode_id: int) -> HttpResponse:
    """Places for this prisoner, best first; a refused one shows who may override."""
    person_id, establishment_id = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    if request.method != "POST":
        require_held(person_id, episode_id)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.place_person(
            command_from(request),
            episode_id=episode_id,
            place_id=form.cleaned_data["place_id"],
            override_reason=form.cleaned_data["override_reason"] or None,
            seen_place_id=form.cleaned_data["seen_place_id"],
        )
        messages.success(request, gettext("Placed."))
        return HttpResponseRedirect(_onward(request, episode_id, identity.url))
    units = facilities.units(request.actor, establishment_id)
    unit = request.GET.get("unit", "")
    if unit and unit not in {str(u.unit_id) for u in units}:
        raise NotFound("unit", unit)
    found = selectors.candidate_places(
        request.actor, episode_id, unit_id=int(unit) if unit else None
    )
    context = {
        "form": form,
        "episode_id": episode_id,
        "identity": identity,
        "seen": selectors.place_held(episode_id),
        "allowed": [c for c in found if c.allowed],
        "refused": [c for c in found if not c.allowed],
        "units": units,
        "unit": unit,
        "may_override": request.actor.can(OVERRIDE),
        "deciders": [
            role_name(code, get_language() or "en") for code in deciders(OVERRIDE, establishment_id)
        ],
    }
    return render(request, "custody/place.html", context, status=422 if form.errors else 200)


@page(permission=PLACE, methods=BOTH)
def placed(request: Any, episode_id: int) -> HttpResponse:
    """Record where somebody was put: never refused; against a rule it is marked and alarmed."""
    person_id, establishment_id = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    form = PlacedForm(
        request.POST if request.method == "POST" else None,
        initial={"happened_at": clock.now()},
    )
    form.fields["place_id"].choices = [  # type: ignore[attr-defined]
        (str(p.place_id), p.label)
        for p in facilities.places(request.actor, establishment_id, at=clock.now())
    ]
    asked = question(request, long_ago_in(form, "happened_at")) if form.is_valid() else None
    if asked is None and form.is_valid():
        try:
            done = services.record_placement(
                command_from(request), episode_id=episode_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            if done.breach:
                messages.warning(request, gettext("Recorded, against a rule: an alarm is open."))
            return HttpResponseRedirect(identity.url)
    context = {
        "form": form,
        "question": asked,
        "identity": identity,
        "title": _("Record where somebody was put"),
        "back": reverse("custody:place", args=[episode_id]),
    }
    status = 422 if form.errors or asked else 200
    return render(request, "custody/step.html", context, status=status)


def _onward(request: Any, episode_id: int, prisoner_url: str) -> str:
    """Back to the admission while it is open, else to the prisoner."""
    brief = selectors.episode_brief(request.actor, episode_id)
    if brief is not None and not brief.admitted and request.actor.can("custody.admit"):
        return reverse("custody:admission", args=[episode_id])
    return prisoner_url
