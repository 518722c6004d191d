"""Pages about warrants: what is open, one paper, and what is done with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors, services
from pims.authority.services.warrants import WarrantResult
from pims.authority.web import words
from pims.authority.web.doubts import amended_doubts, appearance_doubts, paper_doubts
from pims.authority.web.forms import (
    AmendForm,
    DecideForm,
    EndForm,
    NextForm,
    QueryForm,
    WarrantForm,
)
from pims.authority.web.steps import carried_out, step
from pims.authority.web.withheld import HELD_BACK, withheld
from pims.facilities import selectors as facilities
from pims.foundation.ledger.reads import shows
from pims.foundation.vault.files import open_file
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.doubts import Doubt, question
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.ui.surprising import long_ago_in

VIEW, RECORD, DECIDE = "authority.view", "authority.record", "authority.decide"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Papers to decide on, queries to send, release orders that wait."""
    viewer, where = request.actor, request.establishment_id
    undecided = selectors.undecided_warrants(viewer, where)
    orders = selectors.open_release_orders(viewer, where)
    headers = people.person_headers(
        viewer, [n.person_id for n in undecided] + [o.person_id for o in orders]
    )
    context = {
        "undecided": [
            (
                paper,
                headers.get(paper.person_id),
                words.kind_label(paper.kind),
                [words.DEFECTS[code] for code in paper.defects],
            )
            for paper in undecided
            if paper.person_id in headers
        ],
        "queries": selectors.open_queries(viewer, where),
        "orders": [
            (
                o,
                headers.get(o.person_id),
                words.ORDER_KINDS[o.kind],
                words.ORDER_STATES[o.state],
                words.odd_lines(o),
            )
            for o in orders
            if o.person_id in headers
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Kind")), Column(_("Court or body")),
            Column(_("Reference")), Column(_("Defects")),
        ],
        "order_columns": [
            Column(_("Prisoner")), Column(_("Order")), Column(_("Court or body")),
            Column(_("Received")), Column(_("State")), Column(_("Action"), hidden_label=True),
        ],
        "may_record": viewer.can(RECORD),
    }  # fmt: skip
    return render(request, "authority/index.html", context)


@page(permission=RECORD, methods=BOTH)
def record(request: Any, person_id: int) -> HttpResponse:
    """Record a warrant for one person, as written; what is odd on it is asked about first."""
    if person_id not in people.person_headers(request.actor, [person_id]):
        raise NotFound("person")
    now = clock.now()
    form = WarrantForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={
            "received_at": now,
            "starts_at": _since(request.GET.get("since", "")) or now,
        },
    )
    asked = None
    if uploads_arrived(form, request):
        names = [_named(form.cleaned_data, person_id)]
        asked = question(request, _doubts(request, form, names))
        if asked is None:
            try:
                made = _record(request, form, names)
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                if made.defects:
                    messages.warning(
                        request,
                        gettext("Recorded, with defects for the officer in charge to decide."),
                    )
                return HttpResponseRedirect(reverse("authority:warrant", args=[made.warrant_id]))
    context = {
        "form": form,
        "question": asked,
        "identity": identity_of(request.actor, person_id),
    }
    return render(
        request, "authority/record.html", context, status=422 if form.errors or asked else 200
    )


def _named(given: Mapping[str, Any], person_id: int) -> services.WarrantNameInput:
    amount = given["amount"]
    return services.WarrantNameInput(
        person_id=person_id,
        name_as_written=given["name_as_written"],
        starts_at=given["starts_at"],
        until=given["until"],
        next_appearance=given["next_appearance"],
        charges=given["charges"],
        amount_cents=None if amount is None else int(amount * 100),
    )


def _doubts(
    request: Any, form: WarrantForm, names: Sequence[services.WarrantNameInput]
) -> list[Doubt]:
    return paper_doubts(
        request.actor,
        form.cleaned_data,
        names,
        establishment_id=request.establishment_id,
        impossible=form.impossible,
        labels={name: field.label for name, field in form.fields.items()},
    )


def _record(
    request: Any, form: WarrantForm, names: Sequence[services.WarrantNameInput]
) -> WarrantResult:
    given = form.cleaned_data
    return services.record_warrant(
        command_from(request),
        establishment_id=request.establishment_id,
        kind=given["kind"],
        body_id=given["body_id"],
        reference=given["reference"],
        dated=given["dated"],
        as_written=given["as_written"],
        received_at=given["received_at"],
        defects=given["defects"],
        scan=form.scan_bytes(),
        names=names,
    )


@page(permission=VIEW)
def warrant_page(request: Any, warrant_id: int) -> HttpResponse:
    """One paper: everyone it names, what is wrong with it, what was decided."""
    names = selectors.warrant(request.actor, warrant_id)
    paper = names[0]
    headers = people.person_headers(request.actor, [n.person_id for n in names])
    shows(headers)
    hidden = withheld(request.actor, names)
    context = {
        "paper": paper,
        "kind": words.kind_label(paper.kind),
        "state": words.STATES[paper.state],
        "facts": [
            Fact(_("Court or body"), paper.body_name),
            Fact(_("Reference"), paper.reference or "—"),
            Fact(_("Dated"), HELD_BACK if hidden else paper.dated or "—"),
            Fact(_("Offences"), paper.charges or "—"),
            Fact(_("As written"), HELD_BACK if hidden else paper.as_written or "—"),
        ],
        "defects": [] if hidden else [words.DEFECTS[code] for code in paper.defects],
        "names": [
            (n, headers.get(n.person_id), words.END_KINDS.get(n.end_kind),
             hidden.get(n.warrant_name_id, ""))
            for n in names
        ],
        "hidden": next(iter(hidden.values()), ""),
        "columns": [
            Column(_("Prisoner")), Column(_("Name as written")), Column(_("From")),
            Column(_("Next appearance")), Column(_("Until")), Column(_("Ended")),
            Column(_("Action"), hidden_label=True),
        ],
        "queries": selectors.queries_of(warrant_id),
        "identity": identity_of(request.actor, paper.person_id) if len(names) == 1 else None,
        "may_record": request.actor.can(RECORD),
        "may_decide": request.actor.can(DECIDE) and paper.state == "as_received",
    }  # fmt: skip
    return render(request, "authority/warrant.html", context)


@page(permission=DECIDE, methods=BOTH)
def decide(request: Any, warrant_id: int) -> HttpResponse:
    papers = selectors.warrant(request.actor, warrant_id)
    if (asking := _ask_first(request, papers)) is not None:
        return asking
    paper = papers[0]
    form = DecideForm(request.POST if request.method == "POST" else None)

    def settle() -> None:
        services.decide_defective(command_from(request), warrant_id=warrant_id, **form.cleaned_data)

    if form.is_valid() and carried_out(form, settle):
        return _to_paper(warrant_id)
    return step(request, form, paper.person_id, _("Decide on a defective warrant"), _about(paper))


@page(permission=RECORD, methods=BOTH)
def amend(request: Any, warrant_name_id: int) -> HttpResponse:
    name = selectors.warrant_name(request.actor, warrant_name_id)
    if (asking := _ask_first(request, [name])) is not None:
        return asking
    initial = {
        "version": name.version,
        "name_as_written": name.name_as_written,
        "starts_at": name.starts_at,
        "until": name.until,
        "next_appearance": name.next_appearance,
        "charges": name.charges,
    }
    form = AmendForm(request.POST if request.method == "POST" else None, initial=initial)

    def correct() -> None:
        services.amend_warrant_name(
            command_from(request),
            warrant_name_id=warrant_name_id,
            amount_cents=name.amount_cents,
            **form.cleaned_data,
        )

    asked = None
    if form.is_valid():
        zone = facilities.time_zone(request.establishment_id)
        asked = question(request, amended_doubts(form, name, zone=zone))
    if asked is None and form.is_valid() and carried_out(form, correct):
        return _to_paper(name.warrant_id)
    context = {"question": asked}
    return step(request, form, name.person_id, _("Correct what was keyed"), context)


@page(permission=RECORD, methods=BOTH)
def end(request: Any, warrant_name_id: int) -> HttpResponse:
    name = selectors.warrant_name(request.actor, warrant_name_id)
    if (asking := _ask_first(request, [name])) is not None:
        return asking
    form = EndForm(request.POST if request.method == "POST" else None)

    def cease() -> None:
        services.end_warrant(
            command_from(request), warrant_name_id=warrant_name_id, **form.cleaned_data
        )

    asked = None
    if form.is_valid():
        asked = question(request, long_ago_in(form, "ended_at"))
    if asked is None and form.is_valid() and carried_out(form, cease):
        return _to_paper(name.warrant_id)
    context = _about(name) | {"question": asked}
    return step(request, form, name.person_id, _("The warrant ceased to detain"), context)


@page(permission=RECORD, methods=BOTH)
def next_appearance(request: Any, warrant_name_id: int) -> HttpResponse:
    name = selectors.warrant_name(request.actor, warrant_name_id)
    if (asking := _ask_first(request, [name])) is not None:
        return asking
    form = NextForm(request.POST if request.method == "POST" else None)

    def name_it() -> None:
        services.set_next_appearance(
            command_from(request), warrant_name_id=warrant_name_id, **form.cleaned_data
        )

    asked = None
    if form.is_valid():
        asked = question(request, appearance_doubts(form))
    if asked is None and form.is_valid() and carried_out(form, name_it):
        return _to_paper(name.warrant_id)
    context = _about(name) | {"question": asked}
    return step(request, form, name.person_id, _("The court named a new date"), context)


@page(permission=RECORD, methods=BOTH)
def query(request: Any, query_id: int) -> HttpResponse:
    """Word the drafted query, print or send it, and say that it went; then its answer is due."""
    found = selectors.query(request.actor, query_id)
    if found.sent_at is not None and request.method != "POST":
        return HttpResponseRedirect(reverse("authority:answer_query", args=[query_id]))
    form = QueryForm(
        request.POST if request.method == "POST" else None, initial={"text": found.text}
    )
    if form.is_valid():
        services.send_clerk_query(
            command_from(request), query_id=query_id, text=form.cleaned_data["text"]
        )
        messages.success(request, gettext("Marked as sent."))
        return HttpResponseRedirect(reverse("authority:warrant", args=[found.warrant_id]))
    person_id = selectors.warrant(request.actor, found.warrant_id)[0].person_id
    return step(request, form, person_id, _("Query to the clerk of court"))


@page(permission=VIEW)
def scan(request: Any, warrant_id: int) -> HttpResponse:
    """The scan, decrypted for this viewer; shown, never run."""
    names = selectors.warrant(request.actor, warrant_id)
    paper = names[0]
    if paper.scan_blob_id is None:
        raise NotFound("scan", warrant_id)
    shows(name.person_id for name in names)
    return scan_response(paper.scan_blob_id, f"warrant-{warrant_id}")


def scan_response(blob_id: str, name: str) -> HttpResponse:
    """A stored scan under that file name, shown in a page that can run nothing."""
    opened = open_file(UUID(blob_id))
    response = HttpResponse(opened.text, content_type=opened.ref.media_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _since(text: str) -> datetime | None:
    """The hour of reception, as the admission's link gives it: what came with the van held then."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _ask_first(request: Any, papers: Sequence[selectors.WarrantBrief]) -> HttpResponse | None:
    """Whoever could still read the paper again and wants to change it asks to be shown it first."""
    hidden = withheld(request.actor, papers)
    if not hidden or request.method == "POST":
        return None
    messages.info(
        request,
        gettext("You may still read this paper again. Ask to be shown what was keyed first."),
    )
    return HttpResponseRedirect(next(iter(hidden.values())))


def _to_paper(warrant_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("authority:warrant", args=[warrant_id]))


def _about(paper: selectors.WarrantBrief) -> dict[str, Any]:
    """What paper a step is about, what is wrong with it, and where it stands in full."""
    wrong = ", ".join(str(words.DEFECTS[code]) for code in paper.defects)
    return {
        "facts": [
            Fact(_("Kind"), words.kind_label(paper.kind)),
            Fact(_("Court or body"), paper.body_name),
            Fact(_("Reference"), paper.reference or "—"),
            Fact(_("Until"), paper.until or "—"),
            Fact(_("Next appearance"), paper.next_appearance or "—"),
            *([Fact(_("Defects"), wrong)] if wrong else []),
            Fact(_("By its own dates it detains"), words.detains_text(paper)),
        ],
        "url": reverse("authority:warrant", args=[paper.warrant_id]),
        "url_label": _("The paper in full"),
    }
