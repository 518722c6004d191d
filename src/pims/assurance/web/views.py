"""Custody alarms: the list, one alarm, and what an officer does about it."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.assurance import selectors, services
from pims.assurance.web.queue import onwards
from pims.assurance.web.remedies import other_remedy, remedy
from pims.assurance.web.rows import alarm_rows, how_ended
from pims.assurance.web.told import facts_of_fault, what_ends_it
from pims.authority.web.words import ODDITIES
from pims.custody import selectors as custody
from pims.custody.selectors import EndLine
from pims.custody.web.words import NOT_RETURNED
from pims.foundation.access.selectors import role_name, user_names
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.commands import command_from
from pims.ui.dates import until_text
from pims.ui.fields import DayField
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Fact

WHY = {
    "no_order_seen": _("No order was seen"),
    "release.no_order_or_final_date": _("No order and no final date"),
    "release.further_warrant": _("Another warrant still detains"),
    "release.further_warrant_keyed_later": _("Another warrant still detains"),
    "release.further_warrant_follows": _("Another warrant still detains"),
    "release.further_warrant_undecided": _("A warrant on record was not decided"),
    "was_at_large": _("Was unlawfully at large: no return was recorded"),
    "second_not_known": _("The second officer named by telephone is not known here"),
    "second_is_first": _("The paper names one officer as the first and as the second"),
    "burst": _("More at once than is likely"),
    "replay": _("Events that ought to have been told before"),
    "test": _("Events of a test"),
}
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
    return {
        "alarm": alarm,
        "title": alarm.kind.label["es" if language.startswith("es") else "en"],
        "identity": None
        if alarm.person_id is None
        else identity_of(request.actor, alarm.person_id),
        "facts": [
            Fact(_("Belongs to"), role_name(alarm.owner_role, language)),
            Fact(_("Ladder"), " → ".join(role_name(role, language) for role in alarm.kind.ladder)),
            Fact(_("Taken by"), names.get(who or 0, _("Nobody yet"))),
            *facts_of_fault(request.actor, alarm, language),
            *_particulars(alarm),
            *_signatures(request.actor, alarm),
        ],
        "van_id": alarm.params.get("van_id"),
        "form": form,
        "remedy": _remedy(request.actor, alarm),
        "other_remedy": other_remedy(alarm),
        "until_day": alarm.dismissed_until and until_text(alarm.dismissed_until),
        "ends": what_ends_it(alarm, language),
        "onwards": onwards(alarm) if _queued(request) else "",
        "ended_by": how_ended(alarm) or _("Ended: it is no longer so."),
        "may_manage": request.actor.can(MANAGE) and alarm.ended_at is None,
    }


def _particulars(alarm: selectors.AlarmInfo) -> list[Fact]:
    """What is amiss, who has yet to sign, why somebody did not return: as the alarm was told."""
    facts = []
    why = alarm.params.get("why")
    if isinstance(why, list) and why:
        facts.append(Fact(_("What is amiss"), "; ".join(str(WHY.get(code, code)) for code in why)))
    odd = alarm.params.get("oddities")
    if isinstance(odd, list) and odd:
        facts.append(Fact(_("What is odd"), "; ".join(str(ODDITIES.get(c, c)) for c in odd)))
    if officer := alarm.params.get("officer"):
        facts.append(Fact(_("Officer"), str(officer)))
    if agency := alarm.params.get("agency"):
        facts.append(Fact(_("Agency"), str(agency)))
    if because := alarm.params.get("because"):
        facts.append(Fact(_("Why not returned"), NOT_RETURNED.get(str(because), str(because))))
    return facts


def _signatures(viewer: Any, alarm: selectors.AlarmInfo) -> list[Fact]:
    """Who took somebody off the books and why, and whether another officer stands for it."""
    line = _never_held(viewer, alarm)
    if line is None:
        return []
    signed_by = line.countersigned_by_id
    names = user_names([line.recorded_by_id, *([signed_by] if signed_by is not None else [])])
    return [
        Fact(_("Entered by"), names.get(line.recorded_by_id, "—")),
        Fact(_("Reason"), line.end.circumstances or "—"),
        Fact(_("Second officer"), names.get(signed_by or 0, _("Has not signed yet"))),
    ]


def _never_held(viewer: Any, alarm: selectors.AlarmInfo) -> EndLine | None:
    if alarm.kind.code != "taken_off_the_books" or alarm.episode_id is None:
        return None
    line = custody.end_of_stay(viewer, alarm.episode_id)
    return line if line is not None and line.end.kind == "never_held" else None


def _remedy(viewer: Any, alarm: selectors.AlarmInfo) -> str:
    """The page on which the fact that ends the alarm is recorded; "" where there is no one."""
    if alarm.ended_at is not None:
        return ""
    if (line := _never_held(viewer, alarm)) is not None:
        return reverse("custody:end", args=[line.end.end_id])
    return remedy(alarm)
