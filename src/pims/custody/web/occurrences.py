"""What happened that nobody planned: escape, recapture, death, removal, transfer."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.selectors.standing import owner_of, standing
from pims.custody.services.death import NO_COUNTRY
from pims.custody.web.doubts import hour_doubts
from pims.custody.web.identity import identity_of
from pims.custody.web.transfer import (
    TRANSFER,
    TransferForm,
    after_transfer,
    elsewhere,
    record_transfer,
    sent_again,
    transfer_form,
    what_goes_along,
)
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.people.web.words import country_choices
from pims.ui.commands import FIELD, command_from
from pims.ui.confirmation import confirmation_asked
from pims.ui.doubts import question
from pims.ui.fields import InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Fact, Task

RECORD = "custody.record_event"
BOTH = ("GET", "HEAD", "POST")
# What is asked for twice, and the answers to the second question.
GRAVE = ("death", "escape", "removal", TRANSFER)
STEP, SURE, CHANGE = "step", "sure", "change"


class SeenForm(forms.Form):
    happened_at = InstantField(label=_("When"))
    how = forms.ChoiceField(
        label=_("How was it made sure who this is?"),
        choices=[
            ("two_officers", _("Two officers who know the person")),
            ("photograph", _("By the photograph")),
        ],
        widget=forms.RadioSelect,
        initial="two_officers",
    )
    officers = forms.CharField(
        label=_("The other officer"), required=False, max_length=120,
        help_text=_("You are the first. Not needed where it was made sure by the photograph."),
    )  # fmt: skip


def record_seen(
    command: Command, *, episode_id: int, happened_at: datetime, how: str, officers: str
) -> object:
    """Whoever was seen in the unit or the yard is on record as seen, by whom."""
    named = [command.actor.name, *([officers.strip()] if officers.strip() else [])]
    return services.record_identity_check(
        command,
        episode_id=episode_id,
        how=how,
        officers=named,
        purpose="roll",
        happened_at=happened_at,
    )


def abroad() -> list[tuple[str, str | Promise]]:
    here = (*NO_COUNTRY, "BZ")
    abroad = [pair for pair in country_choices() if pair[0] not in here]
    return [("", "—"), *abroad]


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
    country = forms.ChoiceField(label=_("To which country"), choices=abroad)
    order_seen = forms.CharField(
        label=_("Which order was seen?"),
        required=False,
        max_length=300,
        help_text=_(
            "Body, reference and date. Leave it empty where none was seen: it is recorded all the "
            "same, an alarm is raised, and a second officer must sign."
        ),
    )
    by_whom = forms.CharField(label=_("Taken by"), required=False, max_length=200)
    receiving_authority = forms.CharField(
        label=_("Handed to which authority there"), required=False, max_length=200
    )
    destination = forms.CharField(label=_("Where to"), required=False, max_length=300)


KINDS: dict[str, tuple[Promise, type[forms.Form], Any]] = {
    "seen": (_("Seen, and made sure who it is"), SeenForm, record_seen),
    "escape": (_("Escaped or did not come back"), EscapeForm, services.record_escape),
    "recapture": (_("Recaptured or gave themself up"), RecaptureForm, services.record_recapture),
    "death": (_("Died"), DeathForm, services.record_death),
    "removal": (_("Removed from the country"), RemovalForm, services.record_removal),
    TRANSFER: (_("Transferred to another establishment"), TransferForm, record_transfer),
}


@page(permission=RECORD)
def event(request: Any, episode_id: int) -> HttpResponse:
    """Which of these happened?"""
    person_id, where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    require_held(person_id, episode_id)
    context = {
        "identity": identity,
        "tasks": [
            Task(label, "", reverse("custody:occurrence", args=[episode_id, code]))
            for code, (label, _form, _record) in KINDS.items()
            if code != TRANSFER or elsewhere(where)
        ],
    }
    return render(request, "custody/event.html", context)


@page(permission=RECORD, methods=BOTH)
def occurrence(request: Any, episode_id: int, kind: str) -> HttpResponseBase:
    """Record one: a fact, with the hour at which it was so.

    One as grave as a death is asked for twice: first what is known, then whether it is about this
    person, with photograph and number, by an officer who gave their PIN lately. An hour that does
    not fit what is recorded is asked about before that.
    """
    if kind not in KINDS:
        raise NotFound("occurrence", kind)
    label, form_class, record = KINDS[kind]
    person_id, _where = owner_of(episode_id)
    try:
        identity = identity_of(request.actor, person_id)
    except NotFound:
        again = sent_again(request, episode_id, person_id) if kind == TRANSFER else None
        if again is None:
            raise
        return again
    if request.method != "POST":
        require_held(person_id, episode_id)
    posted = request.POST if request.method == "POST" else None
    initial = {"happened_at": clock.now()}
    form: forms.Form
    if kind == TRANSFER:
        form = transfer_form(request.actor, episode_id, posted, initial)
    else:
        form = form_class(posted, initial=initial)
    step = request.POST.get(STEP, "")
    context: dict[str, Any] = {
        "form": form, "identity": identity, "title": label, "back": identity.url,
        "notes": what_goes_along(person_id) if kind == TRANSFER else (),
        "leaves": kind == TRANSFER,
    }  # fmt: skip
    if request.method == "POST" and step != CHANGE and form.is_valid():
        who = f"{identity.number} {identity.name}"
        asked_first = question(request, hour_doubts(form, episode_id, who=who))
        if asked_first is not None:
            context["question"] = asked_first
            return render(request, "custody/step.html", context, status=422)
        if kind in GRAVE and step != SURE:
            return render(request, "custody/sure.html", context | _repeated(request, form))
        asked = confirmation_asked(request) if kind in GRAVE else None
        if asked is not None:
            return asked
        try:
            record(command_from(request), episode_id=episode_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, _of_the_hour(problem))
        else:
            if kind == TRANSFER:
                return after_transfer(request, person_id, form.cleaned_data["to_establishment_id"])
            return HttpResponseRedirect(identity.url)
    if step == CHANGE:
        return render(request, "custody/step.html", context)
    return render(request, "custody/step.html", context, status=422 if form.errors else 200)


def _of_the_hour(problem: InvalidInput) -> InvalidInput:
    """What is wrong with the end of custody is wrong with the one hour that was asked for."""
    return InvalidInput(
        {"happened_at" if name == "ended_at" else name: r for name, r in problem.fields.items()}
    )


def require_held(person_id: int, episode_id: int) -> None:
    """Raise Refused where custody has ended: nobody types what can only be refused."""
    if any(row.episode_id == episode_id for row in standing(person_ids=[person_id])):
        return
    ended = next(
        (b for b in selectors.episode_briefs([person_id]).get(person_id, [])
         if b.episode_id == episode_id),
        None,
    )  # fmt: skip
    at = "" if ended is None or ended.ends_at is None else ended.ends_at.isoformat()
    refuse(Reason("custody.episode_ended", {"ended_at": at})).require()


def _repeated(request: Any, form: forms.Form) -> dict[str, Any]:
    """What was typed: once to be read, and once to be sent again."""
    return {
        "facts": [
            Fact(field.label, _said(form, field.name))
            for field in form
            if form.cleaned_data.get(field.name) not in (None, "", [])
        ],
        "carried": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", FIELD, STEP)
            for value in values
        ],
        "step": {"name": STEP, "sure": SURE, "change": CHANGE},
    }


def _said(form: forms.Form, name: str) -> Any:
    value = form.cleaned_data[name]
    choices = getattr(form.fields[name], "choices", None)
    if isinstance(value, list):
        return "; ".join(value)
    return dict(choices).get(value, value) if choices else value
