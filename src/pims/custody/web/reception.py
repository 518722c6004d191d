"""Reception: a van at the gate, everyone on it received on one screen; the book; turning away."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.custody import selectors, services
from pims.custody.web.van_lines import (
    FILLED_FOR_ALL,
    SEX_CHOICES,
    WARRANT_CHOICES,
    LineForm,
    LineFormSet,
    line_errors,
    near_of,
    people_on,
    settle,
)
from pims.custody.web.where import where_text
from pims.custody.web.words import RECEPTION_KINDS, TURN_AWAY_REASONS, WARRANT_STATES, received_text
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import was_carried_out
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.dates import day_asked
from pims.ui.doubts import question
from pims.ui.fields import InstantField
from pims.ui.forms import add_reasons, is_whole
from pims.ui.pages import page
from pims.ui.shapes import Column
from pims.ui.surprising import long_ago_in

RECEIVE = "custody.receive"
BOTH = ("GET", "HEAD", "POST")
ROWS = 12


class VanForm(forms.Form):
    """What is common to everyone on the van."""

    received_at = InstantField(label=_("Received at"))
    reception_kind = forms.ChoiceField(
        label=_("Where from"), choices=list(RECEPTION_KINDS.items()), initial="court"
    )
    from_where = forms.CharField(
        label=_("Which court, station or place"), required=False, max_length=200
    )
    vehicle = forms.CharField(label=_("Vehicle"), required=False, max_length=60)
    handed_over_by = forms.CharField(label=_("Handed over by"), max_length=200)
    received_by = forms.CharField(label=_("Received by"), max_length=200)


class TurnAwayForm(forms.Form):
    name_as_given = forms.CharField(label=_("Name as given"), required=False, max_length=200)
    reason = forms.ChoiceField(label=_("Reason"), choices=list(TURN_AWAY_REASONS.items()))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)
    brought_by = forms.CharField(label=_("Brought by"), max_length=200)
    happened_at = InstantField(label=_("When"))


@page(permission=RECEIVE)
def reception(request: Any) -> HttpResponse:
    """Today's vans, the admissions that are open, and the way to receive the next."""
    viewer, where = request.actor, request.establishment_id
    since = clock.now() - timedelta(days=2)
    context = {
        "vans": selectors.vans(viewer, where, since=since),
        "admissions": selectors.admissions_open(viewer, where),
        "turned_away": selectors.turned_away(viewer, where, since=since),
        "reasons": TURN_AWAY_REASONS,
        "columns": [
            Column(_("Prisoner")), Column(_("Received")), Column(_("Complete by")),
            Column(_("Steps"), numeric=True),
        ],
        "may_turn_away": viewer.can("authority.decide"),
        "may_edit": viewer.can("people.edit"),
    }  # fmt: skip
    return render(request, "custody/reception.html", context)


@page(permission=RECEIVE, methods=BOTH)
def receive(request: Any) -> HttpResponse:
    """The van's body receipts on one screen: a line each, all recorded at once."""
    posted = request.POST if request.method == "POST" else None
    form = VanForm(posted, initial={"received_at": clock.now(), "received_by": request.actor.name})
    lines = LineFormSet(posted, initial=None if posted else [{} for _row in range(ROWS)],
                        prefix="line")  # fmt: skip
    asked, filled = None, list[LineForm]()
    if posted is not None and is_whole(form, lines):
        filled, doubts = people_on(lines, posted)
        doubts += long_ago_in(form, "received_at")
        doubts += settle(
            request.actor,
            filled,
            form.cleaned_data["received_at"],
            repeated=was_carried_out(command_from(request)),
        )
        asked = question(request, doubts)
        if asked is None and not any(line.errors for line in filled):
            try:
                made = _receive(request, form, filled)
            except InvalidInput as problem:
                _blame(form, filled, problem)
            else:
                messages.success(
                    request,
                    received_text(len(made.receipts)),
                )
                return HttpResponseRedirect(reverse("custody:van", args=[made.van_id]))
    wrong = posted is not None and (bool(form.errors) or any(line.errors for line in lines))
    context = {
        "form": form,
        "lines": lines,
        "errors": line_errors(lines) if posted else [],
        "question": None if wrong else asked,
        "sexes": SEX_CHOICES,
        "warrants": WARRANT_CHOICES,
        "all_sex": "" if posted is None else posted.get(FILLED_FOR_ALL["sex"], ""),
        "all_warrant": "" if posted is None else posted.get(FILLED_FOR_ALL["warrant_state"], ""),
    }
    status = 422 if wrong or asked else 200
    return render(request, "custody/receive.html", context, status=status)


@page(permission=RECEIVE)
def known(request: Any) -> HttpResponse:
    """Whom a number names and where he or she is: asked for by htmx beside the box."""
    number = next((v for k, v in request.GET.items() if k.endswith("number")), "").strip()
    head = held = None
    if number:
        try:
            person_id = people.resolve_number(request.actor, number)
        except (NotFound, NotPermitted):
            pass
        else:
            head = people.person_headers(request.actor, [person_id]).get(person_id)
            shows([person_id])
            held = selectors.whereabouts(request.actor, [person_id]).get(person_id)
    context = {"number": number, "head": head, "held": held, "where": where_text(held)}
    return render(request, "custody/known.html", context)


@page(permission=RECEIVE)
def van(request: Any, van_id: int) -> HttpResponse:
    """Who came with a van, and what is left to do about each."""
    found = selectors.van(request.actor, van_id)
    ids = [line.person_id for line in found.lines]
    matches = people.matches_of(request.actor, ids)
    near = near_of(request.actor, found, without=matches)
    alike = (one.other.person_id for lines in (*matches.values(), *near.values()) for one in lines)
    shows([*ids, *alike])
    apart = selectors.hours_apart(found)
    context = {
        "van": found,
        "apart": apart,
        "lines": [
            (
                line,
                WARRANT_STATES[line.warrant_state],
                matches.get(line.person_id, []),
                near.get(line.person_id, []),
            )
            for line in found.lines
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Name as given")),
            Column(_("Warrant")), Column(_("Injuries seen")), Column(_("Next")),
        ],
        "may_admit": request.actor.can("custody.admit"),
        "may_edit": request.actor.can("people.edit"),
        "may_print": request.actor.can("documents.print"),
    }  # fmt: skip
    return render(request, "custody/van.html", context)


@page(permission=RECEIVE)
def book(request: Any) -> HttpResponse:
    """The reception book of one day, as it is kept and printed."""
    where = request.establishment_id
    zone = ZoneInfo(facilities.time_zone(where))
    today = clock.now().astimezone(zone).date()
    day = day_asked(request.GET.get("day", "")) or today
    since = datetime.combine(day, time(), zone)
    lines = selectors.reception_book(
        request.actor, where, since=since, until=since + timedelta(days=1)
    )
    shows(line.person_id for line in lines)
    context = {
        "rows": [(line, WARRANT_STATES[line.warrant_state]) for line in lines],
        "day": day,
        "may_print": request.actor.can("documents.print"),
        "earlier": day - timedelta(days=1),
        "later": day + timedelta(days=1) if day < today else None,
        "columns": [
            Column(_("Hour")), Column(_("Prisoner")), Column(_("Number")),
            Column(_("Name as given")), Column(_("Warrant")), Column(_("Handed over by")),
            Column(_("Received by")), Column(_("Injuries seen")),
        ],
    }  # fmt: skip
    return render(request, "custody/reception_book.html", context)


@page(permission="authority.decide", methods=BOTH)
def turn_away(request: Any) -> HttpResponse:
    """Somebody was brought and not received: that is recorded too (Mandela Rule 7)."""
    form = TurnAwayForm(
        request.POST if request.method == "POST" else None,
        initial={"happened_at": clock.now()},
    )
    asked = question(request, long_ago_in(form, "happened_at")) if form.is_valid() else None
    if asked is None and form.is_valid():
        try:
            services.turn_away(
                command_from(request),
                establishment_id=request.establishment_id,
                **form.cleaned_data,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("custody:reception"))
    context = {"form": form, "title": _("Turn somebody away"), "question": asked}
    status = 422 if form.errors or asked else 200
    return render(request, "custody/step.html", context, status=status)


def _receive(request: Any, form: VanForm, filled: list[LineForm]) -> services.ReceiptsRecorded:
    given = form.cleaned_data
    return services.record_body_receipts(
        command_from(request),
        establishment_id=request.establishment_id,
        receipts=[line.receipt() for line in filled],
        received_at=given["received_at"],
        reception_kind=given["reception_kind"],
        from_where=given["from_where"],
        vehicle=given["vehicle"],
        handed_over_by=given["handed_over_by"],
        received_by=given["received_by"],
    )


def _blame(form: VanForm, filled: list[LineForm], problem: InvalidInput) -> None:
    """Reasons of a line go to that line, the others to the van."""
    rest = {}
    for name, reason in problem.fields.items():
        parts = name.split(".")
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(filled):
            add_reasons(filled[int(parts[1])], InvalidInput({parts[2]: reason}))
        else:
            rest[name] = reason
    if rest:
        add_reasons(form, InvalidInput(rest))
