"""Parole: who may ask for it, one case, what the board decided, the dossier."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.release import services
from pims.release.documents.parole_dossier import parole_dossier
from pims.release.selectors import paroles
from pims.release.selectors.paroles import ParoleDetail, ParoleRow
from pims.release.web import preparing_words as words
from pims.release.web.parts import parts
from pims.release.web.preparing_forms import DecisionForm, RevokeForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper
from pims.ui.shapes import Column, Fact, NavItem

VIEW, PAROLE, ORDER = "release.view", "release.parole", "courts.record"
BOTH = ("GET", "HEAD", "POST")
MOST = 50  # a page of a list; the rest comes when it is asked for


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Whose date for parole is past or within six months, and how each case stands."""
    viewer = request.actor
    every = paroles.parole_list(viewer, request.establishment_id)
    groups = {name: [row for row in every if _group(row) == name] for name in words.PAROLE_GROUPS}
    asked = request.GET.get("show", "")
    shown = asked if asked in groups else next((n for n, rows in groups.items() if rows), "now")
    rows = groups[shown] if request.GET.get("all") else groups[shown][:MOST]
    headers = people.person_headers(viewer, [row.person_id for row in rows], brief=True)
    shows([row.person_id for row in rows if row.person_id in headers])
    context = {
        "parts": parts(request, "release:paroles"),
        "groups": [
            NavItem(f"{label} ({len(groups[name])})", f"?show={name}", current=name == shown)
            for name, label in words.PAROLE_GROUPS.items()
        ],
        "more": len(groups[shown]) - len(rows),
        "shown": shown,
        "rows": [
            (
                row,
                headers[row.person_id],
                words.ELIGIBLE[row.eligibility],
                words.ELIGIBLE_TONES[row.eligibility],
                words.PAROLE_STATES[row.state],
                words.PAROLE_TONES[row.state],
            )
            for row in rows
            if row.person_id in headers
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Parole may be asked for")),
            Column(_("Eligibility")), Column(_("Case")),
        ],
        "may_open": viewer.can(PAROLE) and viewer.can("sentences.view"),
    }  # fmt: skip
    return render(request, "release/paroles.html", context)


def _group(row: ParoleRow) -> str:
    """In which of the lists somebody stands."""
    if row.state == "open":
        return "board"
    if row.state in ("granted", "revoked"):
        return "decided"
    return "now" if row.eligibility == "passed" else "soon"


@page(permission=PAROLE, methods=("POST",))
def open_parole(request: Any, person_id: int) -> HttpResponse:
    made = services.open_parole(command_from(request), person_id=person_id)
    return HttpResponseRedirect(reverse("release:parole", args=[made.parole_id]))


@page(permission=VIEW)
def parole_page(request: Any, parole_id: int) -> HttpResponse:
    """One case: eligibility, the decision with its reasons, conditions, revocation."""
    viewer = request.actor
    found = paroles.parole(viewer, parole_id)
    names = user_names(
        i for i in (found.opened_by_id, found.decided_by_id, found.revoked_by_id) if i is not None
    )
    orders = viewer.can(PAROLE) and viewer.can(ORDER)
    context = {
        "found": found,
        "identity": identity_of(viewer, found.person_id),
        "state": words.PAROLE_STATES[found.state],
        "tone": words.PAROLE_TONES[found.state],
        "facts": [
            Fact(_("Parole may be asked for"), found.ped or "—"),
            Fact(_("Opened"), found.opened_at),
            Fact(_("Opened by"), names.get(found.opened_by_id, "—")),
        ],
        "decision": _decision(found, names),
        "revocation": _revocation(found, names),
        "may_decide": found.state == "open" and viewer.can(PAROLE),
        "may_revoke": found.state == "granted" and orders,
        "may_see_orders": viewer.can("courts.view"),
        "may_print": viewer.can(PRINT) and viewer.can("sentences.view"),
    }
    return render(request, "release/parole.html", context)


@page(permission=PAROLE, methods=BOTH)
def decide(request: Any, parole_id: int) -> HttpResponse:
    """What the board decided. A grant becomes its order at once."""
    found = paroles.parole(request.actor, parole_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if not request.actor.can(ORDER):
        choices = form.fields["decision"].choices  # type: ignore[attr-defined]
        form.fields["decision"].choices = [  # type: ignore[attr-defined]
            one for one in choices if one[0] != "granted"
        ]
    if form.is_valid():
        try:
            services.decide_parole(command_from(request), parole_id=parole_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("The decision of the board is recorded."))
            return _back(found)
    return _form(request, found, form, _("Decision of the parole board"))


@page(permission=ORDER, methods=BOTH)
def revoke(request: Any, parole_id: int) -> HttpResponse:
    """Parole was revoked until a hearing."""
    found = paroles.parole(request.actor, parole_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.revoke_parole(command_from(request), parole_id=parole_id, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(found)
    return _form(request, found, form, _("Parole revoked"))


@page(permission=PRINT)
def dossier(request: Any, parole_id: int) -> HttpResponse:
    with in_language_of(request):
        return print_paper(request, parole_dossier(request.actor, parole_id))


def _decision(found: ParoleDetail, names: dict[int, str]) -> list[Fact]:
    if found.decided_on is None:
        return []
    facts = [
        Fact(_("Decided on"), found.decided_on),
        Fact(_("Reasons of the board"), found.reasons),
        Fact(_("Reference"), found.reference or "—"),
        Fact(_("Recorded by"), names.get(found.decided_by_id or 0, "—")),
    ]
    if found.conditions:
        facts.insert(2, Fact(_("Conditions"), found.conditions))
    if found.from_day is not None:
        facts.insert(1, Fact(_("Parole begins on"), found.from_day))
    if found.deferred_to is not None:
        facts.append(Fact(_("Deferred until"), found.deferred_to))
    return facts


def _revocation(found: ParoleDetail, names: dict[int, str]) -> list[Fact]:
    if found.revoked_on is None:
        return []
    return [
        Fact(_("Revoked on"), found.revoked_on),
        Fact(_("Day of the hearing"), found.hearing_on or "—"),
        Fact(_("Reasons"), found.revocation_reasons),
        Fact(_("Recorded by"), names.get(found.revoked_by_id or 0, "—")),
    ]


def _form(request: Any, found: ParoleDetail, form: Any, title: Any) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "identity": identity_of(request.actor, found.person_id),
        "back": reverse("release:parole", args=[found.parole_id]),
        "back_label": _("Back to the case"),
    }
    return render(request, "release/form.html", context, status=422 if form.errors else 200)


def _back(found: ParoleDetail) -> HttpResponse:
    return HttpResponseRedirect(reverse("release:parole", args=[found.parole_id]))
