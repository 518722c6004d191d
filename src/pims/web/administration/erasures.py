"""Erasure by order: what would go and stay, two officers, and what became of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.selectors import system_actor, user_names, users_with_permission
from pims.foundation.ledger.append import append_read
from pims.foundation.vault import selectors as vault
from pims.foundation.vault import services as vault_services
from pims.foundation.vault.rules import ERASE
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Fact
from pims.web.administration import record_words as words
from pims.web.administration.order_forms import ErasureForm
from pims.web.administration.records import BOTH, found, state_of
from pims.web.faults import who_decides


@page(permission=ERASE, methods=BOTH)
@require_recent_confirmation
def order(request: Any, number: str) -> HttpResponse:
    """The first officer: exactly what would go, what stays, and the order's particulars."""
    header = found(request, number)
    preview = vault.preview_erasure(request.actor, header.person_id)
    form = ErasureForm(request.POST or None, person=header)
    reasons, status = preview.against, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                step = vault_services.order_erasure(
                    command_from(request), person_id=header.person_id, **form.particulars
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            except Refused as refused:
                reasons, status = refused.reasons(), refused.http_status
            else:
                messages.success(
                    request, gettext("Ordered. Nothing is erased until another officer confirms.")
                )
                return _to(step.erasure_id)
    _record_read(request, "administration.erasure", preview.person_ids)
    context = {
        "header": header,
        "form": form,
        "reasons": reasons,
        "possible": not preview.against,
        "who": _who(reasons, header.person_id),
        "held": any(reason.code == "vault.in_custody" for reason in reasons),
        "others": _others(header.person_id, request.actor.user_id),
        "standing": _standing(request.actor, preview.person_ids),
        "back": reverse("administration:record", args=[header.number]),
    } | _what_goes(preview)
    return render(request, "administration/erasure_order.html", context, status=status)


@page(permission=ERASE)
def erasure(request: Any, erasure_id: int) -> HttpResponse:
    """One order with its state: for the second officer, and afterwards the tombstone."""
    return _show(request, erasure_id)


@page(permission=ERASE)
def state(request: Any, erasure_id: int) -> HttpResponse:
    """The outcome alone, asked for until it is there."""
    info = vault.erasure(request.actor, erasure_id)
    return render(request, "administration/erasure_outcome.html", _outcome(info))


@page(permission=ERASE, methods=("POST",))
@require_recent_confirmation
def confirm(request: Any, erasure_id: int) -> HttpResponse:
    """The second officer. From here the worker goes on by itself."""
    try:
        vault_services.confirm_erasure(command_from(request), erasure_id=erasure_id, carry_out=True)
    except Refused as refused:
        return _show(request, erasure_id, refused)
    messages.success(request, gettext("Confirmed. The erasure is being carried out."))
    return _to(erasure_id)


@page(permission=ERASE, methods=("POST",))
def withdraw(request: Any, erasure_id: int) -> HttpResponse:
    try:
        vault_services.withdraw_erasure(command_from(request), erasure_id=erasure_id)
    except Refused as refused:
        return _show(request, erasure_id, refused)
    messages.success(request, gettext("Withdrawn. Nothing was erased."))
    return _to(erasure_id)


@page(permission=ERASE, methods=("POST",))
@require_recent_confirmation
def again(request: Any, erasure_id: int) -> HttpResponse:
    """Where carrying it out had stopped."""
    try:
        vault_services.carry_out_again(command_from(request), erasure_id=erasure_id)
    except Refused as refused:
        return _show(request, erasure_id, refused)
    return _to(erasure_id)


def _show(request: Any, erasure_id: int, refused: Refused | None = None) -> HttpResponse:
    viewer: Actor = request.actor
    info = vault.erasure(viewer, erasure_id)
    reasons = refused.reasons() if refused else ()
    header = people.person_headers(system_actor(), [info.person_id], brief=True)[info.person_id]
    names = user_names({info.ordered_by_id, info.confirmed_by_id or 0, info.withdrawn_by_id or 0})
    context: dict[str, Any] = {
        "info": info,
        "header": header,
        "state": state_of(info),
        "facts": _facts(info, names),
        "reasons": reasons,
        "who": _who(reasons, info.person_id),
        "is_first": viewer.user_id == info.ordered_by_id,
    } | _outcome(info)
    if info.state == "ordered":
        preview = vault.preview_erasure(viewer, info.person_id)
        # The order itself is what stands.
        against = [r for r in preview.against if r.code != "vault.erasure_stands"]
        if against and not reasons:
            context |= {"reasons": against, "who": _who(against, info.person_id)}
        context |= _what_goes(preview) | {
            "possible": not against,
            "others": _others(info.person_id, info.ordered_by_id),
        }
        _record_read(request, "administration.erasure", preview.person_ids)
    status = refused.http_status if refused else 200
    return render(request, "administration/erasure.html", context, status=status)


def _what_goes(preview: vault.ErasurePreview) -> dict[str, Any]:
    papers = words.papers_in_words([f"{paper} {key}" for paper, key in preview.shared])
    return {
        "goes": words.by_room(preview.goes),
        "rows": preview.rows,
        "earlier": preview.earlier,
        "files": preview.files,
        "bytes": filesizeformat(preview.bytes),
        "records": len(preview.person_ids),
        "entries": preview.stays_entries,
        "shared": [(label, key, reverse("authority:warrant", args=[key])) for label, key in papers],
    }


def _outcome(info: vault.ErasureInfo) -> dict[str, Any]:
    return {
        "info": info,
        "went": words.by_room(info.counts),
        "went_rows": sum(info.counts.get(table, 0) for table in words.TABLES),
        "went_earlier": words.earlier_rows(info.counts),
        "problem": Reason(info.problem) if info.problem else None,
        "by_hand": [
            (label, key, reverse("authority:warrant", args=[key]))
            for label, key in words.papers_in_words(info.by_hand)
        ],
    }


def _facts(info: vault.ErasureInfo, names: dict[int, str]) -> list[Fact]:
    facts = [
        Fact(_("Court or body"), info.order_body),
        Fact(_("Reference of the order"), info.order_reference),
        Fact(_("Date of the order"), info.order_dated),
        Fact(_("Ordered"), info.ordered_at),
        Fact(_("First officer"), names.get(info.ordered_by_id, "—")),
    ]
    if info.confirmed_at:
        facts += [
            Fact(_("Confirmed"), info.confirmed_at),
            Fact(_("Second officer"), names.get(info.confirmed_by_id or 0, "—")),
        ]
    if info.withdrawn_at:
        facts += [
            Fact(_("Withdrawn"), info.withdrawn_at),
            Fact(_("By"), names.get(info.withdrawn_by_id or 0, "—")),
        ]
    return facts


def _who(reasons: Any, person_id: int) -> str:
    where = _where(person_id)
    return ", ".join(who_decides(list(reasons), where, get_language() or "en"))


def _others(person_id: int, first_officer_id: int) -> str:
    """Who may be the second officer, by name; "" where there is nobody."""
    able = users_with_permission(ERASE, _where(person_id))
    return ", ".join(name for user_id, name in able.items() if user_id != first_officer_id)


def _where(person_id: int) -> int | None:
    row = PersonScope.objects.filter(person_id=person_id).first()
    return row.establishment_id if row else None


def _standing(viewer: Actor, person_ids: Any) -> int | None:
    """The order that stands already, to lead there."""
    return next(
        (
            row.erasure_id
            for row in vault.erasures(viewer)
            if row.person_id in person_ids and row.state != "withdrawn"
        ),
        None,
    )


def _to(erasure_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("administration:erasure", args=[erasure_id]))


def _record_read(request: Any, what: str, person_ids: Any) -> None:
    append_read(
        actor_id=request.actor.user_id, page=what, person_ids=list(person_ids),
        establishment_id=request.establishment_id, at=clock.now(),
    )  # fmt: skip
