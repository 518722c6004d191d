"""Custody alarms: the list, one alarm, and what an officer does about it."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.assurance import selectors, services
from pims.assurance.owners import is_held_there, may_dismiss
from pims.assurance.web.particulars import particulars
from pims.assurance.web.queue import begin, onwards
from pims.assurance.web.remedies import opens_for, other_remedy, remedy
from pims.assurance.web.rows import alarm_rows, how_ended
from pims.assurance.web.told import facts_of_fault, what_ends_it
from pims.foundation.access.selectors import role_name, user_names
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.dates import until_text
from pims.ui.fields import DayField
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Fact

VIEW, MANAGE = "assurance.view", "assurance.manage"


class EndForm(forms.Form):
    """What goes on needs a day until which it is dismissed; what has happened is settled."""

    reason = forms.CharField(
        label=_("Why does the alarm end?"), max_length=500, widget=forms.Textarea
    )
    until = DayField(
        label=_("Until which day?"),
        required=False,
        help_text=_("The alarm comes back after it for as long as it is so."),
    )

    def __init__(self, *args: Any, goes_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not goes_on:
            del self.fields["until"]


@page(permission=VIEW)
def alarms(request: Any) -> HttpResponse:
    """Every open alarm that this viewer may see: their own role's first."""
    found = selectors.open_alarms(request.actor, request.establishment_id)
    mine = [a for a in found if a.owner_role in request.actor.roles]
    context = {
        "mine": alarm_rows(request.actor, mine),
        "others": alarm_rows(request.actor, [a for a in found if a not in mine]),
    }
    return render(request, "assurance/alarms.html", context)


@page(permission=VIEW)
def rows(request: Any) -> HttpResponse:
    """The most urgent alarms alone, for the start page and the board to fetch again."""
    found = selectors.open_alarms(request.actor, request.establishment_id, limit=12)
    return render(request, "assurance/rows.html", {"alarms": alarm_rows(request.actor, found)})


@page(permission=VIEW)
def alarm_page(request: Any, alarm_id: int) -> HttpResponse:
    found = _found(request, alarm_id)
    if _queued(request):
        begin(request, found)
    form = EndForm(goes_on=services.goes_on(found.kind.code))
    return render(request, "assurance/alarm.html", _context(request, found, form))


@page(permission=MANAGE, methods=("POST",))
def acknowledge(request: Any, alarm_id: int) -> HttpResponse:
    found = _found(request, alarm_id)
    services.acknowledge_alarm(command_from(request), alarm_id=alarm_id)
    if _queued(request):
        return HttpResponseRedirect(onwards(found))
    return HttpResponseRedirect(reverse("assurance:alarm", args=[alarm_id]))


@page(permission=MANAGE, methods=("POST",))
def end(request: Any, alarm_id: int) -> HttpResponse:
    found = _found(request, alarm_id)
    form = EndForm(request.POST, goes_on=services.goes_on(found.kind.code))
    if form.is_valid():
        try:
            services.end_alarm(
                command_from(request),
                alarm_id=alarm_id,
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data.get("until"),
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            queued = _queued(request)
            return HttpResponseRedirect(onwards(found) if queued else reverse("assurance:alarms"))
    return render(request, "assurance/alarm.html", _context(request, found, form), status=422)


def _queued(request: Any) -> bool:
    """Whether the alarm is looked at in its queue, and the next one follows."""
    return "queue" in request.GET


def _found(request: Any, alarm_id: int) -> selectors.AlarmInfo:
    found = selectors.alarm(request.actor, alarm_id)
    if found is None:
        raise NotFound("alarm", alarm_id)
    return found


def _context(request: Any, alarm: selectors.AlarmInfo, form: EndForm) -> dict[str, Any]:
    language = get_language() or "en"
    who = alarm.acknowledged_by_id
    names = user_names([who] if who is not None else [])
    able = may_dismiss(alarm.kind, alarm.step, alarm.owner_role)
    return {
        "alarm": alarm,
        "title": alarm.kind.label["es" if language.startswith("es") else "en"],
        "identity": None
        if alarm.person_id is None
        else identity_of(request.actor, alarm.person_id),
        "facts": [
            *facts_of_fault(request.actor, alarm, language),
            *particulars(request.actor, alarm),
            Fact(_("Belongs to"), role_name(alarm.owner_role, language)),
            Fact(_("Ladder"), " → ".join(role_name(role, language) for role in alarm.kind.ladder)),
            Fact(_("Taken by"), names.get(who or 0, _("Nobody yet"))),
        ],
        "van_id": alarm.params.get("van_id"),
        "form": form,
        **_ways(request.actor, alarm),
        "until_day": alarm.dismissed_until and until_text(alarm.dismissed_until),
        "ends": what_ends_it(alarm, language),
        "onwards": onwards(alarm) if _queued(request) else "",
        "ended_by": how_ended(alarm) or _("Ended: it is no longer so."),
        "owner": role_name(alarm.owner_role, language),
        "may_manage": request.actor.can(MANAGE) and alarm.ended_at is None,
        "may_end": is_held_there(request.actor, able, alarm.establishment_id),
        "able": ", ".join(role_name(role, language) for role in able),
    }


def _ways(viewer: Any, alarm: selectors.AlarmInfo) -> dict[str, Any]:
    """The pages that open for this viewer; `closed` where there is one, and it does not."""
    address = remedy(viewer, alarm)
    other, label = other_remedy(viewer, alarm)
    mine = bool(address) and opens_for(viewer, address)
    others = bool(other) and other != address and opens_for(viewer, other)
    return {
        "remedy": address if mine else "",
        "other_remedy": (other, label) if others else ("", ""),
        "closed": bool(address) and not mine and not others,
    }
