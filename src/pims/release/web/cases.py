"""The discharge desk: what is running, one case and the steps of its check."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.web.withheld import withheld_persons
from pims.authority.web.words import kind_label, odd_lines
from pims.courts import selectors as courts
from pims.courts.web.words import order_kind
from pims.custody.selectors.standing import owner_of, standing
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import user_names
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.property import selectors as property_room
from pims.release import rules, selectors, services
from pims.release.denials import denials
from pims.release.facts import orders_that_ground
from pims.release.second import second_officers
from pims.release.selectors import CaseDetail, ItemInfo
from pims.release.selectors.signatures import vouchings
from pims.release.web import words
from pims.release.web.forms import (
    CloseForm,
    DischargeForm,
    ItemForm,
    SecondOfficerForm,
    StartForm,
    VerifyForm,
)
from pims.release.web.officers import officer_by_pin
from pims.release.web.parts import parts
from pims.ui.commands import command_from, then
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact, Task, Tone

VIEW, PREPARE, DISCHARGE = "release.view", "release.prepare", "release.discharge"
BOTH = ("GET", "HEAD", "POST")
POST = ("POST",)

ITEM_TONES: dict[str, Tone] = {"open": "quiet", "done": "ok", "explained": "info"}


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Everything between an order and the gate, with its clock; who is due; who to countersign."""
    viewer, where = request.actor, request.establishment_id
    rows = selectors.open_cases(viewer, where)
    due = [row for row in selectors.releases_due(viewer, where) if row.case_id is None]
    errors = selectors.errors_open(viewer, where)
    waiting = vouchings(establishment_id=where, waiting=True)
    headers = people.person_headers(
        viewer,
        [
            *(row.person_id for row in rows), *(row.person_id for row in due),
            *(row.person_id for row in waiting), *(error[1] for error in errors),
        ],
    )  # fmt: skip
    now = clock.now()
    unread = withheld_persons(viewer, [row.person_id for row in due])
    context = {
        "parts": parts(request, "release:index"),
        "running": [
            (row, headers.get(row.person_id), now - row.clock_started_at, _tone(row, now))
            for row in rows
            if not row.awaits_countersign
        ],
        "unsigned": [
            (row, headers.get(row.person_id)) for row in rows if row.awaits_countersign
        ],
        "due": [
            (row, headers.get(row.person_id), unread.get(row.person_id, "")) for row in due
        ],
        "errors": [(error, headers.get(error[1])) for error in errors],
        "to_sign": [
            (vouching, headers.get(vouching.person_id))
            for vouching in waiting
            if vouching.person_id in headers
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Clock started")),
            Column(_("Since"), numeric=True), Column(_("Heard")),
        ],
        "due_columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Final date")),
            Column(_("Action"), hidden_label=True),
        ],
        "may_prepare": viewer.can(PREPARE),
    }  # fmt: skip
    return render(request, "release/index.html", context)


@page(permission=PREPARE, methods=BOTH)
def start(request: Any, episode_id: int) -> HttpResponse:
    """Open a case: on an order that was recorded, on the final date, or by decision."""
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    standing_case = selectors.open_case_of(request.actor, episode_id)
    if standing_case is not None and request.method != "POST":
        return HttpResponseRedirect(reverse("release:case", args=[standing_case]))
    if request.method != "POST":
        require_held(person_id, episode_id)
    form = StartForm(request.POST if request.method == "POST" else None)
    form.fields["basis"].choices = _grounds(episode_id)  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        basis, _sep, order = given["basis"].partition(":")
        try:
            made = services.start_discharge(
                command_from(request),
                episode_id=episode_id,
                basis=basis,
                release_order_id=int(order) if order else None,
                final_date=given["final_date"],
                ground=given["ground"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:case", args=[made.case_id]))
    context = {
        "form": form,
        "identity": identity,
        "episode_id": episode_id,
        "may_discharge": request.actor.can(DISCHARGE),
    }
    return render(request, "release/start.html", context, status=422 if form.errors else 200)


def require_held(person_id: int, episode_id: int) -> None:
    """Raise Refused where custody has ended: nobody types what can only be refused."""
    if not any(row.episode_id == episode_id for row in standing(person_ids=[person_id])):
        refuse(Reason("release.not_in_custody")).require()


@page(permission=VIEW)
def case_page(request: Any, case_id: int) -> HttpResponse:
    """The discharge check of one person: what stops, what is to be done, and the gate."""
    case = selectors.case_detail(request.actor, case_id)
    return render(request, "release/case.html", _case_context(request, case))


def case_again(request: Any, case_id: int, form: DischargeForm) -> HttpResponse:
    """The check once more, with what was wrong at the gate beside its box."""
    case = selectors.case_detail(request.actor, case_id)
    context = _case_context(request, case) | {"form": form}
    return render(request, "release/case.html", context, status=422)


@page(permission=PREPARE, methods=POST)
def acknowledge(request: Any, case_id: int) -> HttpResponse:
    services.acknowledge_discharge(command_from(request), case_id=case_id)
    return _back(case_id)


@page(permission=PREPARE, methods=BOTH)
def item(request: Any, case_id: int, code: str) -> HttpResponse:
    """One thing on the list: done, or explained. Verifying an order names whom one spoke to."""
    case = selectors.case_detail(request.actor, case_id)
    if code not in words.ITEMS:
        raise NotFound("item", code)
    if code == "order_verified" and case.release_order_id is not None:
        return _verify(request, case)
    form = ItemForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = form.cleaned_data["done"] == "yes"
        note = form.cleaned_data["note"]
        command = command_from(request)
        try:
            if code == "police_interest" and done:
                _police_told(command, case)
            services.settle_item(command, case_id=case_id, code=code, done=done, note=note)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(case_id)
    context = {
        "form": form,
        "case": case,
        "code": code,
        "identity": identity_of(request.actor, case.person_id),
        "title": words.ITEMS.get(code, code),
        "held": property_room.held_items([case.person_id]).get(case.person_id, [])
        if code == "property"
        else [],
        "may_give_back": request.actor.can("property.record"),
        "interests": authority.police_interests([case.person_id]).get(case.person_id, [])
        if code == "police_interest"
        else [],
    }
    return render(request, "release/item.html", context, status=422 if form.errors else 200)


@page(permission=PREPARE, methods=BOTH)
def second_officer(request: Any, case_id: int) -> HttpResponse:
    """The second officer enters badge and PIN at the first officer's screen."""
    case = selectors.case_detail(request.actor, case_id)
    form = SecondOfficerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        other = officer_by_pin(request, form, badge="badge", secret="secret")
        if other is not None and other.user_id == request.actor.user_id:
            form.add_error("badge", gettext("The second officer must be someone else."))
        elif other is not None and other.actor is not None:
            second = Command(other.actor, command_from(request).command_id)
            services.second_officer_agrees(second, case_id=case_id)
            return _back(case_id)
    context = {
        "form": form,
        "case": case,
        "identity": identity_of(request.actor, case.person_id),
        "title": _("Second officer"),
    }
    return render(request, "release/step.html", context, status=422 if form.errors else 200)


@page(permission=DISCHARGE, methods=BOTH)
def close(request: Any, case_id: int) -> HttpResponse:
    case = selectors.case_detail(request.actor, case_id)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.close_case(
            command_from(request), case_id=case_id, reason=form.cleaned_data["reason"]
        )
        messages.success(request, gettext("The case is closed. The prisoner stays in custody."))
        return HttpResponseRedirect(reverse("release:index"))
    context = {
        "form": form,
        "case": case,
        "identity": identity_of(request.actor, case.person_id),
        "title": _("Close without discharge"),
    }
    return render(request, "release/step.html", context, status=422 if form.errors else 200)


def _verify(request: Any, case: CaseDetail) -> HttpResponse:
    orders = authority.release_orders([case.person_id]).get(case.person_id, [])
    order = next(o for o in orders if o.release_order_id == case.release_order_id)
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        authority_services.verify_release_order(
            command_from(request),
            release_order_id=order.release_order_id,
            spoke_to=form.cleaned_data["spoke_to"],
        )
        return _back(case.case_id)
    context = {
        "form": form,
        "case": case,
        "order": order,
        "odd": odd_lines(order),
        "identity": identity_of(request.actor, case.person_id),
        "title": _("Verify the order with the registry"),
    }
    return render(request, "release/verify.html", context, status=422 if form.errors else 200)


def _police_told(command: Command, case: CaseDetail) -> None:
    for interest in authority.police_interests([case.person_id]).get(case.person_id, []):
        authority_services.inform_police(
            then(command, f"interest-{interest.police_interest_id}"),
            police_interest_id=interest.police_interest_id,
        )


def _grounds(episode_id: int) -> list[tuple[str, str]]:
    return [
        *(
            (
                f"order:{o.release_order_id}",
                gettext("Order of %(body)s, reference %(reference)s")
                % {"body": o.body_name, "reference": o.reference or "—"},
            )
            for o in orders_that_ground(episode_id)
        ),
        ("final_date", str(words.BASES["final_date"])),
        ("no_authority", str(words.BASES["no_authority"])),
    ]


def _case_context(request: Any, case: CaseDetail) -> dict[str, Any]:
    now = clock.now()
    names = user_names([i for i in [case.second_officer_id] if i is not None])
    standing = [
        order
        for order in authority.release_orders([case.person_id]).get(case.person_id, [])
        if order.is_open and case.state == "open"
    ]
    doubts = courts.reading_doubts([case.person_id]).get(case.person_id, [])
    further = case.check is not None and any(
        r.code in rules.FURTHER_STOPS for r in case.check.stops
    )
    return {
        "orders": [(order, odd_lines(order)) for order in standing],
        "further": further,
        "to_decide": [] if case.facts is None else _to_decide(case.facts),
        "over_undecided": _over_undecided(case) if case.state == "open" else [],
        "may_decide": request.actor.can("authority.decide"),
        "may_record": request.actor.can("authority.record"),
        "case": case,
        "identity": identity_of(request.actor, case.person_id),
        "facts": [
            Fact(_("Ground"), words.BASES[case.basis]),
            *([Fact(_("Decision"), case.ground)] if case.ground else []),
            Fact(
                _("Identity"),
                words.IDENTITY_WAYS.get(case.identity_how, _("Not yet established")),
                reverse("release:identity", args=[case.case_id]) if case.state == "open" else "",
                _("Establish"),
            ),
            Fact(
                _("Second officer"),
                names.get(case.second_officer_id or 0, _("Not yet")),
                reverse("release:second", args=[case.case_id]) if case.state == "open" else "",
                _("Agree here"),
            ),
        ],
        "tasks": [
            Task(
                words.ITEMS[i.code],
                words.ITEM_STATES[i.state],
                reverse("release:item", args=[case.case_id, i.code])
                if case.state == "open"
                else "",
                "alarm" if _doubtful(i, standing) else ITEM_TONES[i.state],
                _hint(i, standing, doubts),
            )
            for i in case.items
        ],
        "begun": now >= case.clock_started_at,
        "elapsed": now - case.clock_started_at,
        "superintendent_called": now >= case.superintendent_at,
        "by_telephone": now >= case.telephone_from,
        "seconds": _seconds(request, case, now) if case.state == "open" else [],
        "open_items": [] if case.check is None else case.check.open_items,
        "form": DischargeForm(),
        "vouchings": vouchings(case_id=case.case_id),
        "denials": denials(case.episode_id),
        "may_discharge": request.actor.can(DISCHARGE),
        "may_prepare": request.actor.can(PREPARE),
    }


def _seconds(request: Any, case: CaseDetail, now: datetime) -> list[str]:
    """Whom the first officer may reach by telephone, to choose from; anybody else may be named."""
    if now < case.telephone_from or case.second_officer_id is not None:
        return []
    found = second_officers(case.establishment_id)
    return [officer.shown for officer in found if officer.user_id != request.actor.user_id]


def _doubtful(item: ItemInfo, orders: Sequence[authority.ReleaseOrderInfo]) -> bool:
    """Whether the call to the registry is still to be made about an order that is odd."""
    return item.code == "order_verified" and any(order.in_doubt for order in orders)


def _hint(
    item: ItemInfo,
    orders: Sequence[authority.ReleaseOrderInfo],
    doubts: Sequence[courts.ReadingDoubt],
) -> str:
    """What was noted; beside the call to the registry, what is odd about the orders; beside the
    second readings, which are still to come, differ, or were not blind."""
    if item.code == "second_reading":
        lines = (
            f"{order_kind(one.kind)} {one.reference}: {words.READINGS[one.why]}" for one in doubts
        )
        return " · ".join(part for part in (item.note, *lines) if part)
    odd = [line for order in orders for line in odd_lines(order)]
    if item.code != "order_verified" or not odd:
        return item.note
    told = gettext("Odd about the order: %(what)s.") % {"what": "; ".join(dict.fromkeys(odd))}
    return f"{item.note} {told}".strip()


def _to_decide(facts: rules.DischargeFacts) -> list[tuple[Any, str]]:
    """The papers that nobody has decided on and that stop the discharge, with their kind."""
    return [(w, kind_label(w.kind)) for w in rules.undecided_that_stop(facts)]


def _over_undecided(case: CaseDetail) -> list[tuple[Any, str]]:
    """Papers that by plain words are over and that nobody has decided on: shown, no stop."""
    zone = facilities.time_zone(case.establishment_id)
    papers = authority.over_undecided(case.person_id, zone=zone, at=clock.now())
    return [(paper, kind_label(paper.kind)) for paper in papers]


def _tone(row: selectors.ClockRow, now: Any) -> str:
    minutes = (now - row.clock_started_at).total_seconds() / 60
    return "alarm" if minutes >= 30 else "warn" if minutes >= 15 else "ok"


def _back(case_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("release:case", args=[case_id]))
