"""The gate, the discharge made on paper, the second signature, the book, and errors."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.selectors import WarrantBrief
from pims.authority.web.words import kind_label
from pims.custody.selectors.standing import owner_of, standing
from pims.custody.web.doubts import hour_doubts
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.release import selectors, services
from pims.release.documents.ground import ground_text, order_of, order_text
from pims.release.documents.lines import book_lines
from pims.release.selectors import DischargeInfo, released_in_error
from pims.release.selectors.signatures import officers_of, vouchings
from pims.release.services.errors import ErrorResult
from pims.release.web import words
from pims.release.web.cases import case_again, require_held
from pims.release.web.forms import DischargeForm, ErrorForm, PaperForm, ReturnedForm
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.dates import day_asked, instant_text
from pims.ui.doubts import Doubt, question
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.ui.surprising import day_of

VIEW, DISCHARGE = "release.view", "release.discharge"
BOTH = ("GET", "HEAD", "POST")


@page(permission=DISCHARGE, methods=("POST",))
@require_recent_confirmation
def discharge(request: Any, case_id: int) -> HttpResponse:
    """Let the person walk, or say which of the three things stops it."""
    form = DischargeForm(request.POST)
    if not form.is_valid():
        return case_again(request, case_id, form)
    explained = {
        name.removeprefix("why_"): value
        for name, value in request.POST.items()
        if name.startswith("why_")
    }
    try:
        done = services.discharge_person(
            command_from(request), case_id=case_id, explanations=explained, **form.cleaned_data
        )
    except InvalidInput as problem:
        add_reasons(form, problem)
        return case_again(request, case_id, form)
    return HttpResponseRedirect(reverse("release:discharged", args=[done.discharge_id]))


@page(permission=VIEW)
def discharge_page(request: Any, discharge_id: int) -> HttpResponse:
    """One discharge: when, by whom, and what was not as it should be."""
    found = selectors.discharge(request.actor, discharge_id)
    officers = officers_of([found])[discharge_id]
    wrong = released_in_error.error_of_discharge(request.actor, discharge_id)
    order = order_of(found)
    context = {
        "discharge": found,
        "identity": identity_of(request.actor, found.person_id),
        "facts": [
            Fact(_("Ground"), ground_text(found, order)),
            *([Fact(_("Order"), order_text(order))] if order is not None else []),
            *(
                [Fact(_("Order seen, as the paper says"), found.order_seen or "—")]
                if found.entered_from_paper
                else []
            ),
            Fact(_("Minutes from order to freedom"), found.minutes_from_order),
            Fact(_("First officer"), officers.first or "—"),
            Fact(_("Second officer"), officers.second or "—"),
            Fact(_("Second officer was"), words.SECOND_HOW[found.second_how]),
            *([Fact(_("Typed in by"), officers.typed_by)] if officers.typed_by else []),
            Fact(_("Where to"), found.destination or "—"),
            *_put_right(found),
            *([] if wrong is None else _found_wrong(wrong)),
        ],
        "error": wrong,
        "may_receive": request.actor.can("custody.receive"),
        "unsigned_vouchings": []
        if found.case_id is None
        else [v for v in vouchings(case_id=found.case_id) if v.is_open],
        "marks": [words.mark_label(mark) for mark in found.marks],
        "unsigned": found.stands and not found.signed,
        "may_print": found.stands and request.actor.can("documents.print"),
        "may_correct": found.stands and request.actor.can("custody.correct"),
        "may_sign": found.stands
        and not found.signed
        and request.actor.can("release.second_check")
        and request.actor.user_id != found.may_not_sign,
        "may_discharge": found.stands and request.actor.can(DISCHARGE),
    }
    return render(request, "release/discharged.html", context)


def _found_wrong(error: released_in_error.ErrorInfo) -> list[Fact]:
    """What is known of a release in error, and whether the person is back."""
    return [
        Fact(_("Error discovered at"), error.discovered_at),
        Fact(_("What went wrong"), error.how),
        Fact(_("Police told at"), error.police_told_at or "—"),
        Fact(_("Received again at"), error.returned_at or _("Not yet back")),
    ]


def _put_right(found: DischargeInfo) -> list[Fact]:
    """What was corrected of a discharge, and that it was taken back: when, by whom and why."""
    names = user_names(
        {c.corrected_by_id for c in found.corrections}
        | ({found.taken_back_by_id} if found.taken_back_by_id is not None else set())
    )
    facts = []
    for correction in found.corrections:
        if correction.moved_from is not None:
            facts.append(Fact(_("Hour that stood before"), correction.moved_from))
        by = names.get(correction.corrected_by_id, "—")
        facts += [
            Fact(_("Corrected at"), correction.corrected_at),
            Fact(_("Corrected by"), f"{by}: {correction.reason}"),
        ]
    if found.taken_back_at is not None:
        by = names.get(found.taken_back_by_id or 0, "—")
        facts += [
            Fact(_("Taken back at"), found.taken_back_at),
            Fact(_("Taken back by"), f"{by}: {found.taken_back_reason}"),
        ]
    return facts


@page(permission="release.second_check", methods=("POST",))
def sign(request: Any, discharge_id: int) -> HttpResponse:
    services.countersign(command_from(request), discharge_id=discharge_id)
    messages.success(request, gettext("Countersigned."))
    return HttpResponseRedirect(reverse("release:discharged", args=[discharge_id]))


@page(permission=DISCHARGE, methods=BOTH)
@require_recent_confirmation
def paper(request: Any, episode_id: int) -> HttpResponse:
    """Enter a discharge that was made without the system: a fact, whatever was amiss."""
    person_id, _where = owner_of(episode_id)
    identity = identity_of(request.actor, person_id)
    if request.method != "POST":
        require_held(person_id, episode_id)
    form = PaperForm(request.POST if request.method == "POST" else None)
    asked = None
    if form.is_valid():
        who = f"{identity.number} {identity.name}"
        doubts = hour_doubts(form, episode_id, who=who)
        doubts += _at_large(form, person_id, who=who)
        asked = question(request, doubts)
    if asked is None and form.is_valid():
        try:
            done = services.record_paper_discharge(
                command_from(request), episode_id=episode_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:discharged", args=[done.discharge_id]))
    context = {
        "form": form,
        "identity": identity,
        "question": asked,
        "title": _("Enter a discharge made on paper"),
        "lead": _("It happened, so it is recorded. What the check would have said is marked."),
    }
    status = 422 if form.errors or asked else 200
    return render(request, "release/step.html", context, status=status)


def _at_large(form: PaperForm, person_id: int, *, who: str) -> list[Doubt]:
    """That nobody can be let go who is not here, as far as the record knows."""
    at = form.cleaned_data["happened_at"]
    return [
        Doubt(
            Reason(
                "release.doubt_at_large", {"who": who, "since": instant_text(row.at_large_since)}
            ),
            day_of(form, "happened_at"),
        )
        for row in standing(person_ids=[person_id])
        if row.at_large_since is not None and row.at_large_since <= at
    ]


@page(permission=DISCHARGE, methods=BOTH)
@require_recent_confirmation
def error(request: Any, discharge_id: int) -> HttpResponse:
    """This person should not have left."""
    found = selectors.discharge(request.actor, discharge_id)
    form = ErrorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.record_release_in_error(
                command_from(request), discharge_id=discharge_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(
                request,
                gettext("Recorded: released in error. Once the person is back, record it here."),
            )
            return HttpResponseRedirect(reverse("release:discharged", args=[discharge_id]))
    context = {
        "form": form,
        "identity": identity_of(request.actor, found.person_id),
        "title": _("Released in error"),
    }
    return render(request, "release/step.html", context, status=422 if form.errors else 200)


@page(permission="custody.receive", methods=BOTH)
def returned(request: Any, error_id: int) -> HttpResponse:
    """Whoever was released in error is back."""
    person_id = selectors.error_person(request.actor, error_id)
    before = released_in_error.authority_before(request.actor, error_id)
    form = ReturnedForm(
        request.POST if request.method == "POST" else None,
        ended=bool(before.ended),
        initial={"warrants_again": "no" if before.otherwise_detained else "yes"},
    )
    identity = identity_of(request.actor, person_id)
    if form.is_valid():
        again = form.cleaned_data.get("warrants_again")
        try:
            done = services.record_return_from_error(
                command_from(request),
                error_id=error_id,
                returned_at=form.cleaned_data["returned_at"],
                warrants_again=None if again is None else again == "yes",
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            _say_what_holds(request, done, before)
            return HttpResponseRedirect(identity.url or reverse("release:index"))
    context = {
        "form": form,
        "identity": identity,
        "lead": _("The release had ended: %(papers)s.")
        % {"papers": "; ".join(_paper(paper) for paper in before.ended)}
        if before.ended
        else "",
        "title": _("Returned after release in error"),
    }
    return render(request, "release/step.html", context, status=422 if form.errors else 200)


def _say_what_holds(request: Any, done: ErrorResult, before: released_in_error.Authority) -> None:
    """On what the person is held again, or that nothing says so yet."""
    if done.warrant_name_ids:
        held = [p for p in before.ended if p.warrant_name_id in done.warrant_name_ids]
        told = gettext("Received again. These warrants hold again: %(papers)s.") % {
            "papers": "; ".join(_paper(paper) for paper in held)
        }
        messages.success(request, told)
    elif before.otherwise_detained:
        messages.success(request, gettext("Received again. Another warrant detains."))
    else:
        messages.warning(
            request,
            gettext("Received again. No warrant detains this person: record the one that does."),
        )


def _paper(paper: WarrantBrief) -> str:
    return f"{kind_label(paper.kind)} {paper.reference}".strip()


@page(permission=VIEW)
def book(request: Any) -> HttpResponse:
    """The discharge book of one day, as it is kept and printed."""
    where = request.establishment_id
    zone = ZoneInfo(facilities.time_zone(where))
    today = clock.now().astimezone(zone).date()
    day = day_asked(request.GET.get("day", "")) or today
    since = datetime.combine(day, time(), zone)
    rows = book_lines(request.actor, where, since=since, until=since + timedelta(days=1))
    shows(row.header.person_id for row in rows)
    context = {
        "rows": rows,
        "day": day,
        "may_print": request.actor.can("documents.print"),
        "earlier": day - timedelta(days=1),
        "later": day + timedelta(days=1) if day < today else None,
        "columns": [
            Column(_("Hour")), Column(_("Prisoner")), Column(_("Number")), Column(_("Ground")),
            Column(_("First officer")), Column(_("Second officer")), Column(_("Where to")),
            Column(_("Minutes"), numeric=True), Column(_("Remarks")),
        ],
    }  # fmt: skip
    return render(request, "release/book.html", context)
