"""Guided admission: its steps as a task list, left and resumed by any officer."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.words import kind_label
from pims.biometrics import selectors as fingerprints
from pims.biometrics.web.words import ENROLMENT_TONES, ENROLMENTS
from pims.custody import selectors, services
from pims.custody.selectors import AdmissionRow
from pims.custody.selectors.births import age_given
from pims.custody.web.admission_steps import STEPS, ArrestForm, PersonForm
from pims.custody.web.doubts import birth_doubts
from pims.custody.web.identity import identity_of
from pims.custody.web.van_lines import near_to
from pims.custody.web.where import where_text
from pims.custody.web.words import STEP_STATES
from pims.facilities import selectors as facilities
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import selectors as people
from pims.property import selectors as property_room
from pims.ui.commands import command_from
from pims.ui.doubts import Doubt, question
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.newer import show_newer
from pims.ui.pages import page
from pims.ui.shapes import Task, Tone

ADMIT = "custody.admit"
BOTH = ("GET", "HEAD", "POST")
TONES: dict[str, Tone] = {"todo": "quiet", "done": "ok", "not_needed": "info"}


class LeaveOutForm(forms.Form):
    reason = forms.CharField(label=_("Why is there nothing to record?"), max_length=300)


@page(permission=ADMIT)
def admission(request: Any, episode_id: int) -> HttpResponse:
    """What is done of an admission and what is left, with the way into each step."""
    row = selectors.admission(request.actor, episode_id)
    context = {
        "row": row,
        "identity": identity_of(request.actor, row.person_id),
        "tasks": [
            Task(
                step.label,
                STEP_STATES[row.states[code]],
                _step_url(request, episode_id, code),
                TONES[row.states[code]],
            )
            for code, step in STEPS.items()
        ]
        + _fingerprints(request, row),
        "matches": people.possible_matches(request.actor, row.person_id),
        "next": row.next_step,
        "next_url": _step_url(request, episode_id, row.next_step) if row.next_step else "",
        "may_print": request.actor.can("documents.print"),
        "receipts": property_room.receipt_ids(request.actor, row.person_id, since=row.received_at)
        if request.actor.can("property.view")
        else [],
    }
    return render(request, "custody/admission.html", context)


def _step_url(request: Any, episode_id: int, code: str) -> str:
    """Where a step is done; "" where another officer does it."""
    if code == "place" and not request.actor.can("custody.place"):
        return ""
    return reverse("custody:admission_step", args=[episode_id, code])


def _fingerprints(request: Any, row: AdmissionRow) -> list[Task]:
    """Taken beside the steps: a scanner that is dead, or a search that runs, keeps no admission
    from being complete."""
    found = fingerprints.summaries(request.actor, [row.person_id]).get(row.person_id)
    if found is None or not request.actor.can("biometrics.enrol"):
        return []
    label, tone = ENROLMENTS[found.state], ENROLMENT_TONES[found.state]
    if found.undecided:
        label, tone = _("Somebody to compare with"), "warn"
    return [
        Task(
            _("Fingerprints and face"), label,
            reverse("biometrics:enrol", args=[row.person_id]), tone,
        )
    ]  # fmt: skip


@page(permission=ADMIT, methods=BOTH)
def admission_step(request: Any, episode_id: int, step: str) -> HttpResponse:
    """One step: its form, or, for warrant and place, the way to where it is done."""
    if step not in STEPS:
        raise NotFound("step", step)
    row = selectors.admission(request.actor, episode_id)
    if step == "place":
        return HttpResponseRedirect(reverse("custody:place", args=[episode_id]))
    if step == "warrant":
        return _warrant(request, row)
    return _form_step(request, row, step)


@page(permission="custody.view")
def injury_photograph(request: Any, injury_id: int) -> HttpResponse:
    """The picture of an injury, as it was taken; shown, never kept by a shared PC."""
    found = selectors.injury_photograph(request.actor, injury_id)
    response = HttpResponse(found.text, content_type=found.ref.media_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response


@page(permission=ADMIT, methods=("POST",))
def leave_out(request: Any, episode_id: int, step: str) -> HttpResponse:
    """There is nothing to record for this step, and here is why."""
    form = LeaveOutForm(request.POST)
    form.is_valid()
    services.complete_step(
        command_from(request),
        episode_id=episode_id,
        step=step,
        not_needed=True,
        reason=form.cleaned_data.get("reason", ""),
    )
    return _onward(episode_id)


@page(permission=ADMIT, methods=("POST",))
def mark_done(request: Any, episode_id: int, step: str) -> HttpResponse:
    """What the step asks for was recorded elsewhere: its page is enough."""
    services.complete_step(command_from(request), episode_id=episode_id, step=step)
    return _onward(episode_id)


def _form_step(request: Any, row: AdmissionRow, code: str) -> HttpResponse:
    step = STEPS[code]
    assert step.form is not None
    assert step.carry_out is not None
    posted = request.method == "POST"
    form = step.form(
        request.POST if posted else None,
        request.FILES if posted and step.multipart else None,
        initial=_initial(request, row, step.form),
    )
    asked, stale = None, False
    if posted and uploads_arrived(form, request):
        asked = question(request, _doubts(row, form))
    if posted and asked is None and form.is_valid():
        try:
            step.carry_out(command_from(request), row, form)
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Stale:
            stale = True
            _compare(request, form, step.form(initial=_initial(request, row, step.form)))
        else:
            messages.success(request, gettext("%(step)s: recorded.") % {"step": step.label})
            return _onward(row.episode_id)
    context = {
        "row": row,
        "form": form,
        "code": code,
        "title": step.label,
        "multipart": step.multipart,
        "identity": identity_of(request.actor, row.person_id),
        "leave_out": LeaveOutForm()
        if code in ("arrest", "property", "contacts", "photograph")
        else None,
        "state": row.states[code],
        "question": asked,
    }
    if code == "person":
        context |= _who(request, row)
    template = {"property": "property", "person": "person"}.get(code, "form")
    return render(
        request,
        f"custody/admission_{template}.html",
        context,
        status=409 if stale else 422 if form.errors or asked else 200,
    )


def _compare(request: Any, form: forms.Form, fresh: forms.Form) -> None:
    """Somebody else was faster: what is on record now stands under what was typed."""
    form.add_error(
        None,
        gettext(
            "Somebody else changed this person after you opened the form. Compare, then save again."
        ),
    )
    typed = request.POST.copy()
    typed["version"] = fresh.initial["version"]
    form.data = typed
    show_newer(form, fresh)


def _doubts(row: AdmissionRow, form: forms.Form) -> list[Doubt]:
    """What does not fit between the birth that was typed and the reception."""
    if not isinstance(form, PersonForm):
        return []
    given = form.cleaned_data
    born = people.birth_range(given["birth_date"], given["birth_precision"])
    return birth_doubts(
        born,
        received_at=row.received_at,
        age_as_given=age_given(row.episode_id),
        target="id_birth_date_day",
    )


def _who(request: Any, row: AdmissionRow) -> dict[str, Any]:
    """Under what names the person is known, and who on record may be the same."""
    head = people.person_headers(request.actor, [row.person_id])[row.person_id]
    noted = people.possible_matches(request.actor, row.person_id)
    known = {match.other.person_id for match in noted}
    near = [
        match for match in near_to(request.actor, head) if match.other.person_id not in known
    ] if request.actor.can("people.edit") else []  # fmt: skip
    others = [match.other.person_id for match in (*noted, *near)]
    where = selectors.whereabouts(request.actor, others)
    return {
        "head": head,
        "noted": noted,
        "near": near,
        "where": {person_id: where_text(where.get(person_id)) for person_id in others},
        "may_edit": request.actor.can("people.edit"),
    }


def _warrant(request: Any, row: AdmissionRow) -> HttpResponse:
    zone = facilities.time_zone(request.establishment_id)
    context = {
        "row": row,
        "since": urlencode({"": row.received_at.isoformat()})[1:],
        "identity": identity_of(request.actor, row.person_id),
        "warrants": [
            (w, kind_label(w.kind))
            for w in authority.warrants_of([row.person_id], zone=zone).get(row.person_id, [])
            if request.actor.can("authority.view")
        ],
        "leave_out": LeaveOutForm(),
        "may_record": request.actor.can("authority.record"),
    }
    return render(request, "custody/admission_warrant.html", context)


def _initial(request: Any, row: AdmissionRow, form: type[forms.Form]) -> dict[str, Any]:
    if form is ArrestForm:
        return selectors.arrest_of(request.actor, row.episode_id) | {"version": row.version}
    if form is not PersonForm:
        return {}
    header = people.person_headers(request.actor, [row.person_id])[row.person_id]
    return {
        "version": header.version,
        "sex": header.sex,
        "gender": header.gender,
        "birth_date": header.birth_date,
        "birth_precision": header.birth_precision,
        "age_disputed": header.age_disputed,
    }


def _onward(episode_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("custody:admission", args=[episode_id]))
