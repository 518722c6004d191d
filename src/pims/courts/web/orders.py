"""An order entered from its paper: the kind first, the boxes that it needs, and what it did."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.courts.selectors.pages import PersonFile, person_file
from pims.courts.selectors.unkeyed import UnkeyedPaper, unkeyed_of
from pims.courts.services import CourtOrderResult, OrderName
from pims.courts.services.papers import record_paper
from pims.courts.web import words
from pims.courts.web.boxes import texts
from pims.courts.web.first_days import CHANGING, first_days, without_first_day, written
from pims.courts.web.order_doubts import order_doubts
from pims.courts.web.order_forms import (
    LINES,
    MOST_LINES,
    MOST_NAMES,
    NEW_CHARGES,
    OrderForm,
    SentenceFormSet,
    TypedSentences,
    kinds_for,
    offer_choices,
    order_values,
    paper_key,
    typed_sentences,
)
from pims.courts.web.people import numbers_in
from pims.courts.web.steps import BOTH
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.jurisdictions.offences import offences
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.ui.commands import command_from
from pims.ui.doubts import question
from pims.ui.forms import add_reasons, is_whole, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page

RECORD = "courts.record"
# The boxes in the order of the page; what a kind does not ask for waits behind "More".
MAIN = (
    ("next_date", "until", "amount", "review_months", "others"),
    ("case_id", "case_number", "charges", "new_charges"),
    ("sureties", "conditions", "warrants", "ends_all"),
    ("changes_order_id", "changes_reference", "change", "next_mode"),
)
# What came of a hearing -> the kind of order that says so.
FREED_BY = {"acquitted": "acquittal", "discharged": "discharge", "withdrawn": "charge_withdrawn"}
ALWAYS_MORE = ("name_as_written", "pronounced_at", "as_written")
WIDTHS = {"amount": 5, "review_months": 3, "case_number": 20, "changes_reference": 20}
SUGGESTED = 12


@page(permission=RECORD, methods=BOTH)
def record(request: Any, person_id: int) -> HttpResponse:
    """Record an order as written; whatever is odd about it is asked about once."""
    viewer, where = request.actor, request.establishment_id
    file = person_file(viewer, person_id)
    held = _held(file.person_id, where)
    unkeyed = unkeyed_of([file.person_id], zone=facilities.time_zone(where))
    posted = request.POST if request.method == "POST" else None
    form = OrderForm(
        posted,
        request.FILES if posted is not None else None,
        initial={
            "received_at": clock.now(),
            **_of_hearing(request.GET.get("hearing", ""), file),
            **_of_paper(request.GET.get("paper", ""), unkeyed),
        },
        file=file,
        held=held,
        unkeyed=unkeyed,
    )
    lines = SentenceFormSet(
        posted, initial=None if posted is not None else [{}] * _how_many(request), prefix="line"
    )
    offer_choices(list(lines), file)
    asked = None
    if posted is not None and _arrived(request, form, lines):
        names = _names(viewer, form, file.person_id, facilities.time_zone(where))
        typed = typed_sentences(form, lines)
        if form.is_valid():
            doubts = order_doubts(viewer, form, list(lines), typed, names, establishment_id=where)
            doubts += without_first_day(form, list(lines), first_days(file))
            asked = question(request, doubts)
        if form.is_valid() and asked is None:
            try:
                made = _record(request, form, typed, names)
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                return _recorded(request, made)
    context = {
        "form": form,
        "lines": lines,
        "rows": [[box for name in row for box in _boxes(form, name)] for row in MAIN],
        "more": [form[name] for name in ALWAYS_MORE],
        "papers": bool(unkeyed),
        "for_sentences": kinds_for("sentences"),
        "for_term": kinds_for("term"),
        "for_minimum": kinds_for("minimum"),
        "for_amount": kinds_for("amount"),
        "first_days": json.dumps(
            {str(number): written(day) for number, day in first_days(file).items()}
        ),
        "changing_kinds": " ".join(sorted(CHANGING)),
        "question": asked,
        "errors": _line_errors(lines),
        "identity": identity_of(viewer, file.person_id),
    }
    wrong = bool(form.errors or asked or context["errors"])
    return render(request, "courts/record.html", context, status=422 if wrong else 200)


def _arrived(request: Any, form: OrderForm, lines: Any) -> bool:
    whole = is_whole(form, lines)
    return uploads_arrived(form, request) and whole


def _how_many(request: Any) -> int:
    """How many lines for sentences: a long paper asks for more in the address."""
    asked = request.GET.get("lines", "")
    return min(int(asked), MOST_LINES) if asked.isascii() and asked.isdigit() else LINES


def _held(person_id: int, establishment_id: int) -> list[WarrantBrief]:
    zone = facilities.time_zone(establishment_id)
    briefs = authority.warrants_of([person_id], zone=zone).get(person_id, [])
    return [brief for brief in briefs if brief.ends_at is None and brief.state != "void"]


def _boxes(form: OrderForm, name: str) -> list[dict[str, Any]]:
    """The boxes of one name, as the page draws them; a choice of nothing is no box."""
    fields = NEW_CHARGES if name == "new_charges" else (name,)
    found = []
    for field in fields:
        bound = form[field]
        choices = getattr(bound.field, "choices", None)
        if choices is not None and not any(value for value, _label in choices):
            continue
        if name == "ends_all" and not list(form.fields["warrants"].choices):  # type: ignore[attr-defined]
            continue
        found.append(
            {
                "field": bound,
                "kinds": kinds_for(name),
                "width": WIDTHS.get(field),
                "prefilled": field == "next_mode",
            }
        )
    return found


def _of_hearing(asked: str, file: PersonFile) -> dict[str, Any]:
    """What is known of the order by which a court let somebody go, from the hearing."""
    found = next((h for h in file.hearings if str(h.hearing_id) == asked), None)
    if found is None:
        return {}
    return {
        "kind": FREED_BY.get(found.outcome),
        "body_id": found.body_id,
        "case_id": found.case_id,
        "dated": found.on,
    }


def _of_paper(key: str, unkeyed: Sequence[UnkeyedPaper]) -> dict[str, Any]:
    """What is known of a paper that is on record already, but for what is to be keyed from it."""
    paper = next((one for one in unkeyed if paper_key(one) == key), None)
    if paper is None:
        return {}
    found: dict[str, Any] = {
        "paper": key,
        "body_id": paper.body_id,
        "reference": paper.reference,
        "dated": paper.dated,
        "received_at": paper.received_at,
    }
    if len(paper.order_kinds) == 1:
        found["kind"] = paper.order_kinds[0]
    return found


def _keyed(key: str, person_ids: Sequence[int], zone: str) -> dict[int, UnkeyedPaper]:
    """The same paper as it is on record of each whom it names."""
    papers = unkeyed_of(person_ids, zone=zone) if key else []
    chosen = next((one for one in papers if paper_key(one) == key), None)
    if chosen is None:
        return {}

    def same(one: UnkeyedPaper) -> bool:
        names = ("kind", "body_name", "reference", "received_at")
        return all(getattr(one, name) == getattr(chosen, name) for name in names)

    return {one.person_id: one for one in papers if same(one)} | {chosen.person_id: chosen}


def _names(viewer: Actor, form: OrderForm, person_id: int, zone: str) -> list[OrderName]:
    """Everyone named; a number that nobody has is told at its box."""
    given = form.cleaned_data
    ids = [person_id, *numbers_in(viewer, form, "others")]
    if len(ids) > MOST_NAMES:
        form.add_error("others", gettext("At most %(most)s names on one order.")
                       % {"most": MOST_NAMES})  # fmt: skip
    keyed = _keyed(given.get("paper", ""), ids, zone)
    return [
        OrderName(
            one,
            keyed_warrant_name_id=keyed[one].warrant_name_id if one in keyed else None,
            keyed_release_order_id=keyed[one].release_order_id if one in keyed else None,
            name_as_written=given.get("name_as_written", "") if one == person_id else "",
            warrant_name_ids=tuple(given.get("warrants") or ()) if one == person_id else (),
            ends_all=bool(given.get("ends_all")),
        )
        for one in dict.fromkeys(ids)
    ]


def _record(
    request: Any, form: OrderForm, typed: TypedSentences, names: Sequence[OrderName]
) -> CourtOrderResult:
    return record_paper(
        command_from(request),
        establishment_id=request.establishment_id,
        names=names,
        charge_ids=form.cleaned_data["charges"],
        new_charges=form.new_charges(),
        sentences=typed.sentences,
        sentence_charges=typed.new_charges,
        dates_as_written={**texts(form.impossible), **typed.dates_as_written},
        scan=form.scan_bytes(),
        **order_values(form),
    )


def _recorded(request: Any, made: CourtOrderResult) -> HttpResponse:
    count = len(made.order_ids)
    if count > 1:
        text = ngettext(
            "The order is recorded for %(count)s person.",
            "The order is recorded for %(count)s people.",
            count,
        ) % {"count": count}
        messages.success(request, text)
    else:
        messages.success(request, gettext("The order is recorded. What it did is below."))
    return HttpResponseRedirect(reverse("courts:order", args=[made.order_ids[0]]))


def _line_errors(lines: Any) -> list[dict[str, str]]:
    return [
        {
            "text": gettext("Sentence %(line)s, %(box)s: %(problem)s")
            % {"line": number, "box": bound.label, "problem": text},
            "target": str(bound.auto_id),
        }
        for number, line in enumerate(lines, start=1)
        for bound in line
        for text in bound.errors
    ]


@page(permission=RECORD)
def suggest_offence(request: Any) -> JsonResponse:
    """Offences of the table whose name, in either language, act or section has every word typed."""
    asked = _plain(request.GET.get("q", "")).split()
    found = []
    for row in offences().values() if asked else ():
        said = _plain(" ".join((*row.label.values(), row.citation, row.code)))
        if all(word in said for word in asked):
            label = row.label[words.language()]
            starts = any(_plain(name).startswith(asked[0]) for name in row.label.values())
            found.append((not starts, {"value": label, "label": f"{label} · {row.citation}"}))
    found.sort(key=lambda one: one[0])
    return JsonResponse([one for _rank, one in found[:SUGGESTED]], safe=False)


def _plain(text: str) -> str:
    """Without capitals and accents: nobody types them in a hurry."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
