"""Dates by hand: certify, countersign, withdraw; and whose dates nobody can tell."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.sentences import selectors, services
from pims.sentences.selectors import HandInfo
from pims.sentences.services import HandDates
from pims.sentences.web import words
from pims.sentences.web.forms import HandForm, ReasonForm
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact

VIEW, CERTIFY, COUNTERSIGN = "sentences.view", "sentences.certify", "sentences.countersign"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def queue(request: Any) -> HttpResponse:
    """Whose dates can't be worked out, by the day on which somebody could argue for release."""
    language = get_language() or "en"
    rows = selectors.not_calculable(request.actor, request.establishment_id)
    headers = people.person_headers(request.actor, [row.person_id for row in rows], brief=True)
    shows([row.person_id for row in rows if row.person_id in headers])
    context = {
        "rows": [
            (
                row,
                headers[row.person_id],
                words.STATUSES.get(row.status, row.status),
                words.STATUS_TONES.get(row.status, "quiet"),
                wording.explain(row.reasons, language),
            )
            for row in rows
            if row.person_id in headers
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Decide by")),
            Column(_("Why there is no date")), Column(_("By hand")),
        ],
        "unsigned": selectors.unsigned_rules(request.actor)
        if request.actor.can("law.view")
        else [],
    }  # fmt: skip
    return render(request, "sentences/queue.html", context)


@page(permission=CERTIFY, methods=BOTH)
def certify(request: Any, person_id: int) -> HttpResponse:
    identity = identity_of(request.actor, person_id)
    info = selectors.calculation(request.actor, person_id, language=get_language() or "en")
    if info is None:
        raise NotFound("sentence")
    form = HandForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        reason = given.pop("reason")
        try:
            made = services.certify_by_hand(
                command_from(request), person_id=person_id, dates=HandDates(**given), reason=reason
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(
                request, gettext("Certified. They stand once the officer in charge countersigns.")
            )
            return HttpResponseRedirect(reverse("sentences:hand", args=[made.hand_calculation_id]))
    context = {
        "identity": identity,
        "person_id": person_id,
        "form": form,
        "findings": [line for line in info.explanation if line.outcome != "step"],
        "arguable": info.dates.earliest_arguable,
    }
    return render(request, "sentences/certify.html", context, status=422 if form.errors else 200)


@page(permission=VIEW)
def hand(request: Any, hand_calculation_id: int) -> HttpResponse:
    found = _found(request, hand_calculation_id)
    return render(request, "sentences/hand.html", _context(request, found))


@page(permission=COUNTERSIGN, methods=("POST",))
@require_recent_confirmation
def countersign(request: Any, hand_calculation_id: int) -> HttpResponse:
    found = _found(request, hand_calculation_id)
    services.countersign_hand_calculation(
        command_from(request), hand_calculation_id=hand_calculation_id
    )
    messages.success(request, gettext("Countersigned: these dates stand."))
    return HttpResponseRedirect(reverse("sentences:person", args=[found.person_id]))


@page(permission=CERTIFY, methods=BOTH)
def withdraw(request: Any, hand_calculation_id: int) -> HttpResponse:
    found = _found(request, hand_calculation_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.withdraw_hand_calculation(
                command_from(request),
                hand_calculation_id=hand_calculation_id,
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("sentences:person", args=[found.person_id]))
    context = {
        "identity": identity_of(request.actor, found.person_id),
        "person_id": found.person_id,
        "form": form,
        "title": _("Withdraw dates by hand"),
        "save": _("Withdraw them"),
    }
    return render(request, "sentences/reason.html", context, status=422 if form.errors else 200)


def _found(request: Any, hand_calculation_id: int) -> HandInfo:
    found = selectors.hand_calculation(request.actor, hand_calculation_id)
    if found is None:
        raise NotFound("hand_calculation", hand_calculation_id)
    return found


def _context(request: Any, found: HandInfo) -> dict[str, Any]:
    names = user_names([i for i in (found.certified_by_id, found.second_by_id) if i])
    facts = [
        Fact(label, day)
        for name, label in words.DATES.items()
        if (day := getattr(found, name, None)) is not None
    ]
    return {
        "identity": identity_of(request.actor, found.person_id),
        "hand": found,
        "facts": [
            *facts,
            Fact(_("Certified by"), names.get(found.certified_by_id, "—")),
            Fact(_("Certified at"), found.certified_at),
            Fact(_("Officer in charge"), names.get(found.second_by_id or 0, _("Not signed yet"))),
        ],
        "ended": words.ENDS.get(found.end_kind, ""),
        "may_sign": request.actor.can(COUNTERSIGN)
        and found.ended_at is None
        and found.second_at is None
        and found.certified_by_id != request.actor.user_id,
        "may_withdraw": request.actor.can(CERTIFY) and found.ended_at is None,
    }
