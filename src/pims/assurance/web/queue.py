"""The alarms worked through kind by kind: how many, since when, one after the other by the keys."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.assurance import selectors
from pims.assurance.kinds import alarm_kinds
from pims.foundation.access.selectors import role_name
from pims.kernel.errors import NotFound
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW = "assurance.view"
# In the session: the alarm that is worked on in its queue.
UNDER_WAY = "pims_alarm_under_way"


@page(permission=VIEW)
def queue(request: Any) -> HttpResponse:
    """Every kind of which an alarm is open, the worst first."""
    request.session.pop(UNDER_WAY, None)
    language = get_language() or "en"
    counted = selectors.alarms_by_kind(request.actor, request.establishment_id)
    context = {
        "kinds": [
            (
                one,
                one.kind.label["es" if language.startswith("es") else "en"],
                ", ".join(role_name(role, language) for role in one.owners),
            )
            for one in counted
        ],
        "total": sum(one.count for one in counted),
        "columns": [
            Column(_("Kind of alarm")),
            Column(_("Open"), numeric=True),
            Column(_("Nobody has it"), numeric=True),
            Column(_("Oldest since")),
            Column(_("With")),
            Column(_("Work through"), hidden_label=True),
        ],
    }
    return render(request, "assurance/queue.html", context)


@page(permission=VIEW)
def work(request: Any, kind: str) -> HttpResponse:
    """On to the first open alarm of the kind, or to the one that comes after `after`."""
    if kind not in alarm_kinds():
        raise NotFound("alarm_kind")
    after = request.GET.get("after", "")
    follows = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    one = selectors.next_alarm(request.actor, request.establishment_id, kind, after=follows)
    if one is None:
        messages.success(request, gettext("That was the last of these alarms."))
        return HttpResponseRedirect(reverse("assurance:queue"))
    return HttpResponseRedirect(in_queue(one.alarm_id))


def begin(request: Any, alarm: selectors.AlarmInfo) -> None:
    """Remember which alarm is worked on: the pages on which it is put right lead back."""
    request.session[UNDER_WAY] = {"kind": alarm.kind.code, "alarm": alarm.alarm_id}


def under_way(request: Any) -> dict[str, str]:
    """The bar of every page while alarms are worked through: what kind, and the addresses; {} where
    nobody works through any, and on the alarms' own pages, which say it themselves."""
    held = getattr(request, "session", {}).get(UNDER_WAY)
    match = request.resolver_match
    if not isinstance(held, dict) or (match is not None and match.app_name == "assurance"):
        return {}
    kind = alarm_kinds().get(str(held.get("kind")))
    if kind is None:
        return {}
    language = get_language() or "en"
    return {
        "label": kind.label["es" if language.startswith("es") else "en"],
        "next_url": f"{reverse('assurance:work', args=[kind.code])}?after={held.get('alarm')}",
        "alarm_url": in_queue(int(held.get("alarm") or 0)),
        "stop_url": reverse("assurance:queue"),
    }


def in_queue(alarm_id: int) -> str:
    return f"{reverse('assurance:alarm', args=[alarm_id])}?queue=1"


def onwards(alarm: selectors.AlarmInfo) -> str:
    """The address of whatever comes after this alarm in its queue."""
    return f"{reverse('assurance:work', args=[alarm.kind.code])}?after={alarm.alarm_id}"
