"""Over everybody: the comparison of all with all, and how good the prints are; and destruction."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.biometrics import selectors, services
from pims.biometrics.asking_for_sweeps import defer_sweep
from pims.biometrics.web.forms import DestroyForm
from pims.biometrics.web.words import FINGERS, GROUNDS
from pims.foundation.access.scope import visible_persons
from pims.foundation.access.selectors import users_with_permission
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Refused
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, SWEEP, DESTROY = "biometrics.view", "biometrics.sweep", "biometrics.destroy"
BOTH = ("GET", "HEAD", "POST")


@page(permission=SWEEP, methods=BOTH)
def sweeps(request: Any) -> HttpResponse:
    """How far the comparison is, and what each found; one can be begun by day too."""
    if request.method == "POST":
        command_from(request)
        defer_sweep()
        messages.success(request, gettext("It begins within a minute, and goes on by itself."))
        return HttpResponseRedirect(reverse("biometrics:sweeps"))
    found = selectors.sweeps(request.actor)
    context = {
        "running": next((one for one in found if one.state == "running"), None),
        "sweeps": found,
        "columns": [
            Column(_("Begun")), Column(_("Finished")), Column(_("Compared"), numeric=True),
            Column(_("Found"), numeric=True),
        ],
    }  # fmt: skip
    part = request.headers.get("HX-Request") == "true"
    return render(
        request, "biometrics/parts/sweeps.html" if part else "biometrics/sweeps.html", context
    )


@page(permission=VIEW)
def quality(request: Any) -> HttpResponse:
    """The quality of the prints on record of whoever is at this establishment."""
    where = request.establishment_id
    ids = visible_persons(request.actor, VIEW).filter(establishment_id=where, unit_id__isnull=False)
    report = selectors.quality_report(request.actor, ids.values_list("person_id", flat=True))
    context = {
        "report": report,
        "lines": [(FINGERS[line.position], line) for line in report.lines],
        "columns": [
            Column(_("Finger")), Column(_("Taken"), numeric=True), Column(_("Good"), numeric=True),
            Column(_("Usable"), numeric=True), Column(_("Again"), numeric=True),
            Column(_("Mean"), numeric=True), Column(_("No print"), numeric=True),
            Column(_("Doubted"), numeric=True),
        ],
    }  # fmt: skip
    return render(request, "biometrics/quality.html", context)


@page(permission=DESTROY, methods=BOTH)
@require_recent_confirmation
def destroy(request: Any, person_id: int) -> HttpResponse:
    """Order that fingerprints and face go, and nothing else of the person; or, as the second
    officer, confirm or withdraw what another ordered."""
    found = selectors.enrolment_of(request.actor, person_id)
    act = request.POST.get("act", "order") if request.method == "POST" else ""
    form = DestroyForm(request.POST if act == "order" else None)
    reasons, status = [], 200
    if act == "order" and form.is_valid():
        reasons = _ordered(request, person_id, form)
    elif act in STEPS:
        reasons = _stepped(request, person_id, act)
    if act:
        if not form.errors and not reasons:
            return HttpResponseRedirect(reverse("biometrics:destroy", args=[person_id]))
        status = 409 if reasons else 422
    ordered = selectors.destructions(request.actor, person_id)
    waiting = next((one for one in ordered if one.open), None)
    context = {
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
        "form": form,
        "found": found,
        "reasons": reasons,
        "ordered": [(one, GROUNDS[one.ground]) for one in ordered],
        "waiting": waiting,
        "is_first": waiting is not None and waiting.ordered_by_id == request.actor.user_id,
        "others": _others(person_id, request.actor.user_id) if waiting else [],
        "stands": any(one.state in ("ordered", "confirmed") for one in ordered),
    }
    return render(request, "biometrics/destroy.html", context, status=status)


def _ordered(request: Any, person_id: int, form: DestroyForm) -> list[Reason]:
    """Why not; empty where it was ordered, or the form says what is wrong."""
    try:
        services.order_destruction(command_from(request), person_id=person_id, **form.cleaned_data)
    except InvalidInput as problem:
        add_reasons(form, problem)
    except Refused as refused:
        return list(refused.reasons())
    else:
        messages.success(
            request, gettext("Ordered. Nothing is destroyed until another officer confirms.")
        )
    return []


STEPS = {
    "confirm": (
        services.confirm_destruction,
        _("Confirmed. Prints, templates and face go within a minute."),
    ),
    "withdraw": (services.withdraw_destruction, _("Withdrawn. Nothing was destroyed.")),
}


def _stepped(request: Any, person_id: int, act: str) -> list[Reason]:
    """Confirm or withdraw what stands about this very person."""
    asked = request.POST.get("destruction", "")
    standing = {
        str(one.destruction_id): one for one in selectors.destructions(request.actor, person_id)
    }
    if asked not in standing:
        return [Reason("biometrics.destruction_not_open")]
    carry_out, told = STEPS[act]
    try:
        carry_out(command_from(request), destruction_id=standing[asked].destruction_id)
    except Refused as refused:
        return list(refused.reasons())
    messages.success(request, str(told))
    return []


def _others(person_id: int, user_id: int) -> list[str]:
    """Who could be the second officer, by name."""
    where = selectors.where(person_id)
    able = users_with_permission(DESTROY, where) if where is not None else {}
    return sorted(name for pk, name in able.items() if pk != user_id)
