"""Agencies: the list, one agency, its keys and certificates."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.exchange import selectors, services
from pims.exchange.web import words
from pims.exchange.web.forms import (
    AgencyForm,
    BodyForm,
    CertificateForm,
    KeyForm,
    NewAgencyForm,
    ReasonForm,
    SandboxForm,
    StateForm,
    contacts_text,
)
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact

VIEW, MANAGE = "exchange.view", "exchange.manage"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    language = _language()
    rows = [
        {
            "line": line,
            "name": line.name_in(language),
            "kind": words.KINDS[line.kind],
            "state": words.STATES[line.state],
            "tone": words.STATE_TONES[line.state],
        }
        for line in selectors.agencies(request.actor)
    ]
    context = {
        "rows": rows,
        "columns": [
            Column(_("Agency")), Column(_("What it is")), Column(_("State")),
            Column(_("Agreements in force"), numeric=True),
            Column(_("Questions in a day"), numeric=True),
        ],
        "may_manage": request.actor.can(MANAGE),
    }  # fmt: skip
    return render(request, "exchange/agencies.html", context)


@page(permission=VIEW)
def agency(request: Any, agency_id: int) -> HttpResponse:
    """One agency: who it is, by what it is known, what is agreed, what it asked lately."""
    language, now = _language(), clock.now()
    found = selectors.agency(request.actor, agency_id)
    context = {
        "agency": found,
        "name": found.line.name_in(language),
        "kind": words.KINDS[found.line.kind],
        "state": words.STATES[found.line.state],
        "tone": words.STATE_TONES[found.line.state],
        "facts": [
            Fact(_("Code"), found.line.code),
            Fact(_("Number to ring"), found.phone or "—"),
            Fact(_("Signs its questions"), _("Yes") if found.signs_reads else _("No")),
            *((Fact(_("Tries out what these send"), _tried(found)),) if found.line.sandbox else ()),
            *(
                Fact(one.get("role") or _("Contact"), ", ".join(
                    one[part] for part in ("name", "phone", "email") if one.get(part)
                ))
                for one in found.contacts
            ),
        ],
        "keys": [(key, words.USES[key.use], key.holds(now)) for key in found.keys],
        "certificates": [(one, one.holds(now)) for one in found.certificates],
        "versions": [
            {
                "info": info,
                "purpose": words.purpose_name(info.purpose, language),
                "state": words.VERSION_STATES[info.state],
                "tone": words.VERSION_TONES[info.state],
                "run_out": info.state == "active" and not info.in_force(now),
            }
            for info in selectors.agreements_of(request.actor, agency_id)
        ],
        "asked": [
            (one, words.purpose_name(one.purpose, language), words.OUTCOMES.get(one.outcome, ""))
            for one in selectors.inquiries(request.actor, agency_id, limit=20)
        ],
        "key_columns": [
            Column(_("Key")), Column(_("For")), Column(_("From")), Column(_("State")),
        ],
        "certificate_columns": [
            Column(_("Certificate")), Column(_("From")), Column(_("Until")), Column(_("State")),
        ],
        "version_columns": [
            Column(_("Purpose")), Column(_("Version"), numeric=True), Column(_("State")),
            Column(_("Until")),
        ],
        "asked_columns": [
            Column(_("When")), Column(_("Who")), Column(_("Purpose")), Column(_("Answer")),
            Column(_("Records"), numeric=True),
        ],
        "may_manage": request.actor.can(MANAGE) and found.line.state != "ended",
    }  # fmt: skip
    return render(request, "exchange/agency.html", context)


def _tried(found: selectors.AgencyInfo) -> str:
    kinds = sorted({found.line.kind, *found.tries_as})
    return ", ".join(str(words.KINDS[kind]) for kind in kinds)


@page(permission=MANAGE, methods=BOTH)
def register(request: Any) -> HttpResponse:
    form = NewAgencyForm(request.POST or None, initial={"signs_reads": True})

    def kept() -> int:
        return services.register_agency(command_from(request), **form.cleaned_data).agency_id

    return _formed(request, form, kept, title=gettext("Register an agency"))


@page(permission=MANAGE, methods=BOTH)
def amend(request: Any, agency_id: int) -> HttpResponse:
    found = selectors.agency(request.actor, agency_id)
    initial = {
        "name": found.line.name, "name_es": found.line.name_es, "phone": found.phone,
        "contacts": contacts_text(found.contacts), "signs_reads": found.signs_reads,
        "tries_as": found.tries_as,
    }  # fmt: skip
    shape = SandboxForm if found.line.sandbox else AgencyForm
    form = shape(request.POST or None, initial=initial)

    def kept() -> int:
        services.amend_agency(
            command_from(request), agency_id=agency_id,
            version=_shown_version(request, found.version), **form.cleaned_data,
        )  # fmt: skip
        return agency_id

    return _formed(
        request, form, kept, title=gettext("Amend the agency"), agency_id=agency_id,
        version=found.version,
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def state(request: Any, agency_id: int) -> HttpResponse:
    """Suspend, let back, end: what is told stops with the same moment."""
    found = selectors.agency(request.actor, agency_id)
    form = StateForm(request.POST or None, initial={"state": found.line.state})

    def kept() -> int:
        services.set_agency_state(
            command_from(request), agency_id=agency_id,
            version=_shown_version(request, found.version), **form.cleaned_data,
        )  # fmt: skip
        return agency_id

    return _formed(
        request, form, kept, title=gettext("Suspend, let back or end"), agency_id=agency_id,
        version=found.version,
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def new_key(request: Any, agency_id: int) -> HttpResponse:
    selectors.agency(request.actor, agency_id)
    form = KeyForm(request.POST or None, initial={"use": "assertion"})

    def kept() -> int:
        services.add_key(command_from(request), agency_id=agency_id, **form.cleaned_data)
        return agency_id

    return _formed(request, form, kept, title=gettext("Add a key"), agency_id=agency_id)


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def new_certificate(request: Any, agency_id: int) -> HttpResponse:
    selectors.agency(request.actor, agency_id)
    form = CertificateForm(request.POST or None)

    def kept() -> int:
        services.add_certificate(command_from(request), agency_id=agency_id, **form.cleaned_data)
        return agency_id

    return _formed(request, form, kept, title=gettext("Add a certificate"), agency_id=agency_id)


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def revoke_key(request: Any, agency_id: int, key_id: int) -> HttpResponse:
    found = selectors.agency(request.actor, agency_id)
    if all(one.key_id != key_id for one in found.keys):
        raise NotFound("key", key_id)
    form = ReasonForm(request.POST or None)

    def kept() -> int:
        services.revoke_key(command_from(request), key_id=key_id, **form.cleaned_data)
        return agency_id

    return _formed(
        request, form, kept, title=gettext("Revoke a key"), agency_id=agency_id, warning=True
    )


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def revoke_certificate(request: Any, agency_id: int, certificate_id: int) -> HttpResponse:
    found = selectors.agency(request.actor, agency_id)
    if all(one.certificate_id != certificate_id for one in found.certificates):
        raise NotFound("certificate", certificate_id)
    form = ReasonForm(request.POST or None)

    def kept() -> int:
        services.revoke_certificate(
            command_from(request), certificate_id=certificate_id, **form.cleaned_data
        )
        return agency_id

    return _formed(
        request, form, kept, title=gettext("Revoke a certificate"), agency_id=agency_id,
        warning=True,
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
def speak_for(request: Any, agency_id: int) -> HttpResponse:
    """Name a court or authority for which the agency speaks, or take it back."""
    found = selectors.agency(request.actor, agency_id)
    spoken = {one.body_id for one in found.bodies}
    bodies = [(body.body_id, body.name) for body in authority.bodies()]
    form = BodyForm(request.POST or None, bodies=bodies)

    def kept() -> int:
        body_id = int(form.cleaned_data["body"])
        services.speak_for(
            command_from(request), agency_id=agency_id, body_id=body_id,
            speaks=body_id not in spoken,
        )  # fmt: skip
        return agency_id

    lead = gettext("One for which it speaks already is taken back.")
    return _formed(
        request, form, kept, title=gettext("For whom the agency speaks"), agency_id=agency_id,
        lead=lead,
    )  # fmt: skip


def _shown_version(request: Any, now: int) -> int:
    """The version on the form; what is no number is that of no form of ours, and so stale."""
    given = str(request.POST.get("version", now))
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _formed(
    request: Any,
    form: forms.Form,
    keep: Callable[[], int],
    *,
    title: str,
    agency_id: int | None = None,
    version: int | None = None,
    lead: str = "",
    warning: bool = False,
) -> HttpResponse:
    """One form, one service: saved and back to the agency, or the form with what is wrong."""
    reasons: Any = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            saved_id = keep()
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Refused as refused:
            reasons, status = refused.reasons(), refused.http_status
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(reverse("exchange:agency", args=[saved_id]))
    back = (
        reverse("exchange:index")
        if agency_id is None
        else reverse("exchange:agency", args=[agency_id])
    )
    context = {
        "form": form, "title": title, "lead": lead, "back": back, "version": version,
        "reasons": reasons, "tone": "warning" if warning else "primary",
    }  # fmt: skip
    return render(request, "exchange/form.html", context, status=422 if form.errors else status)


def _language() -> str:
    return get_language() or "en"
