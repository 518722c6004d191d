"""An end of custody on its own page: what is known of it, who signed, and taking it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.selectors import EndInfo
from pims.custody.selectors.ends import EndLine
from pims.custody.selectors.standing import owner_of
from pims.custody.services.end_corrections import MAY_BE_MOVED, MAY_BE_TAKEN_BACK
from pims.custody.services.ends import DISCHARGES
from pims.custody.web.doubts import hour_doubts
from pims.custody.web.identity import identity_of
from pims.custody.web.occurrences import abroad
from pims.custody.web.words import END_KINDS
from pims.foundation.access.selectors import user_names
from pims.kernel import minutes
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.people.web.words import country_choices
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.doubts import Doubt, question
from pims.ui.fields import HiddenNumberField, InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Fact

VIEW, RECORD, CORRECT = "custody.view", "custody.record_event", "custody.correct"
BOTH = ("GET", "HEAD", "POST")

LABELS = {
    "place_of_death": _("Where"),
    "found_by": _("Found by"),
    "circumstances": _("Circumstances"),
    "coroner_told_at": _("Coroner told at"),
    "coroner_reference": _("Coroner's reference"),
    "family_told_at": _("Family told at"),
    "body_released_to": _("Body handed to"),
    "body_released_at": _("Body handed over at"),
    "order_seen": _("Order seen"),
    "by_whom": _("By whom"),
    "receiving_authority": _("Handed to which authority there"),
    "destination": _("Where to"),
}
DEATH = (
    "place_of_death", "found_by", "circumstances", "coroner_told_at", "coroner_reference",
    "family_told_at", "body_released_to", "body_released_at",
)  # fmt: skip
FIELDS = {
    "died": DEATH,
    "removed": ("order_seen", "by_whom", "receiving_authority", "destination"),
    "discharged_at_court": ("order_seen", "by_whom", "destination"),
    "transferred": ("by_whom", "circumstances"),
}
LONG = ("circumstances",)
# What is shown of a kind where that is not what may be added.
SHOWN = FIELDS | {
    "never_held": ("circumstances",),
    "transferred": ("destination", "by_whom", "circumstances"),
}
# A kind that has words of its own for what all have.
OWN_LABELS = {
    "transferred": {
        "destination": _("To which establishment"),
        "by_whom": _("Taken over by"),
        "circumstances": _("Papers handed over"),
    }
}


class DetailsForm(forms.Form):
    """What may be added to an end of this kind, and why where it changes what stands."""

    def __init__(self, posted: QueryDict | None, *, end: EndInfo) -> None:
        initial = {name: getattr(end, name) for name in FIELDS.get(end.kind, ())}
        super().__init__(posted, initial=initial)
        for name in initial:
            if name.endswith("_at"):
                self.fields[name] = InstantField(label=label_of(end.kind, name), required=False)
            else:
                widget = forms.Textarea if name in LONG else forms.TextInput
                self.fields[name] = forms.CharField(
                    label=label_of(end.kind, name),
                    required=False,
                    max_length=4000 if name in LONG else 200,
                    widget=widget,
                )
        self.fields["reason"] = forms.CharField(
            label=_("Why does it change? (not needed where you only add)"),
            required=False,
            max_length=500,
        )
        self.fields["version"] = HiddenNumberField(initial=end.version)


class MoveForm(forms.Form):
    """When it was; of a removal the country too."""

    happened_at = InstantField(label=_("When"))
    country = forms.ChoiceField(label=_("To which country"), choices=list, required=False)
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=500, widget=forms.Textarea)
    version = HiddenNumberField()

    def __init__(self, posted: QueryDict | None, *, end: EndInfo) -> None:
        initial = {"happened_at": end.at, "country": end.country, "version": end.version}
        super().__init__(posted, initial=initial)
        if end.kind == "removed":
            self.fields["country"].choices = abroad()  # type: ignore[attr-defined]
        else:
            del self.fields["country"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What happened in fact, and how do you know?"),
        max_length=500,
        widget=forms.Textarea,
    )


def label_of(kind: str, name: str) -> Any:
    """What a field is called of an end of this kind."""
    return OWN_LABELS.get(kind, {}).get(name, LABELS[name])


def end_facts(end: EndInfo) -> list[Fact]:
    """What an end says: when, how, where, by whom, and who was told. What is owed shows as such."""
    facts = [Fact(_("Custody ended"), END_KINDS.get(end.kind, end.kind)), Fact(_("When"), end.at)]
    if end.country:
        facts.append(Fact(_("To which country"), dict(country_choices()).get(end.country, "—")))
    for name in SHOWN.get(end.kind, ("order_seen", "by_whom", "destination")):
        value = getattr(end, name)
        if not value and name in ("coroner_told_at", "family_told_at"):
            facts.append(Fact(LABELS[name], _("Not recorded yet")))
        elif not value and name == "order_seen" and end.kind in FIELDS:
            facts.append(Fact(LABELS[name], _("None")))
        elif value:
            facts.append(Fact(label_of(end.kind, name), value))
    if end.wants_second:
        facts.append(Fact(_("Countersigned"), end.countersigned_at or _("Not yet")))
    return facts


@page(permission=VIEW)
def end_page(request: Any, end_id: int) -> HttpResponse:
    """One end with all that is known of it."""
    found = selectors.end_of(request.actor, end_id)
    names = user_names(
        {i for i in (found.recorded_by_id, found.countersigned_by_id) if i is not None}
    )
    signed = found.end.countersigned_at is not None
    viewer = request.actor
    context = {
        "found": found,
        "title": END_KINDS.get(found.end.kind, found.end.kind),
        "identity": identity_of(viewer, found.person_id),
        "facts": [
            *end_facts(found.end),
            Fact(_("Recorded by"), names.get(found.recorded_by_id, "—")),
            *(
                [Fact(_("Second officer"), names.get(found.countersigned_by_id or 0, "—"))]
                if signed
                else []
            ),
        ],
        "may_add": viewer.can(RECORD) and found.end.kind in FIELDS,
        "may_sign": found.unsigned
        and viewer.can("release.second_check")
        and viewer.user_id != found.recorded_by_id,
        "may_take_back": viewer.can(CORRECT) and found.end.kind in MAY_BE_TAKEN_BACK,
        "may_move": viewer.can(CORRECT) and found.end.kind in MAY_BE_MOVED,
        "may_print": viewer.can("documents.print")
        and found.end.kind in ("removed", "discharged_at_court"),
    }
    if found.end.kind in DISCHARGES and viewer.can("release.view"):
        context["discharge_page"] = reverse("release:of_stay", args=[found.episode_id])
    return render(request, "custody/end.html", context)


@page(permission=RECORD, methods=BOTH)
def end_details(request: Any, end_id: int) -> HttpResponse:
    """Add to it or put it right; nothing that was recorded is lost."""
    found = selectors.end_of(request.actor, end_id)
    if found.end.kind not in FIELDS:
        # A discharge is put right on its own page, to which the page of the end leads.
        return HttpResponseRedirect(reverse("custody:end", args=[end_id]))
    form = DetailsForm(request.POST if request.method == "POST" else None, end=found.end)
    if form.is_valid():
        given = dict(form.cleaned_data)
        version, reason = given.pop("version"), given.pop("reason")
        try:
            services.amend_end(
                command_from(request), end_id=end_id, version=version, given=given, reason=reason
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("custody:end", args=[end_id]))
    context = {
        "form": form,
        "identity": identity_of(request.actor, found.person_id),
        "title": END_KINDS.get(found.end.kind, found.end.kind),
        "back": reverse("custody:end", args=[end_id]),
    }
    return render(request, "custody/step.html", context, status=422 if form.errors else 200)


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def end_move(request: Any, end_id: int) -> HttpResponse:
    """Put right when it was, and of a removal to which country."""
    found = selectors.end_of(request.actor, end_id)
    if found.end.kind not in MAY_BE_MOVED:
        return HttpResponseRedirect(reverse("custody:end", args=[end_id]))
    form = MoveForm(request.POST if request.method == "POST" else None, end=found.end)
    asked = None
    if form.is_valid():
        given = dict(form.cleaned_data)
        if minutes.same(given["happened_at"], found.end.at):
            given["happened_at"] = found.end.at  # a form gives no seconds: they are no correction
        else:
            asked = question(request, _moved_doubts(request, form, found))
        if asked is None:
            try:
                services.move_end(command_from(request), end_id=end_id, **given)
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                return HttpResponseRedirect(reverse("custody:end", args=[end_id]))
    context = {
        "form": form,
        "question": asked,
        "identity": identity_of(request.actor, found.person_id),
        "title": END_KINDS.get(found.end.kind, found.end.kind),
        "lead": _("What you change stands from now on, with your name and the reason."),
        "back": reverse("custody:end", args=[end_id]),
    }
    status = 422 if form.errors or asked else 200
    return render(request, "custody/step.html", context, status=status)


def _moved_doubts(request: Any, form: forms.Form, found: EndLine) -> list[Doubt]:
    """What is surprising about the hour to which an end is moved."""
    shown = identity_of(request.actor, found.person_id)
    who = f"{shown.number} {shown.name}"
    return hour_doubts(form, found.episode_id, who=who, ended_at=found.end.at)


@page(permission="release.second_check", methods=("POST",))
def end_countersign(request: Any, end_id: int) -> HttpResponse:
    services.countersign_end(command_from(request), end_id=end_id)
    messages.success(request, gettext("Countersigned."))
    return HttpResponseRedirect(reverse("custody:end", args=[end_id]))


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def end_take_back(request: Any, end_id: int) -> HttpResponse:
    """It never happened, or to somebody else: custody goes on."""
    found = selectors.end_of(request.actor, end_id)
    return _take_back(
        request,
        found.person_id,
        services.take_back_end,
        found.episode_id,
        title=_("Take this entry back"),
        lead=_("It never happened, or to somebody else. Custody goes on as before it."),
    )


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def escape_take_back(request: Any, episode_id: int) -> HttpResponse:
    """Nobody escaped: the person is where the record had them before."""
    person_id, _where = owner_of(episode_id)
    return _take_back(
        request,
        person_id,
        services.take_back_escape,
        episode_id,
        title=_("Take the escape back"),
        lead=_("Nobody escaped. The record goes on as before it."),
    )


def _take_back(
    request: Any, person_id: int, service: Any, episode_id: int, *, title: Any, lead: Any
) -> HttpResponse:
    identity = identity_of(request.actor, person_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            service(
                command_from(request), episode_id=episode_id, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(
                request, gettext("Taken back. What was recorded stays in the history.")
            )
            # Whoever takes back a transfer may have the person out of reach by it.
            seen = people.person_headers(request.actor, [person_id])
            return HttpResponseRedirect(identity.url if seen else reverse("home"))
    context = {
        "form": form, "identity": identity, "title": title, "lead": lead, "back": identity.url,
    }  # fmt: skip
    return render(request, "custody/step.html", context, status=422 if form.errors else 200)
