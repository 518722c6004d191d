"""Agreements: written, compared, tried on a real prisoner, signed, in force, ended."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.exchange import catalogue, preview, selectors, services
from pims.exchange.rules import terms as terms_rules
from pims.exchange.selectors import VersionInfo
from pims.exchange.web import words
from pims.exchange.web.forms import ReasonForm, SignForm, TermsForm, TheirSignatureForm, initial_of
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound, Refused
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact

VIEW, MANAGE, SIGN = "exchange.view", "exchange.manage", "exchange.sign"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def version(request: Any, version_id: int) -> HttpResponse:
    """One version: what it tells of whom, what it changes, who signed, what is still missing."""
    language = _language()
    info = selectors.agreement_version(request.actor, version_id)
    changed = [
        (words.CHANGES[one.code], words.change_words(one, language), one.wider)
        for one in selectors.changes(request.actor, info)
    ]
    before = selectors.version_before(request.actor, info)
    context = _context(info, language) | {
        "before": before,
        "changes": changed,
        "wider": sum(wider for _, _, wider in changed),
        "change_columns": [Column(_("Change")), Column(_("What")), Column(_("Tells more?"))],
        "table_columns": [Column(_("Table")), Column(_("Of whom")), Column(_("Columns"))],
        "signature_columns": [Column(_("For")), Column(_("Who")), Column(_("How")),
                              Column(_("When"))],
        "document": terms_rules.canonical_text(info.document),
        "may_manage": request.actor.can(MANAGE),
        "may_sign": request.actor.can(SIGN) and request.actor.user_id not in info.signed_by,
        "may_activate": request.actor.can(SIGN) and not info.hinders,
    }  # fmt: skip
    return render(request, "exchange/version.html", context)


@page(permission=MANAGE, methods=BOTH)
def draft(request: Any, agency_id: int) -> HttpResponse:
    """New terms with an agency; `of` names a version to begin from."""
    found = selectors.agency(request.actor, agency_id)
    of = request.GET.get("of", "")
    initial = {}
    if of.isascii() and of.isdigit() and len(of) < 19:
        initial = initial_of(selectors.agreement_version(request.actor, int(of)).terms)
    return _write(request, found.line, initial, version_id=None)


@page(permission=MANAGE, methods=BOTH)
def edit(request: Any, version_id: int) -> HttpResponse:
    """Rewrite a draft that nobody has signed."""
    info = selectors.agreement_version(request.actor, version_id)
    found = selectors.agency(request.actor, info.agency_id)
    return _write(request, found.line, initial_of(info.terms), version_id=version_id)


def _write(
    request: Any, line: Any, initial: dict[str, Any], *, version_id: int | None
) -> HttpResponse:
    form = TermsForm(
        request.POST or None, initial=initial, language=_language(),
        aggregate_only=line.kind == "observatory",
    )  # fmt: skip
    reasons: Any = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_agreement(
                command_from(request), agency_id=line.agency_id,
                terms=form.document(line.code), version_id=version_id,
            )  # fmt: skip
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Refused as refused:
            reasons, status = refused.reasons(), refused.http_status
        else:
            return _to(made.version_id)
    back = (
        reverse("exchange:agency", args=[line.agency_id])
        if version_id is None
        else reverse("exchange:version", args=[version_id])
    )
    context = {
        "form": form, "line": line, "reasons": reasons, "back": back,
        "facets": [
            (code, en if _language() != "es" else es)
            for code, (en, es) in catalogue.FACETS.items()
        ],
    }  # fmt: skip
    return render(request, "exchange/terms.html", context, status=422 if form.errors else status)


@page(permission=SIGN, methods=BOTH)
@require_recent_confirmation
def sign(request: Any, version_id: int) -> HttpResponse:
    """Sign for the service; the officer's secret is asked for once more."""
    info = selectors.agreement_version(request.actor, version_id)
    form = SignForm(request.POST or None)
    return _done(
        request, info, form, title=gettext("Sign for the service"), act=lambda: (
            services.sign_agreement(
                command_from(request), version_id=version_id, **form.cleaned_data
            )
        ),
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def their_signature(request: Any, version_id: int) -> HttpResponse:
    info = selectors.agreement_version(request.actor, version_id)
    form = TheirSignatureForm(request.POST or None)
    return _done(
        request, info, form, title=gettext("The agency's signature"), act=lambda: (
            services.record_their_signature(
                command_from(request), version_id=version_id, **form.cleaned_data
            )
        ),
    )  # fmt: skip


@page(permission=SIGN, methods=("POST",))
@require_recent_confirmation
def activate(request: Any, version_id: int) -> HttpResponse:
    services.activate_agreement(command_from(request), version_id=version_id)
    messages.success(request, gettext("The agreement is in force."))
    return _to(version_id)


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def end(request: Any, version_id: int) -> HttpResponse:
    """End it at once, or give up a draft."""
    info = selectors.agreement_version(request.actor, version_id)
    form = ReasonForm(request.POST or None)
    title = gettext("Give up the draft") if info.state == "draft" else gettext("End the agreement")
    return _done(
        request, info, form, title=title, warning=True, act=lambda: (
            services.end_agreement(
                command_from(request), version_id=version_id, **form.cleaned_data
            )
        ),
    )  # fmt: skip


@page(permission=VIEW)
def show_preview(request: Any, version_id: int) -> HttpResponse:
    """What the agency would see of a real prisoner, exactly."""
    language = _language()
    info = selectors.agreement_version(request.actor, version_id)
    number = request.GET.get("number", "").strip()
    found, header, unknown = None, None, False
    if number:
        try:
            person_id = people.resolve_number(request.actor, number)
            found = preview.preview(request.actor, version_id, person_id)
        except NotFound:
            unknown = True
    if found is not None:
        header = people.person_headers(request.actor, [found.person_id]).get(found.person_id)
        shows([found.person_id])
    context = _context(info, language) | {
        "number": number,
        "unknown": unknown,
        "found": found,
        "header": header,
        "rows": [
            {
                "table": words.table_name(row.table, language),
                "facts": [
                    Fact(words.field_name(row.table, name, language), _value(value))
                    for name, value in sorted(row.told.items())
                ],
                "kept": [words.field_name(row.table, name, language) for name in row.kept],
            }
            for row in (found.rows if found else ())
        ],
        "hidden": [
            (words.table_name(table, language), count)
            for table, count in sorted((found.hidden if found else {}).items())
        ],
    }
    return render(request, "exchange/preview.html", context)


def _context(info: VersionInfo, language: str) -> dict[str, Any]:
    now = clock.now()
    terms = info.terms
    return {
        "info": info,
        "purpose": words.purpose_name(info.purpose, language),
        "state": words.VERSION_STATES[info.state],
        "tone": words.VERSION_TONES[info.state],
        "run_out": info.state == "active" and not info.in_force(now),
        "facts": [
            Fact(_("Legal basis"), "; ".join(
                ", ".join(part for part in (b.text, b.citation) if part) for b in terms.legal_basis
            )),
            Fact(_("Also reaches"), ", ".join(
                str(words.LABELS[one]) for one in sorted(terms.labels) if one in words.LABELS
            ) or "—"),
            Fact(_("May ask for a person"), ", ".join(
                words.lookup_name(one, language) for one in sorted(terms.lookups)
            ) or "—"),
            Fact(_("Days that it may keep what it is told"), terms.retention_days),
            Fact(_("Questions a minute"), terms.a_minute),
            Fact(_("Questions a day"), terms.a_day),
        ],
        "unconfirmed": any(not basis.confirmed for basis in terms.legal_basis),
        "tables": [
            (
                words.table_name(name, language),
                [" / ".join(sorted(any_of)) for any_of in table.rows],
                [words.field_name(name, one, language) for one in sorted(table.columns)],
            )
            for name, table in terms.tables.items()
        ],
        "events": [
            (words.event_name(event, language), words.SHAPES.get(shape, shape))
            for event, shape in terms.events.items()
        ],
    }  # fmt: skip


def _done(
    request: Any,
    info: VersionInfo,
    form: Any,
    *,
    title: str,
    act: Callable[[], None],
    warning: bool = False,
) -> HttpResponse:
    reasons: Any = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Refused as refused:
            reasons, status = refused.reasons(), refused.http_status
        else:
            messages.success(request, gettext("Saved."))
            return _to(info.version_id)
    context = {
        "form": form, "title": title, "reasons": reasons, "version": None,
        "lead": f"{info.agency_name}: {words.purpose_name(info.purpose, _language())}",
        "back": reverse("exchange:version", args=[info.version_id]),
        "tone": "warning" if warning else "primary",
    }  # fmt: skip
    return render(request, "exchange/form.html", context, status=422 if form.errors else status)


def _to(version_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("exchange:version", args=[version_id]))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(str(one) for one in value.values() if one)
    return str(value)


def _language() -> str:
    return (get_language() or "en")[:2]
