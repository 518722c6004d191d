"""Pages about release orders, police interest and the directory of courts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors, services
from pims.authority.services.release_orders import ReleaseOrderResult
from pims.authority.web import words
from pims.authority.web.doubts import order_doubts
from pims.authority.web.forms import (
    ExtendForm,
    FallsForm,
    InterestForm,
    OrderForm,
    PhoneForm,
)
from pims.authority.web.steps import carried_out, step
from pims.authority.web.warrants import scan_response
from pims.facilities import selectors as facilities
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.confirmation import page_before
from pims.ui.doubts import question
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, RECORD, DECIDE = "authority.view", "authority.record", "authority.decide"
BODIES = "authority.manage_bodies"
BOTH = ("GET", "HEAD", "POST")


@page(permission=RECORD, methods=BOTH)
def record(request: Any, person_id: int) -> HttpResponse:
    """Record an order to release as written; what is odd about it is asked about first.

    Its clock starts with the hour at which it was received.
    """
    identity = identity_of(request.actor, person_id)
    zone = facilities.time_zone(request.establishment_id)
    now = clock.now()
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"received_at": now},
        warrants=_choices(_standing(person_id, zone, now)),
    )
    asked = None
    if uploads_arrived(form, request):
        labels = {name: field.label for name, field in form.fields.items()}
        doubts = order_doubts(
            form.cleaned_data, person_id, zone=zone, impossible=form.impossible, labels=labels
        )
        asked = question(request, doubts)
        if asked is None:
            try:
                made = _record(request, form, person_id)
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                return _recorded(request, made.release_order_id, identity.url)
    context = {"form": form, "question": asked, "identity": identity}
    return render(
        request, "authority/order.html", context, status=422 if form.errors or asked else 200
    )


def _record(request: Any, form: OrderForm, person_id: int) -> ReleaseOrderResult:
    given = form.cleaned_data
    return services.record_release_order(
        command_from(request),
        establishment_id=request.establishment_id,
        person_id=person_id,
        kind=given["kind"],
        body_id=given["body_id"],
        received_at=given["received_at"],
        warrant_name_ids=given["warrants"],
        ends_all=given["ends_all"],
        reference=given["reference"],
        dated=given["dated"],
        as_written=given["as_written"],
        conditions=given["conditions"],
        scan=form.scan_bytes(),
    )


def _recorded(request: Any, release_order_id: int, person_url: str) -> HttpResponse:
    """To the person; to the order where something about it is odd."""
    messages.success(request, gettext("The order is recorded and its clock runs."))
    odd = selectors.release_order(request.actor, release_order_id).oddities
    if odd or not person_url:
        return HttpResponseRedirect(reverse("authority:order", args=[release_order_id]))
    return HttpResponseRedirect(person_url)


@page(permission=VIEW)
def order_page(request: Any, release_order_id: int) -> HttpResponse:
    """One order as written: what is odd about it, and what became of it. It stays to be read."""
    order = selectors.release_order(request.actor, release_order_id)
    zone = facilities.time_zone(request.establishment_id)
    papers = selectors.warrants_of([people.canonical_id(order.person_id)], zone=zone)
    ends = [
        (w, words.kind_label(w.kind))
        for own in papers.values()
        for w in own
        if w.warrant_name_id in order.warrant_name_ids
    ]
    context = {
        "order": order,
        "kind": words.ORDER_KINDS[order.kind],
        "state": words.ORDER_STATES[order.state],
        "odd": [words.ODDITIES[code] for code in order.oddities],
        "facts": words.order_facts(order),
        "ends": ends,
        "identity": identity_of(request.actor, order.person_id),
        "may_record": request.actor.can(RECORD),
    }
    return render(request, "authority/order_page.html", context)


@page(permission=VIEW)
def scan(request: Any, release_order_id: int) -> HttpResponse:
    """The scan of an order, decrypted for this viewer; shown, never run."""
    order = selectors.release_order(request.actor, release_order_id)
    if order.scan_blob_id is None:
        raise NotFound("scan", release_order_id)
    shows([order.person_id])
    return scan_response(order.scan_blob_id, f"order-{release_order_id}")


@page(permission=RECORD, methods=BOTH)
def withdraw(request: Any, release_order_id: int) -> HttpResponse:
    """The order does not stand: taken back, a mistaken entry, or, by decision, not genuine."""
    order = selectors.release_order(request.actor, release_order_id)
    form = FallsForm(
        request.POST if request.method == "POST" else None, may_decide=request.actor.can(DECIDE)
    )

    def fall() -> None:
        given = form.cleaned_data
        if given["how"] == "mistake":
            services.strike_out_release_order(
                command_from(request), release_order_id=release_order_id, reason=given["reason"]
            )
            return
        services.withdraw_release_order(
            command_from(request),
            release_order_id=release_order_id,
            how=given["how"],
            reason=given["reason"],
            told_by=given["told_by"],
            happened_at=given["happened_at"],
        )

    if form.is_valid() and carried_out(form, fall):
        messages.success(request, gettext("Recorded. The entry stays to be read."))
        return _to_order(release_order_id)
    return step(request, form, order.person_id, _("The order does not stand"), _about(order))


@page(permission=RECORD, methods=BOTH)
def extend(request: Any, release_order_id: int) -> HttpResponse:
    """Read the order again: it ends warrants that were keyed after it, or were overlooked."""
    order = selectors.release_order(request.actor, release_order_id)
    zone = facilities.time_zone(request.establishment_id)
    form = ExtendForm(
        request.POST if request.method == "POST" else None,
        warrants=_choices(
            w
            for w in _standing(order.person_id, zone, clock.now())
            if w.warrant_name_id not in order.warrant_name_ids
        ),
    )

    def reach() -> None:
        services.extend_release_order(
            command_from(request),
            release_order_id=release_order_id,
            warrant_name_ids=form.cleaned_data["warrants"],
            basis=form.cleaned_data["basis"],
        )

    if form.is_valid() and carried_out(form, reach):
        messages.success(request, gettext("The order ends these warrants too."))
        return _to_person(request, order.person_id)
    return step(
        request, form, order.person_id, _("The order ends a further warrant"), _about(order)
    )


@page(permission=RECORD, methods=BOTH)
def interest(request: Any, person_id: int) -> HttpResponse:
    """Record that the police want to know when this person leaves. It never detains."""
    if person_id not in people.person_headers(request.actor, [person_id]):
        raise NotFound("person")
    form = InterestForm(request.POST if request.method == "POST" else None)

    def keep() -> None:
        services.record_police_interest(
            command_from(request), person_id=person_id, **form.cleaned_data
        )

    if form.is_valid() and carried_out(form, keep):
        messages.success(request, gettext("Recorded. It informs; it does not detain."))
        return HttpResponseRedirect(identity_of(request.actor, person_id).url or "/")
    return step(request, form, person_id, _("Police interest"))


@page(permission=RECORD, methods=("POST",))
def withdraw_interest(request: Any, police_interest_id: int) -> HttpResponse:
    services.withdraw_police_interest(command_from(request), police_interest_id=police_interest_id)
    return HttpResponseRedirect(page_before(request) or reverse("authority:index"))


@page(permission=VIEW)
def bodies(request: Any) -> HttpResponse:
    """The courts and other bodies, with the numbers at which they verify orders."""
    context = {
        "bodies": selectors.bodies(),
        "columns": [
            Column(_("Court or body")), Column(_("District")),
            Column(_("Telephone of the registry")), Column(_("Action"), hidden_label=True),
        ],
        "may_manage": request.actor.can(BODIES),
    }  # fmt: skip
    return render(request, "authority/bodies.html", context)


@page(permission=BODIES, methods=BOTH)
def registry_phone(request: Any, body_id: int) -> HttpResponse:
    body = next((b for b in selectors.bodies() if b.body_id == body_id), None)
    if body is None:
        raise NotFound("body", body_id)
    form = PhoneForm(
        request.POST if request.method == "POST" else None,
        initial={"telephone": body.registry_phone},
    )
    if form.is_valid():
        services.set_registry_phone(
            command_from(request), body_id=body_id, telephone=form.cleaned_data["telephone"]
        )
        return HttpResponseRedirect(reverse("authority:bodies"))
    context = {"form": form, "title": body.name}
    return render(request, "authority/step.html", context, status=422 if form.errors else 200)


def _standing(person_id: int, zone: str, at: datetime) -> list[selectors.WarrantBrief]:
    """What an order can end: the warrants that detain, and those that might, undecided."""
    return [
        *selectors.detaining_warrants(person_id, zone=zone, at=at),
        *selectors.warrants_in_doubt(person_id, zone=zone, at=at),
    ]


def _choices(warrants: Iterable[selectors.WarrantBrief]) -> list[tuple[str, str]]:
    return [
        (
            str(w.warrant_name_id),
            f"{words.kind_label(w.kind)} · {w.body_name} · {w.reference or '—'}",
        )
        for w in warrants
    ]


def _to_person(request: Any, person_id: int) -> HttpResponse:
    found = identity_of(request.actor, person_id)
    return HttpResponseRedirect(found.url or reverse("authority:index"))


def _to_order(release_order_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("authority:order", args=[release_order_id]))


def _about(order: selectors.ReleaseOrderInfo) -> dict[str, Any]:
    """What order a step is about, and where it stands in full."""
    return {
        "facts": words.order_facts(order),
        "url": reverse("authority:order", args=[order.release_order_id]),
        "url_label": _("The order in full"),
    }
