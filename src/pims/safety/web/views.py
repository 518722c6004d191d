"""Flags and keep-aparts of one prisoner."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.safety import selectors, services
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page

VIEW, RECORD = "safety.view", "safety.record"
BOTH = ("GET", "HEAD", "POST")

FLAGS: dict[str, Promise] = {
    "escape_risk": _("Escape risk"),
    "self_harm": _("Self-harm"),
    "violence": _("Violence"),
    "vulnerable": _("Vulnerable"),
    "gang": _("Gang"),
    "pregnant": _("Pregnant"),
    "disability": _("Disability"),
    "health_alert": _("Health alert"),
    "informant": _("Informant"),
    "victim": _("Victim"),
    "single_cell": _("Single cell"),
}


class FlagForm(forms.Form):
    kind = forms.ChoiceField(label=_("What must be known?"), choices=list(FLAGS.items()))
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea)


class KeepApartForm(forms.Form):
    other = forms.CharField(label=_("Number of the other prisoner"), max_length=20)
    level = forms.ChoiceField(
        label=_("How strictly?"),
        choices=[("absolute", _("Never together")), ("where_possible", _("Where possible"))],
        widget=forms.RadioSelect,
        initial="absolute",
    )
    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea)
    protected = forms.BooleanField(
        label=_("Hide it from whoever may not know of informants and victims"), required=False
    )


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why does it end?"), max_length=300, widget=forms.Textarea)


@page(permission=VIEW)
def person(request: Any, person_id: int) -> HttpResponse:
    """What must be known to keep this prisoner and others safe."""
    pairs = selectors.keep_aparts_of(request.actor, person_id)
    others = people.person_headers(request.actor, [p.other_person_id for p in pairs])
    shows(others)
    context = {
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
        "flags": [
            (flag, FLAGS[flag.kind])
            for flag in selectors.flags(request.actor, [person_id]).get(person_id, [])
        ],
        "pairs": [(pair, others.get(pair.other_person_id)) for pair in pairs],
        "may_record": request.actor.can(RECORD),
    }
    return render(request, "safety/person.html", context)


@page(permission=RECORD, methods=BOTH)
def raise_flag(request: Any, person_id: int) -> HttpResponse:
    form = FlagForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.raise_flag(command_from(request), person_id=person_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(person_id)
    return _step(request, form, person_id, _("Raise a flag"))


@page(permission=RECORD, methods=BOTH)
def lower_flag(request: Any, flag_id: int) -> HttpResponse:
    person_id = selectors.person_of_flag(request.actor, flag_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.lower_flag(
                command_from(request), flag_id=flag_id, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(person_id)
    return _step(request, form, person_id, _("Lower the flag"))


@page(permission=RECORD, methods=BOTH)
def keep_apart(request: Any, person_id: int) -> HttpResponse:
    form = KeepApartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            other = people.resolve_number(request.actor, given.pop("other"))
            services.keep_apart(
                command_from(request), person_id=person_id, other_person_id=other, **given
            )
        except NotFound:
            form.add_error("other", _("No prisoner has this number."))
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(person_id)
    return _step(request, form, person_id, _("Keep apart"))


@page(permission=RECORD, methods=BOTH)
def end_keep_apart(request: Any, keep_apart_id: int) -> HttpResponse:
    person_id = selectors.person_of_keep_apart(request.actor, keep_apart_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.end_keep_apart(
                command_from(request),
                keep_apart_id=keep_apart_id,
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(person_id)
    return _step(request, form, person_id, _("They may meet again"))


def _back(person_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("safety:person", args=[person_id]))


def _step(request: Any, form: forms.Form, person_id: int, title: Any) -> HttpResponse:
    context = {
        "form": form,
        "identity": identity_of(request.actor, person_id),
        "title": title,
        "person_id": person_id,
    }
    return render(request, "safety/step.html", context, status=422 if form.errors else 200)
