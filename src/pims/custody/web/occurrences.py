"""What happened that nobody planned: escape, recapture, death, removal, transfer."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.custody import services
from pims.custody.selectors.standing import owner_of
from pims.custody.web.identity import identity_of
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.fields import InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Task

RECORD = "custody.record_event"
BOTH = ("GET", "HEAD", "POST")


class EscapeForm(forms.Form):
    happened_at = InstantField(label=_("Since when"))
    circumstances = forms.CharField(
        label=_("What is known"), required=False, max_length=4000, widget=forms.Textarea
    )
    police_told_at = InstantField(label=_("Police told at"), required=False)


class RecaptureForm(forms.Form):
    happened_at = InstantField(label=_("When"))
    how = forms.ChoiceField(
        label=_("How"),
        choices=[("recaptured", _("Recaptured")), ("surrendered", _("Gave themself up"))],
    )
    recapture_place = forms.CharField(label=_("Where"), required=False, max_length=200)


class DeathForm(forms.Form):
    happened_at = InstantField(label=_("Hour of death"))
    place_of_death = forms.CharField(label=_("Where"), required=False, max_length=200)
    found_by = forms.CharField(label=_("Found by"), required=False, max_length=200)
    circumstances = forms.CharField(
        label=_("Circumstances"), required=False, max_length=4000, widget=forms.Textarea
    )
    coroner_told_at = InstantField(label=_("Coroner told at"), required=False)
    family_told_at = InstantField(label=_("Family told at"), required=False)


class RemovalForm(forms.Form):
    happened_at = InstantField(label=_("When"))
    country = forms.CharField(label=_("To which country (two letters)"), min_length=2, max_length=2)
    order_seen = forms.CharField(label=_("Which order"), required=False, max_length=300)
    by_whom = forms.CharField(label=_("Taken by"), required=False, max_length=200)


KINDS: dict[str, tuple[Promise, type[forms.Form], Any]] = {
    "escape": (_("Escaped or did not come back"), EscapeForm, services.record_escape),
    "recapture": (_("Recaptured or gave themself up"), RecaptureForm, services.record_recapture),
    "death": (_("Died"), DeathForm, services.record_death),
    "removal": (_("Removed from the country"), RemovalForm, services.record_removal),
}


@page(permission=RECORD)
def event(request: Any, episode_id: int) -> HttpResponse:
    """Which of these happened?"""
    person_id, _where = owner_of(episode_id)
    context = {
        "identity": identity_of(request.actor, person_id),
        "tasks": [
            Task(label, "", reverse("custody:occurrence", args=[episode_id, code]))
            for code, (label, _form, _record) in KINDS.items()
        ],
    }
    return render(request, "custody/event.html", context)


@page(permission=RECORD, methods=BOTH)
def occurrence(request: Any, episode_id: int, kind: str) -> HttpResponse:
    """Record one: a fact, with the hour at which it was so."""
    if kind not in KINDS:
        raise NotFound("occurrence", kind)
    label, form_class, record = KINDS[kind]
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial={"happened_at": clock.now()},
    )
    if form.is_valid():
        try:
            record(command_from(request), episode_id=episode_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(identity.url)
    context = {"form": form, "identity": identity, "title": label}
    return render(request, "custody/step.html", context, status=422 if form.errors else 200)
