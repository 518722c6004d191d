"""One prisoner's sentences: the dates, the drawing, why; what if; what was certified."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.courts import selectors as courts
from pims.courts.selectors.infos import SentenceInfo
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import InvalidInput, NotFound
from pims.sentences import selectors, services
from pims.sentences.engine import Calculation, Term
from pims.sentences.engine.case import DEFAULTS
from pims.sentences.explaining import told
from pims.sentences.selectors import CalculationInfo
from pims.sentences.web import words
from pims.sentences.web.forms import AdjustmentForm, ReasonForm, WhatIfForm
from pims.sentences.web.timeline import drawing_of, drawing_of_found
from pims.sentences.what_if import Change, changed
from pims.ui.commands import command_from
from pims.ui.dates import day_text
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.printing import in_language_of
from pims.ui.shapes import Column, Fact
from pims.ui.wording import catalogue

VIEW, ADJUST, CERTIFY = "sentences.view", "sentences.adjust", "sentences.certify"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def person(request: Any, person_id: int) -> HttpResponse:
    """The dates of one prisoner, drawn and explained; `?language=` for who reads the other."""
    with in_language_of(request):
        identity = identity_of(request.actor, person_id)
        info = selectors.calculation(request.actor, person_id, language=get_language() or "en")
        # Whoever may still read an order again is not shown what follows from its first reading.
        unread = courts.has_unread_sentences(request.actor, person_id)
        info = None if unread else info
        context = {"identity": identity, "person_id": person_id, "info": info, "unread": unread}
        if info is not None:
            context |= _context(request, info)
        return render(request, "sentences/person.html", context)


def _context(request: Any, info: CalculationInfo) -> dict[str, Any]:
    names = user_names(
        [one.recorded_by_id for one in info.adjustments]
        + [i for one in info.hands for i in (one.certified_by_id, one.second_by_id) if i]
    )
    return {
        "status": words.STATUSES[info.dates.status],
        "status_tone": words.STATUS_TONES[info.dates.status],
        "dates": _dates(info),
        "facts": _facts(info),
        "drawing": drawing_of(info),
        "drawing_columns": [
            Column(_("What")), Column(_("First day")), Column(_("Last day")),
            Column(_("Days"), numeric=True), Column(_("Remark")),
        ],
        "rows": [_row(info, one) for one in info.sentences],
        "columns": [
            Column(_("No."), numeric=True), Column(_("Sentence")), Column(_("Passed on")),
            Column(_("Takes effect")), Column(_("Term")), Column(_("Full term ends")),
            Column(_("Earliest release")),
        ],
        "findings": [
            (words.OUTCOMES[line.outcome], line)
            for line in info.explanation
            if line.outcome != "step"
        ],
        "steps": [line for line in info.explanation if line.outcome == "step"],
        "rules": [
            (
                rule,
                words.CONFIDENCES.get(rule.confidence, rule.confidence),
                words.CONFIDENCE_TONES.get(rule.confidence, "quiet"),
            )
            for rule in info.rules
        ],
        "adjustments": [
            (one, words.ADJUSTMENTS.get(one.kind, one.kind), names.get(one.recorded_by_id, "—"))
            for one in info.adjustments
        ],
        "adjustment_columns": [
            Column(_("What")), Column(_("Days or amount")), Column(_("First day")),
            Column(_("Last day")), Column(_("Paper")), Column(_("Recorded by")),
            Column(_("Action"), hidden_label=True),
        ],
        "hand": info.hand,
        "hands": [
            (
                one,
                names.get(one.certified_by_id, "—"),
                names.get(one.second_by_id or 0, ""),
                words.ENDS.get(one.end_kind, ""),
            )
            for one in info.hands
        ],
        "owes": any(one.kind in DEFAULTS for one in info.sentences),
        "may_adjust": request.actor.can(ADJUST),
        "may_register": request.actor.can("release.discharge"),
        "may_certify": request.actor.can(CERTIFY)
        and (info.dates.status != "calculated" or info.dates.provisional),
    }  # fmt: skip


def _dates(info: CalculationInfo) -> list[Fact]:
    """The dates in the order in which they come; those that there are."""
    dates = info.dates
    found = [
        ("ped", dates.ped), ("edr", dates.edr),
        ("release_day", dates.release_day if dates.release_day != dates.edr else None),
        ("ldr", dates.ldr), ("sentence_expiry", dates.expiry),
        ("full_term_end", dates.full_term_end), ("next_review", dates.next_review),
    ]  # fmt: skip
    facts = [Fact(words.DATES[name], day) for name, day in found if day is not None]
    if dates.status in ("invalid", "unsupported", "needs_person", "pending"):
        arguable = dates.earliest_arguable or _("No such day can be told: decide at once")
        facts.append(Fact(_("Somebody could argue from"), arguable))
    return facts


def _facts(info: CalculationInfo) -> list[Fact]:
    return [
        Fact(_("Law"), ", ".join(info.versions) or info.law),
        Fact(_("Worked out"), info.made_at or _("For this page, not kept yet")),
    ]


def _row(info: CalculationInfo, said: SentenceInfo) -> dict[str, Any]:
    number = info.numbers[said.sentence_id]
    dates = next((one.dates for one in info.each if one.number == number), None)
    follows = info.numbers.get(said.consecutive_to_id or 0)
    return {
        "number": number,
        "kind": words.KINDS.get(said.kind, said.kind),
        "reference": said.reference,
        "follows": follows if said.link == "consecutive" else None,
        "consecutive": said.link == "consecutive",
        "pronounced_on": said.pronounced_on,
        "effective_from": said.effective_from or said.pronounced_on,
        "term": term_text(said.term) if said.minimum is None else term_text(said.minimum),
        "minimum": said.minimum is not None,
        "full_term_end": dates.full_term_end if dates else None,
        "edr": dates.edr if dates else None,
    }


def term_text(term: Any) -> str:
    """``1 year, 3 months``, in the page's language."""
    language = "es" if (get_language() or "en").startswith("es") else "en"
    parts = []
    for unit in ("years", "months", "weeks", "days"):
        number = getattr(term, unit)
        word = unit if number != 1 else unit.removesuffix("s")
        if number:
            parts.append(f"{number} {catalogue()[f'sentences.unit_{word}'][language]}")
    return ", ".join(parts) or "—"


# -- what if -------------------------------------------------------------------------------------
@page(permission=VIEW)
def what_if(request: Any, person_id: int) -> HttpResponse:
    """The case as it is and as it would be, side by side. Nothing is kept."""
    identity = identity_of(request.actor, person_id)
    facts = selectors.assembled(request.actor, person_id)
    if facts is None:
        raise NotFound("sentence")
    numbers = [one.number for one in facts.case.sentences]
    asked = bool(request.GET)
    form = WhatIfForm(request.GET if asked else None, numbers=numbers)
    sides = []
    if asked and form.is_valid():
        now = selectors.worked_out(facts)
        case = changed(facts.case, _change(form.cleaned_data))
        then = selectors.worked_out_case(case)
        kinds = {
            facts.numbers[s.sentence_id]: words.KINDS.get(s.kind, s.kind) for s in facts.sentences
        }
        sides = [
            _side(
                _("As it is"),
                now,
                drawing_of_found(now, kinds, facts.case.adjustments, beside=then),
            ),
            _side(
                _("As it would be"),
                then,
                drawing_of_found(then, kinds, case.adjustments, beside=now),
                now,
            ),
        ]
    context = {
        "identity": identity,
        "person_id": person_id,
        "form": form,
        "sides": sides,
        "drawing_columns": [
            Column(_("What")), Column(_("First day")), Column(_("Last day")),
            Column(_("Days"), numeric=True), Column(_("Remark")),
        ],
    }  # fmt: skip
    return render(request, "sentences/what_if.html", context, status=422 if form.errors else 200)


def _change(given: Mapping[str, Any]) -> Change:
    return Change(
        term=Term(*(given[unit] or 0 for unit in ("years", "months", "weeks", "days"))),
        passed_on=given["passed_on"],
        follows=int(given["follows"]) if given["follows"] else None,
        offence_class=given["offence_class"],
        without=frozenset(int(n) for n in given["without"]),
        credit=given["credit"] or 0,
        forfeited=given["forfeited"] or 0,
        restored=given["restored"] or 0,
        at_large=given["at_large"] or 0,
    )


def _side(
    title: Any, found: Calculation, drawing: Any, beside: Calculation | None = None
) -> dict[str, Any]:
    language = get_language() or "en"
    facts = []
    for name, label in words.DATES.items():
        day = getattr(found.dates, name)
        before = getattr(beside.dates, name) if beside else None
        if day is None and before is None:
            continue
        text = day_text(day) if day else "—"
        if beside is not None and day != before:
            moved = (day - before).days if day and before else None
            text += "" if moved is None else f" ({moved:+d})"
        facts.append(Fact(label, text))
    return {
        "title": title,
        "status": words.STATUSES[found.status],
        "tone": words.STATUS_TONES[found.status],
        "facts": facts,
        "drawing": drawing,
        "findings": [told(one, language) for one in found.findings],
        "steps": [told(one, language) for one in found.steps],
    }


# -- adjustments ---------------------------------------------------------------------------------
@page(permission=ADJUST, methods=BOTH)
def adjust(request: Any, person_id: int) -> HttpResponse:
    identity = identity_of(request.actor, person_id)
    facts = selectors.assembled(request.actor, person_id)
    sentences = facts.sentences if facts else ()
    passed = sorted({one.pronounced_on for one in sentences})
    form = AdjustmentForm(
        request.POST if request.method == "POST" else None,
        passed=[(day.isoformat(), day_text(day)) for day in passed],
        defaults=[
            (str(one.sentence_id), f"{words.KINDS[one.kind]}: {one.reference or one.sentence_id}")
            for one in sentences
            if one.kind in DEFAULTS
        ],
    )
    if form.is_valid():
        given = form.cleaned_data
        by_iso = {day.isoformat(): day for day in passed}
        try:
            services.record_adjustment(
                command_from(request),
                person_id=person_id,
                kind=given["kind"],
                basis=given["basis"],
                days=given["days"],
                amount_cents=given["amount"],
                first_day=given["first_day"],
                last_day=given["last_day"],
                for_pronounced_on=by_iso.get(given["for_pronounced_on"]),
                sentence_id=int(given["sentence"]) if given["sentence"] else None,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Recorded, and the dates worked out anew."))
            return _back(person_id)
    context = {"identity": identity, "person_id": person_id, "form": form}
    return render(request, "sentences/adjust.html", context, status=422 if form.errors else 200)


@page(permission=ADJUST, methods=BOTH)
def strike_out(request: Any, adjustment_id: int) -> HttpResponse:
    found = selectors.adjustment(request.actor, adjustment_id)
    if found is None:
        raise NotFound("adjustment", adjustment_id)
    person_id, line = found
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.strike_out_adjustment(
                command_from(request),
                adjustment_id=adjustment_id,
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _back(person_id)
    context = {
        "identity": identity_of(request.actor, person_id),
        "person_id": person_id,
        "form": form,
        "title": _("Strike out an entry"),
        "lead": f"{words.ADJUSTMENTS.get(line.kind, line.kind)} · {line.basis}",
        "save": _("Strike it out"),
    }
    return render(request, "sentences/reason.html", context, status=422 if form.errors else 200)


def _back(person_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("sentences:person", args=[person_id]))
