"""A discharge put right: its hour and particulars, or that it never was."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.custody.web.doubts import hour_doubts
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.release import selectors, services
from pims.release.selectors import DischargeInfo
from pims.release.too_early import too_early
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.dates import instant_text
from pims.ui.doubts import Doubt, question
from pims.ui.fields import HiddenNumberField, InstantField
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.surprising import day_of

VIEW, CORRECT = "release.view", "custody.correct"
BOTH = ("GET", "HEAD", "POST")
OF_THE_PAPER = ("order_seen", "first_officer", "second_officer")


class CorrectForm(forms.Form):
    """What is recorded of a discharge, to be put right; of the paper only where there was one."""

    happened_at = InstantField(label=_("When did the person leave?"))
    order_seen = forms.CharField(
        label=_("Which order was seen?"), required=False, max_length=300, widget=forms.Textarea
    )
    first_officer = forms.CharField(
        label=_("First officer, as the paper names them"), required=False, max_length=120
    )
    second_officer = forms.CharField(
        label=_("Second officer, as the paper names them"), required=False, max_length=120
    )
    destination = forms.CharField(label=_("Where to"), required=False, max_length=300)
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=500, widget=forms.Textarea)
    version = HiddenNumberField()

    def __init__(self, posted: QueryDict | None, *, found: DischargeInfo) -> None:
        initial = {
            "happened_at": found.at,
            "order_seen": found.order_seen,
            "first_officer": found.first_name,
            "second_officer": found.second_name,
            "destination": found.destination,
            "version": found.version,
        }
        super().__init__(posted, initial=initial)
        if not found.entered_from_paper:
            for name in OF_THE_PAPER:
                del self.fields[name]


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("What happened in fact, and how do you know?"),
        max_length=500,
        widget=forms.Textarea,
    )


@page(permission=VIEW)
def of_stay(request: Any, episode_id: int) -> HttpResponse:
    """The discharge by which a stay ended. Raises NotFound."""
    found = selectors.discharge_of_episode(request.actor, episode_id)
    if found is None:
        raise NotFound("discharge", episode_id)
    return HttpResponseRedirect(reverse("release:discharged", args=[found.discharge_id]))


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def correct(request: Any, discharge_id: int) -> HttpResponse:
    """Put right when and how it was; what stood before stays in the history and in the book."""
    found = selectors.discharge(request.actor, discharge_id)
    _require_standing(request, found)
    form = CorrectForm(request.POST if request.method == "POST" else None, found=found)
    asked = None
    if form.is_valid():
        given = dict(form.cleaned_data)
        if minutes.same(given["happened_at"], found.at):
            given["happened_at"] = None  # a form gives hours and minutes; seconds are no correction
        else:
            asked = question(request, _hour_doubts(request, form, found))
        if asked is None:
            try:
                services.correct_discharge(
                    command_from(request), discharge_id=discharge_id, **given
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                messages.success(
                    request, gettext("Corrected. What stood before stays in the history.")
                )
                return HttpResponseRedirect(reverse("release:discharged", args=[discharge_id]))
    return _shown(
        request, found, form, asked, title=_("Correct the discharge"),
        lead=_("What you change stands from now on, with your name and the reason."),
    )  # fmt: skip


def _hour_doubts(request: Any, form: CorrectForm, found: DischargeInfo) -> list[Doubt]:
    """An hour long ago, before what is recorded of the stay, or before the order or identity."""
    early = too_early(found.discharge_id, form.cleaned_data["happened_at"])
    shown = identity_of(request.actor, found.person_id)
    who = f"{shown.number} {shown.name}"
    return hour_doubts(form, found.episode_id, who=who, ended_at=found.at) + [
        Doubt(
            Reason(f"release.doubt_{mark}", {"at": instant_text(hour)}),
            day_of(form, "happened_at"),
        )
        for mark, hour in early.items()
    ]


@page(permission=CORRECT, methods=BOTH)
@require_recent_confirmation
def take_back(request: Any, discharge_id: int) -> HttpResponse:
    """It never happened: custody goes on."""
    found = selectors.discharge(request.actor, discharge_id)
    _require_standing(request, found)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.take_back_discharge(
                command_from(request), discharge_id=discharge_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(
                request,
                gettext(
                    "Taken back: custody goes on. Whoever was really let go is still to be "
                    "discharged."
                ),
            )
            return HttpResponseRedirect(reverse("release:discharged", args=[discharge_id]))
    return _shown(
        request, found, form, None, title=_("This discharge never happened"),
        lead=_(
            "For a wrong prisoner chosen, who is inside still. Warrants that it ended detain "
            "again; the place is as before where it is free. Whoever left in fact was released: "
            "do not take that back."
        ),
    )  # fmt: skip


def _require_standing(request: Any, found: DischargeInfo) -> None:
    """Raise Refused before anybody types what can only be refused."""
    if request.method != "POST" and not found.stands:
        refuse(Reason("release.discharge_taken_back")).require()


def _shown(
    request: Any, found: DischargeInfo, form: forms.Form, asked: Any, *, title: Any, lead: Any
) -> HttpResponse:
    context = {
        "form": form,
        "question": asked,
        "identity": identity_of(request.actor, found.person_id),
        "title": title,
        "lead": lead,
        "back": reverse("release:discharged", args=[found.discharge_id]),
    }
    status = 422 if form.errors or asked else 200
    return render(request, "custody/step.html", context, status=status)
