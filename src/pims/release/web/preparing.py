"""The two weeks before a release: the strip of days, one preparation, the blind calculation."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.withheld import withheld_persons
from pims.authority.web.words import kind_label
from pims.courts.web.words import figures, term_text
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.release import selectors, services
from pims.release.rules import preparing as rules
from pims.release.selectors import preparations
from pims.release.selectors.preparations import PreparationDetail
from pims.release.web import preparing_words as words
from pims.release.web.parts import parts
from pims.release.web.preparing_forms import ReadDateForm, SettleDatesForm, ThingForm, ToldForm
from pims.release.web.strip import strip, tone_of
from pims.sentences import selectors as sentences
from pims.sentences.web.words import ADJUSTMENTS, KINDS
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.dates import day_text
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact, Task

VIEW, PREPARE, SETTLE = "release.view", "release.prepare", "release.discharge"
BOTH = ("GET", "HEAD", "POST")
READ_FIRST = _("Told once the order of the court has been read again")
PRECLOSED = ("release.preparation_date_moved", "release.preparation_custody_ended")


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Who is due within two weeks, drawn as a strip of days and told by a table."""
    viewer, where = request.actor, request.establishment_id
    rows = preparations.open_preparations(viewer, where)
    headers = people.person_headers(viewer, [row.person_id for row in rows], brief=True)
    rows = [row for row in rows if row.person_id in headers]
    shows([row.person_id for row in rows])
    # Whoever is still to work a day out alone is not told here what others made of it.
    blind = {
        row.preparation_id for row in rows if viewer.can(PREPARE) and row.blind_for(viewer.user_id)
    }
    unread = withheld_persons(viewer, [row.person_id for row in rows])
    blind |= {row.preparation_id for row in rows if row.person_id in unread}
    told = [row for row in rows if row.preparation_id not in blind]
    context = {
        "parts": parts(request, "release:preparations"),
        "strip": strip(told, clock.today(facilities.time_zone(where))),
        "rows": [
            (
                row,
                headers[row.person_id],
                "info" if row.preparation_id in blind else tone_of(row),
                words.SOURCES[row.source],
                [words.STAGES[stage] for stage in row.late],
                row.preparation_id in blind,
                unread.get(row.person_id, ""),
            )
            for row in rows
        ],
        "told": told,
        "untold": len(rows) - len(told),
        "things": len(rules.ITEMS),
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Day of release")),
            Column(_("Days left"), numeric=True), Column(_("Dates worked out")),
            Column(_("Seen to")), Column(_("To be told")),
        ],
    }  # fmt: skip
    return render(request, "release/preparations.html", context)


@page(permission=VIEW)
def preparation_page(request: Any, preparation_id: int) -> HttpResponse:
    """One preparation: two calculations, what is to be seen to, which agencies were told."""
    viewer = request.actor
    found = preparations.preparation(viewer, preparation_id)
    names = user_names(
        {
            i
            for i in (
                *(one.by_id for one in found.readings), *(one.by_id for one in found.told),
                *(one.by_id for one in found.items), found.settled_by_id,
            )
            if i is not None
        }
    )  # fmt: skip
    may_prepare = found.is_open and viewer.can(PREPARE)
    unread = withheld_persons(viewer, [found.person_id]).get(found.person_id, "")
    blind = bool(unread) or (may_prepare and found.blind_for(viewer.user_id))
    context = {
        "unread": unread,
        "found": found,
        "identity": identity_of(viewer, found.person_id),
        "state": words.STATES[found.state],
        "facts": _facts(found, blind=blind, unread=unread),
        "blind": blind,
        "readings": [(one, names.get(one.by_id, "—")) for one in found.readings],
        "may_read": may_prepare and found.may_be_read_by(viewer.user_id),
        "differences": [words.DIFFERENCES[code] for code in found.differences],
        "settled_by": names.get(found.settled_by_id or 0, ""),
        "may_settle": found.differs
        and found.is_open
        and viewer.can(SETTLE)
        and all(one.by_id != viewer.user_id for one in found.readings),
        "tasks": [
            Task(
                words.THINGS[one.code],
                words.THING_STATES[one.state],
                reverse("release:prepare_item", args=[found.preparation_id, one.code])
                if may_prepare
                else "",
                words.THING_TONES[one.state],
                f"{one.note} · {names.get(one.by_id or 0, '—')}" if one.by_id else "",
            )
            for one in found.items
        ],
        "notices": [(one, words.STAGES[one.stage]) for one in found.notices],
        "told": [
            (
                one,
                words.STAGES[one.stage],
                words.HOW.get(one.how, one.how),
                names.get(one.by_id),
                words.AGENCIES.get(one.kind, one.kind),
            )
            for one in found.told
        ],
        "told_columns": [
            Column(_("Agency told")), Column(_("Notice")), Column(_("Spoke to")),
            Column(_("How")), Column(_("When")), Column(_("By")),
        ],
        "may_prepare": may_prepare,
        "case_id": selectors.open_case_of(viewer, found.episode_id),
        "papers": _papers(found) if viewer.can("authority.view") else [],
        "interests": authority.police_interests([found.person_id]).get(found.person_id, [])
        if viewer.can("authority.view")
        else [],
        "overdue": found.is_open and found.due_on < clock.today(_zone(found)),
        "may_record": found.is_open and viewer.can(SETTLE),
    }  # fmt: skip
    return render(request, "release/preparation.html", context)


@page(permission=PREPARE, methods=BOTH)
def read_date(request: Any, preparation_id: int) -> HttpResponse:
    """The blind form: what the courts passed and what was certified, and no date worked out."""
    found = preparations.preparation(request.actor, preparation_id)
    if request.method != "POST" and not found.may_be_read_by(request.actor.user_id):
        return _back(found)
    unread = withheld_persons(request.actor, [found.person_id]).get(found.person_id)
    if request.method != "POST" and unread is not None:
        # The terms that it rests on would be seen before they are read again.
        messages.info(request, gettext("First read the order of the court again, or ask for it."))
        return HttpResponseRedirect(unread)
    form = ReadDateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.read_release_date(
                command_from(request), preparation_id=preparation_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(found)
    context = _step(request, found, form, _("Work out the release date")) | _written(
        request, found.person_id
    )
    return render(request, "release/read_date.html", context, status=422 if form.errors else 200)


@page(permission=SETTLE, methods=BOTH)
def settle_dates(request: Any, preparation_id: int) -> HttpResponse:
    found = preparations.preparation(request.actor, preparation_id)
    days = sorted({found.due_on, *(one.release_on for one in found.readings if one.release_on)})
    form = SettleDatesForm(
        request.POST if request.method == "POST" else None,
        days=[(day.isoformat(), day_text(day)) for day in days],
    )
    if form.is_valid():
        try:
            services.settle_release_dates(
                command_from(request),
                preparation_id=preparation_id,
                day=date.fromisoformat(form.cleaned_data["day"]),
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(found)
    return _form(request, found, form, _("Settle the difference"))


@page(permission=PREPARE, methods=BOTH)
def prepare_item(request: Any, preparation_id: int, code: str) -> HttpResponse:
    """One thing to see to: done, with what came of it, or not, and why."""
    found = preparations.preparation(request.actor, preparation_id)
    if code not in rules.ITEMS:
        raise NotFound("preparation_item", code)
    own = next(one for one in found.items if one.code == code)
    before = {"done": "no" if own.state == "explained" else "yes", "note": own.note}
    form = ThingForm(
        request.POST if request.method == "POST" else None,
        initial=before if own.state != "open" else None,
    )
    if form.is_valid():
        try:
            services.settle_preparation_item(
                command_from(request),
                preparation_id=preparation_id,
                code=code,
                done=form.cleaned_data["done"] == "yes",
                note=form.cleaned_data["note"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(found)
    return _form(request, found, form, words.THINGS[code])


@page(permission=PREPARE, methods=BOTH)
def tell_agency(request: Any, preparation_id: int) -> HttpResponse:
    """That an agency was told: to whom, when, how."""
    found = preparations.preparation(request.actor, preparation_id)
    waits = next((one.stage for one in found.notices if not one.told), None)
    form = ToldForm(
        request.POST if request.method == "POST" else None,
        initial={"stage": waits, "kind": rules.TOLD_FIRST, "how": "telephone"},
    )
    if form.is_valid():
        try:
            services.tell_agency(
                command_from(request), preparation_id=preparation_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("It is kept who was told."))
            return _back(found)
    return _form(request, found, form, _("An agency was told"))


def _facts(found: PreparationDetail, *, blind: bool, unread: str) -> list[Fact]:
    hidden = _("Told once you have worked it out yourself")
    facts = [
        Fact(
            _("Day of release"),
            (READ_FIRST if unread else hidden) if blind else found.due_on,
            url=unread,
            action=_("Read it again, or ask to be shown it"),
        ),
        Fact(_("It is known from"), words.SOURCES[found.source]),
        Fact(_("Opened"), found.opened_at),
    ]
    if found.moved_from is not None and not blind:
        facts.append(Fact(_("Moved from"), found.moved_from))
    if found.closed_at is not None:
        facts.append(Fact(_("Ended"), found.closed_at))
    if found.closed_reason in PRECLOSED:
        why = wording.catalogue()[found.closed_reason][get_language() or "en"]
        facts.append(Fact(_("Why it ended"), why))
    return facts


def _papers(found: PreparationDetail) -> list[tuple[Any, str]]:
    """The papers in force, of which other warrants are searched."""
    held = authority.detaining_warrants(found.person_id, zone=_zone(found), at=clock.now())
    return [(paper, kind_label(paper.kind)) for paper in held]


def _written(request: Any, person_id: int) -> dict[str, Any]:
    """The sentences and certificates as they are written, for whoever may see them."""
    if not request.actor.can("sentences.view"):
        return {"sentences": [], "adjustments": []}
    info = sentences.calculation(request.actor, person_id, language=get_language() or "en")
    if info is None:
        return {"sentences": [], "adjustments": []}
    return {
        "sentences": [
            (
                info.numbers[one.sentence_id],
                KINDS.get(one.kind, one.kind),
                one,
                term_text(figures(one.term)),
                info.numbers.get(one.consecutive_to_id or 0) if one.link == "consecutive" else None,
            )
            for one in info.sentences
        ],
        "adjustments": [
            (one, ADJUSTMENTS.get(one.kind, one.kind))
            for one in info.adjustments
            if one.struck_out_at is None
        ],
        "sentence_columns": [
            Column(_("No."), numeric=True), Column(_("Sentence")), Column(_("Passed on")),
            Column(_("Takes effect")), Column(_("Term")),
        ],
    }  # fmt: skip


def _step(request: Any, found: PreparationDetail, form: Any, title: Any) -> dict[str, Any]:
    return {
        "form": form,
        "title": title,
        "identity": identity_of(request.actor, found.person_id),
        "back": reverse("release:preparation", args=[found.preparation_id]),
        "back_label": _("Back to the preparation"),
    }


def _form(request: Any, found: PreparationDetail, form: Any, title: Any) -> HttpResponse:
    context = _step(request, found, form, title)
    return render(request, "release/form.html", context, status=422 if form.errors else 200)


def _back(found: PreparationDetail) -> HttpResponse:
    return HttpResponseRedirect(reverse("release:preparation", args=[found.preparation_id]))


def _zone(found: PreparationDetail) -> str:
    return facilities.time_zone(found.establishment_id)
