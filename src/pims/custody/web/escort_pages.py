"""One escort: what is expected of it now, and the hour at which it left put right."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.selectors import EscortInfo
from pims.custody.web.doubts import back_far_ahead
from pims.custody.web.identity import identity_of
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.doubts import Doubt, question
from pims.ui.fields import HiddenNumberField, InstantField
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.surprising import long_ago_in

BOTH = ("GET", "HEAD", "POST")


class ChangeForm(forms.Form):
    version = HiddenNumberField()
    expected_back_at = InstantField(label=_("Expected back"), required=False)
    officers = forms.CharField(
        label=_("Escorting officers"),
        required=False,
        max_length=300,
        help_text=_("Separate names with a comma"),
    )
    restraints = forms.CharField(label=_("Restraints"), required=False, max_length=120)
    risk_notes = forms.CharField(
        label=_("Risk"), required=False, max_length=500, widget=forms.Textarea
    )


class DepartureForm(forms.Form):
    version = HiddenNumberField()
    left_at = InstantField(label=_("Left at"))
    expected_back_at = InstantField(label=_("Expected back"), required=False)
    reason = forms.CharField(label=_("Why does it change?"), max_length=500)


@page(permission="custody.escort", methods=BOTH)
def change(request: Any, escort_id: int) -> HttpResponse:
    """Expected later, relieved by other officers, a night in hospital."""
    person_id, escort = _escort(request, escort_id)
    form = ChangeForm(
        request.POST or None,
        initial={
            "version": escort.version,
            "expected_back_at": escort.expected_back_at,
            "officers": ", ".join(escort.officers),
            "restraints": escort.restraints,
            "risk_notes": escort.risk_notes,
        },
    )

    def carry_out(command: Command) -> None:
        given = dict(form.cleaned_data)
        given["officers"] = [n.strip() for n in given["officers"].split(",") if n.strip()]
        services.change_escort(command, escort_id=escort_id, **given)

    def doubts() -> list[Doubt]:
        return back_far_ahead(form)

    return _answer(request, form, person_id, carry_out, doubts, gettext_lazy("Change an escort"))


@page(permission="custody.correct", methods=BOTH)
def departure(request: Any, escort_id: int) -> HttpResponse:
    """The hour of departure was keyed wrongly."""
    person_id, escort = _escort(request, escort_id)
    form = DepartureForm(
        request.POST or None,
        initial={
            "version": escort.version,
            "left_at": escort.left_at,
            "expected_back_at": escort.expected_back_at,
        },
    )
    if escort.returned_at is not None:
        del form.fields["expected_back_at"]

    def carry_out(command: Command) -> None:
        services.correct_departure(command, escort_id=escort_id, **form.cleaned_data)

    def doubts() -> list[Doubt]:
        ahead = back_far_ahead(form) if "expected_back_at" in form.fields else []
        return long_ago_in(form, "left_at") + ahead

    title = gettext_lazy("Correct when an escort left")
    return _answer(request, form, person_id, carry_out, doubts, title)


def _escort(request: Any, escort_id: int) -> tuple[int, EscortInfo]:
    found = selectors.escort(request.actor, escort_id)
    if found is None:
        raise NotFound("escort", escort_id)
    person_id, _episode_id, escort = found
    return person_id, escort


def _answer(
    request: Any,
    form: forms.Form,
    person_id: int,
    carry_out: Callable[[Command], None],
    doubts: Callable[[], list[Doubt]],
    title: Any,
) -> HttpResponse:
    asked = None
    if request.method == "POST" and form.is_valid():
        asked = question(request, doubts())
        if asked is None:
            try:
                carry_out(command_from(request))
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                messages.success(request, gettext("Corrected."))
                return HttpResponseRedirect(reverse("custody:out"))
    context = {
        "form": form,
        "title": title,
        "back": reverse("custody:out"),
        "question": asked,
        "identity": identity_of(request.actor, person_id),
    }
    status = 422 if asked or form.errors else 200
    return render(request, "custody/step.html", context, status=status)
