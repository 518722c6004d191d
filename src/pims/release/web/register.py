"""The register of wrongful releases and over-detention: its lines, totals, and what is written."""

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.release import services
from pims.release.selectors import error_person
from pims.release.selectors import register as reads
from pims.release.selectors.preparations import preparation
from pims.release.web import preparing_words as words
from pims.release.web.parts import parts
from pims.release.web.preparing_forms import LessonsForm, LineForm, OverDetentionForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, RECORD = "release.view", "release.discharge"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Every line with its days, and the days of each kind together."""
    viewer, where = request.actor, request.establishment_id
    lines, totals = reads.register(viewer, where)
    late = reads.left_late(viewer, where)
    persons = {one.person_id for one in lines} | {one.person_id for one in late}
    headers = people.person_headers(viewer, persons, brief=True)
    shows(list(headers))
    context = {
        "parts": parts(request, "release:register"),
        "lines": [
            (
                one,
                headers[one.person_id],
                words.KINDS[one.kind],
                words.CAUSES.get(one.cause, _("Not said yet")),
            )
            for one in lines
            if one.person_id in headers
        ],
        "totals": [(words.KINDS[one.kind], one) for one in totals],
        "late": [(one, headers[one.person_id]) for one in late if one.person_id in headers],
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("What")), Column(_("From")),
            Column(_("To")), Column(_("Days"), numeric=True), Column(_("Cause")),
            Column(_("What happened, and lessons")), Column(_("Action"), hidden_label=True),
        ],
        "total_columns": [
            Column(_("What")), Column(_("Cases"), numeric=True), Column(_("Days"), numeric=True),
        ],
        "may_record": viewer.can(RECORD),
    }  # fmt: skip
    return render(request, "release/register.html", context)


@page(permission=RECORD, methods=BOTH)
def held_too_long(request: Any, preparation_id: int) -> HttpResponse:
    """A line about somebody who is inside beyond the day that was prepared."""
    found = preparation(request.actor, preparation_id)
    return _over_detention(
        request, found.person_id, found.establishment_id, initial={"began_on": found.due_on}
    )


@page(permission=RECORD, methods=BOTH)
def over_detained(request: Any, person_id: int) -> HttpResponse:
    """A line about anybody: held on a remand that had run out, a fine long paid, after an order."""
    return _over_detention(
        request,
        person_id,
        request.establishment_id,
        initial={"began_on": _asked_day(request)},
    )


@page(permission=RECORD, methods=BOTH)
def left_late(request: Any, discharge_id: int) -> HttpResponse:
    """A line about a discharge that came after the day that was prepared."""
    where = request.establishment_id
    one = next(
        (o for o in reads.left_late(request.actor, where) if o.discharge_id == discharge_id), None
    )
    if one is None:
        raise NotFound("discharge", discharge_id)
    return _over_detention(
        request, one.person_id, where, initial={"began_on": one.due_on}, discharge_id=discharge_id
    )


@page(permission=RECORD, methods=BOTH)
def lessons(request: Any, error_id: int) -> HttpResponse:
    """Why somebody was released in error, and what was learnt."""
    person_id = error_person(request.actor, error_id)
    lines, _totals = reads.register(request.actor, request.establishment_id)
    own = next((one for one in lines if one.error_id == error_id), None)
    initial = None if own is None else {"cause": own.cause, "lessons": own.lessons}
    form = LessonsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.explain_release_in_error(
                command_from(request), error_id=error_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:register"))
    return _form(request, person_id, form, _("Cause and lessons"))


@page(permission=RECORD, methods=BOTH)
def amend(request: Any, detention_error_id: int) -> HttpResponse:
    """Put a line right, or say when it was over."""
    own = reads.line(request.actor, detention_error_id)
    if own.error_id is not None:
        return HttpResponseRedirect(reverse("release:lessons", args=[own.error_id]))
    form = LineForm(
        request.POST if request.method == "POST" else None,
        initial={
            "cause": own.cause, "account": own.account, "lessons": own.lessons,
            "ended_on": own.ended_on, "version": own.version,
        },
    )  # fmt: skip
    if form.is_valid():
        given = dict(form.cleaned_data)
        version = given.pop("version")
        try:
            services.amend_detention_error(
                command_from(request),
                detention_error_id=detention_error_id,
                # What the officer saw: somebody else's line is not written over unseen.
                version=own.version if version is None else version,
                **given,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:register"))
    return _form(request, own.person_id, form, _("Put a line of the register right"))


def _over_detention(
    request: Any,
    person_id: int,
    establishment_id: int,
    *,
    initial: dict[str, Any],
    discharge_id: int | None = None,
) -> HttpResponse:
    form = OverDetentionForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        left=discharge_id is not None,
    )
    if form.is_valid():
        try:
            services.record_over_detention(
                command_from(request),
                person_id=person_id,
                establishment_id=establishment_id,
                discharge_id=discharge_id,
                **form.cleaned_data,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:register"))
    return _form(request, person_id, form, _("Held beyond the day of release"))


def _form(request: Any, person_id: int, form: Any, title: Any) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "identity": identity_of(request.actor, person_id),
        "back": reverse("release:register"),
        "back_label": _("Back to the register"),
    }
    return render(request, "release/form.html", context, status=422 if form.errors else 200)


def _asked_day(request: Any) -> date | None:
    """The day that a link named, such as the first that the proof of custody found wrong."""
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return None
