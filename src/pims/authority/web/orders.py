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
from pims.authority.web import words
from pims.authority.web.forms import (
    ExtendForm,
    FallsForm,
    InterestForm,
    OrderForm,
    PhoneForm,
)
from pims.facilities import selectors as facilities
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, RECORD, DECIDE = "authority.view", "authority.record", "authority.decide"
BODIES = "authority.manage_bodies"
BOTH = ("GET", "HEAD", "POST")


@page(permission=RECORD, methods=BOTH)
def record(request: Any, person_id: int) -> HttpResponse:
    """Record an order to release; its clock starts with the hour at which it was received."""
    identity = identity_of(request.actor, person_id)
    zone = facilities.time_zone(request.establishment_id)
    now = clock.now()
    standing = _standing(person_id, zone, now)
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"received_at": now},
        warrants=_choices(standing),
    )
    if uploads_arrived(form, request):
        given = form.cleaned_data
        try:
            services.record_release_order(
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
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("The order is recorded and its clock runs."))
            return HttpResponseRedirect(identity.url or reverse("authority:index"))
    context = {"form": form, "identity": identity, "standing": standing}
    return render(request, "authority/order.html", context, status=422 if form.errors else 200)


@page(permission=RECORD, methods=BOTH)
def withdraw(request: Any, release_order_id: int) -> HttpResponse:
    """The order does not stand: taken back, a mistaken entry, or, by decision, not genuine."""
    order = selectors.release_order(request.actor, release_order_id)
    form = FallsForm(
        request.POST if request.method == "POST" else None, may_decide=request.actor.can(DECIDE)
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["how"] == "mistake":
                services.strike_out_release_order(
                    command_from(request),
                    release_order_id=release_order_id,
                    reason=given["reason"],
                )
            else:
                services.withdraw_release_order(
                    command_from(request),
                    release_order_id=release_order_id,
                    how=given["how"],
                    reason=given["reason"],
                    told_by=given["told_by"],
                    happened_at=given["happened_at"],
                )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Recorded. The entry stays to be read."))
            return _to_person(request, order.person_id)
    return _step(request, form, order.person_id, _("The order does not stand"))


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
    if form.is_valid():
        try:
            services.extend_release_order(
                command_from(request),
                release_order_id=release_order_id,
                warrant_name_ids=form.cleaned_data["warrants"],
                basis=form.cleaned_data["basis"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("The order ends these warrants too."))
            return _to_person(request, order.person_id)
    return _step(request, form, order.person_id, _("The order ends a further warrant"))


@page(permission=RECORD, methods=BOTH)
def interest(request: Any, person_id: int) -> HttpResponse:
    """Record that the police want to know when this person leaves. It never detains."""
    if person_id not in people.person_headers(request.actor, [person_id]):
        raise NotFound("person")
    form = InterestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.record_police_interest(
                command_from(request), person_id=person_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Recorded. It informs; it does not detain."))
            return HttpResponseRedirect(identity_of(request.actor, person_id).url or "/")
    return _step(request, form, person_id, _("Police interest"))


@page(permission=RECORD, methods=("POST",))
def withdraw_interest(request: Any, police_interest_id: int) -> HttpResponse:
    services.withdraw_police_interest(command_from(request), police_interest_id=police_interest_id)
    return HttpResponseRedirect(request.META.get("HTTP_REFERER", reverse("authority:index")))


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


def _step(request: Any, form: Any, person_id: int, title: Any) -> HttpResponse:
    context = {"form": form, "identity": identity_of(request.actor, person_id), "title": title}
    return render(request, "authority/step.html", context, status=422 if form.errors else 200)
