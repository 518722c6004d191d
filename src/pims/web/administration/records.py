"""Orders about whole records: the list of them, and sealing by order."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.assurance import sealing
from pims.assurance import selectors as assurance
from pims.assurance.kinds import alarm_kinds
from pims.custody import selectors as custody
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import SEE_SEALED
from pims.foundation.access.selectors import role_name, system_actor, user_names
from pims.foundation.ledger.append import append_read
from pims.foundation.ledger.reads import shows
from pims.foundation.vault import selectors as vault
from pims.foundation.vault import services as vault_services
from pims.foundation.vault.rules import ERASE, SEAL
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.people import selectors as people
from pims.people.selectors import PersonHeader
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.web.administration.order_forms import SealForm, UnsealForm

BOTH = ("GET", "HEAD", "POST")

STATES: dict[str, tuple[Any, str]] = {
    "ordered": (_("Waits for the second officer"), "warn"),
    "confirmed": (_("Being carried out"), "info"),
    "erased": (_("Erased"), "dark"),
    "withdrawn": (_("Withdrawn"), "quiet"),
}


def state_of(info: vault.ErasureInfo) -> tuple[Any, str]:
    return (_("Stopped"), "alarm") if info.problem else STATES[info.state]


@page(permission=SEAL)
def record_list(request: Any) -> HttpResponse:
    """What was ordered of records, with its state; a number leads to what can be ordered."""
    viewer: Actor = request.actor
    if number := request.GET.get("number", "").strip():
        try:
            person_id = people.resolve_number(viewer, number)
        except NotFound:
            context = _list_context(request) | {"number": number[:40], "unknown": True}
            return render(request, "administration/records.html", context, status=404)
        header = header_of(viewer, person_id)
        return HttpResponseRedirect(reverse("administration:record", args=[header.number]))
    return render(request, "administration/records.html", _list_context(request))


def _list_context(request: Any) -> dict[str, Any]:
    viewer: Actor = request.actor
    sealed = vault.standing_sealings(viewer) if viewer.can(SEE_SEALED) else []
    erased = vault.erasures(viewer) if viewer.can(ERASE) else []
    heads = people.person_headers(viewer, [row.person_id for row in sealed], brief=True)
    # Of the erased nothing is left but the number.
    numbers = people.person_headers(system_actor(), [row.person_id for row in erased], brief=True)
    by = user_names(
        {row.sealed_by_id for row in sealed}
        | {row.ordered_by_id for row in erased}
        | {row.confirmed_by_id for row in erased if row.confirmed_by_id}
    )
    _record_read(request, "administration.records", list(heads))
    return {
        "number": "",
        "sees_sealed": viewer.can(SEE_SEALED),
        "may_erase": viewer.can(ERASE),
        "sealed": [
            (row, heads[row.person_id], by.get(row.sealed_by_id, "—"))
            for row in sealed
            if row.person_id in heads
        ],
        "erasures": [
            {
                "info": row,
                "number": numbers[row.person_id].number if row.person_id in numbers else "—",
                "state": state_of(row),
                "first": by.get(row.ordered_by_id, "—"),
                "second": by.get(row.confirmed_by_id or 0, "—"),
            }
            for row in erased
        ],
        "sealed_columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Ordered by")),
            Column(_("Sealed")), Column(_("By")),
        ],
        "erasure_columns": [
            Column(_("Number")), Column(_("State")), Column(_("Ordered by")),
            Column(_("First officer")), Column(_("Second officer")), Column(_("Erased")),
        ],
    }  # fmt: skip


@page(permission=SEAL)
def record(request: Any, number: str) -> HttpResponse:
    """One record: what was ordered of it so far, and what may be ordered."""
    viewer: Actor = request.actor
    header = found(request, number)
    past = vault.sealings(viewer, header.person_id)
    standing = next((row for row in past if row.unsealed_at is None), None)
    by = user_names({row.sealed_by_id for row in past} | {r.unsealed_by_id or 0 for r in past})
    _record_read(request, "administration.record", [header.person_id])
    context = {
        "header": header,
        "standing": standing,
        "facts": order_facts(standing, by.get(standing.sealed_by_id, "—")) if standing else [],
        "past": [
            (row, by.get(row.sealed_by_id, "—"), by.get(row.unsealed_by_id or 0, "—"))
            for row in past
            if row is not standing
        ],
        "past_columns": [
            Column(_("Sealed")), Column(_("Ordered by")), Column(_("By")),
            Column(_("Opened")), Column(_("By")), Column(_("Why")),
        ],
        "may_unseal": viewer.can(SEE_SEALED),
        "may_erase": viewer.can(ERASE),
    }  # fmt: skip
    return render(request, "administration/record.html", context)


@page(permission=SEAL, methods=BOTH)
@require_recent_confirmation
def seal(request: Any, number: str) -> HttpResponse:
    viewer: Actor = request.actor
    header = found(request, number)
    form, status = SealForm(request.POST or None), 200
    refusal: tuple[Reason, ...] = ()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = sealing.seal_with_alarms(
                    command_from(request),
                    person_id=header.person_id,
                    reason=form.cleaned_data["says"],
                    **form.particulars,
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Refused as refused:
                refusal, status = refused.reasons(), refused.http_status
            else:
                return _sealed(request, header, done)
    context = {
        "header": header,
        "form": form,
        "refusal": refusal,
        "held": custody.current_episode(header.person_id) is not None,
        "alarms": _handed_over(viewer, header.person_id),
        "alarm_columns": [
            Column(_("Alarm")), Column(_("So since")), Column(_("Belongs to")),
            Column(_("Would belong to")),
        ],
        "will_see": viewer.can(SEE_SEALED),
        "back": reverse("administration:record", args=[header.number]),
    }  # fmt: skip
    return render(request, "administration/seal.html", context, status=status)


def _handed_over(viewer: Actor, person_id: int) -> list[dict[str, Any]]:
    """Each open alarm in words: whose it is, whose it would be, and who that is by name."""
    language = get_language() or "en"
    return [
        {
            "title": row.alarm.kind.label["es" if language.startswith("es") else "en"],
            "since": row.alarm.since,
            "owner": role_name(row.alarm.owner_role, language),
            "then": role_name(row.owner_role, language),
            "seen_by": ", ".join(row.seen_by),
        }
        for row in assurance.alarms_to_hand_over(viewer, person_id)
    ]


def _sealed(request: Any, header: PersonHeader, done: sealing.SealedWithAlarms) -> HttpResponse:
    language = get_language() or "en"
    kinds = alarm_kinds()
    for handed in done.handed:
        label = kinds[handed.kind].label["es" if language.startswith("es") else "en"]
        messages.info(
            request,
            gettext("The alarm “%(alarm)s” belongs to %(role)s from now on.")
            % {"alarm": label, "role": role_name(handed.owner_role, language)},
        )
    if request.actor.can(SEE_SEALED):
        messages.success(request, gettext("The record is sealed."))
        return HttpResponseRedirect(reverse("administration:record", args=[header.number]))
    messages.success(
        request, gettext("The record is sealed. From now on it does not exist for you either.")
    )
    return HttpResponseRedirect(reverse("administration:records"))


@page(permission=SEAL, methods=BOTH)
@require_recent_confirmation
def unseal(request: Any, number: str) -> HttpResponse:
    header = found(request, number)
    form, status = UnsealForm(request.POST or None), 200
    refusal: tuple[Reason, ...] = ()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                vault_services.unseal_person(
                    command_from(request),
                    person_id=header.person_id,
                    reason=form.cleaned_data["says"],
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Refused as refused:
                refusal, status = refused.reasons(), refused.http_status
            else:
                messages.success(request, gettext("The record is open again."))
                return HttpResponseRedirect(reverse("administration:record", args=[header.number]))
    context = {
        "header": header,
        "form": form,
        "refusal": refusal,
        "back": reverse("administration:record", args=[header.number]),
    }
    return render(request, "administration/unseal.html", context, status=status)


def found(request: Any, number: str) -> PersonHeader:
    """The person of the number, old numbers included. Raises NotFound, also for who is sealed."""
    return header_of(request.actor, people.resolve_number(request.actor, number))


def header_of(viewer: Actor, person_id: int) -> PersonHeader:
    header = people.person_headers(viewer, [person_id]).get(person_id)
    if header is None:
        raise NotFound("person")
    shows([person_id])
    return header


def order_facts(order: vault.SealingInfo, by: str) -> list[Fact]:
    return [
        Fact(_("Court or body"), order.order_body),
        Fact(_("Reference of the order"), order.order_reference),
        Fact(_("Date of the order"), order.order_dated),
        Fact(_("What the order says"), order.reason),
        Fact(_("Sealed"), order.sealed_at),
        Fact(_("By"), by),
    ]


def _record_read(request: Any, what: str, person_ids: list[int]) -> None:
    if person_ids:
        append_read(
            actor_id=request.actor.user_id, page=what, person_ids=person_ids,
            establishment_id=request.establishment_id, at=clock.now(),
        )  # fmt: skip
