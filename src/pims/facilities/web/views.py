"""Units with their capacities, and what is out of use."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.facilities import selectors, services
from pims.facilities.selectors import UnitInfo
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.fields import InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, MANAGE = "facilities.view", "facilities.manage"
BOTH = ("GET", "HEAD", "POST")

SEXES: dict[str, Promise] = {"": _("Anyone"), "male": _("Men"), "female": _("Women")}
AGES: dict[str, Promise] = {"": _("Any age"), "adult": _("Adults"), "juvenile": _("Juveniles")}
STATUSES: dict[str, Promise] = {
    "": _("Any status"),
    "unsentenced": _("Unsentenced"),
    "convicted": _("Convicted"),
}


class CapacityForm(forms.Form):
    certified = forms.IntegerField(label=_("Certified for"), min_value=0, max_value=10_000)
    operational = forms.IntegerField(label=_("Capacity"), min_value=0, max_value=10_000)
    reason = forms.CharField(label=_("On what ground?"), max_length=300)


class CloseForm(forms.Form):
    where = forms.ChoiceField(label=_("Which cell or place?"))
    starts_at = InstantField(label=_("From"))
    ends_at = InstantField(label=_("Until, where known"), required=False)
    reason = forms.CharField(label=_("Why?"), max_length=300)


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """The units of this establishment, for whom and how many, and what is closed."""
    where = request.establishment_id
    # Before the first establishment is loaded there is nothing to list.
    units = [] if where is None else selectors.units(request.actor, where)
    context = {
        "rows": [
            (u, f"{SEXES[u.for_sex]}, {AGES[u.for_age]}, {STATUSES[u.for_status]}")
            for u in units
        ],
        "certified": sum(u.certified_capacity for u in units),
        "operational": sum(u.operational_capacity for u in units),
        "outages": []
        if where is None
        else selectors.outages(request.actor, where, at=clock.now()),
        "columns": [
            Column(_("Unit")), Column(_("For")), Column(_("Certified for"), numeric=True),
            Column(_("Capacity"), numeric=True),
        ],
        "outage_columns": [
            Column(_("Cell or place")), Column(_("Unit")), Column(_("From")),
            Column(_("Until")), Column(_("Why")), Column(_("Action"), hidden_label=True),
        ],
        "may_manage": request.actor.can(MANAGE),
    }  # fmt: skip
    return render(request, "facilities/index.html", context)


@page(permission=VIEW)
def unit(request: Any, unit_id: int) -> HttpResponse:
    found = _unit(unit_id)
    context = {
        "unit": found,
        "outages": [
            o
            for o in selectors.outages(request.actor, found.establishment_id, at=clock.now())
            if o.unit_name == found.name
        ],
        "may_manage": request.actor.can(MANAGE),
    }
    return render(request, "facilities/unit.html", context)


@page(permission=MANAGE, methods=BOTH)
def capacity(request: Any, unit_id: int) -> HttpResponse:
    found = _unit(unit_id)
    form = CapacityForm(
        request.POST if request.method == "POST" else None,
        initial={
            "certified": found.certified_capacity,
            "operational": found.operational_capacity,
        },
    )
    if form.is_valid():
        try:
            services.change_capacity(command_from(request), unit_id=unit_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("The capacity is changed."))
            return HttpResponseRedirect(reverse("facilities:unit", args=[unit_id]))
    return _step(request, form, _("Change the capacity of %(unit)s") % {"unit": found.name})


@page(permission=MANAGE, methods=BOTH)
def close(request: Any, unit_id: int) -> HttpResponse:
    """Take a cell, or one place of it, out of use. Whoever is there stays until moved."""
    found = _unit(unit_id)
    form = CloseForm(
        request.POST if request.method == "POST" else None, initial={"starts_at": clock.now()}
    )
    form.fields["where"].choices = _choices(request, found)  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        cell, _sep, place = given["where"].partition("/")
        try:
            services.take_out_of_use(
                command_from(request),
                cell_id=int(cell),
                place_id=int(place) if place else None,
                starts_at=given["starts_at"],
                ends_at=given["ends_at"],
                reason=given["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("facilities:unit", args=[unit_id]))
    return _step(request, form, _("Take out of use: %(unit)s") % {"unit": found.name})


@page(permission=MANAGE, methods=("POST",))
def reopen(request: Any, out_of_use_id: int) -> HttpResponse:
    services.return_to_use(command_from(request), out_of_use_id=out_of_use_id, at=clock.now())
    messages.success(request, gettext("Back in use."))
    return HttpResponseRedirect(reverse("facilities:index"))


def _unit(unit_id: int) -> UnitInfo:
    found = selectors.unit_info([unit_id]).get(unit_id)
    if found is None:
        raise NotFound("unit", unit_id)
    return found


def _choices(request: Any, unit: UnitInfo) -> list[tuple[str, str]]:
    places = selectors.places(
        request.actor, unit.establishment_id, at=clock.now(), unit_ids=[unit.unit_id]
    )
    whole = _("%(cell)s, the whole cell")
    found: dict[str, str] = {}
    for place in places:
        found.setdefault(str(place.cell_id), str(whole % {"cell": place.cell_code}))
        found[f"{place.cell_id}/{place.place_id}"] = place.label
    return list(found.items())


def _step(request: Any, form: forms.Form, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "facilities/step.html", context, status=422 if form.errors else 200)
