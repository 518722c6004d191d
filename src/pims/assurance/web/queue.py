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


@page(permission=VIEW)
def queue(request: Any) -> HttpResponse:
    """Every kind of which an alarm is open, the worst first."""
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


def in_queue(alarm_id: int) -> str:
    return f"{reverse('assurance:alarm', args=[alarm_id])}?queue=1"


def onwards(alarm: selectors.AlarmInfo) -> str:
    """The address of whatever comes after this alarm in its queue."""
    return f"{reverse('assurance:work', args=[alarm.kind.code])}?after={alarm.alarm_id}"
