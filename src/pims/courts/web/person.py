"""Everything that courts have said of one prisoner, and the start page of the room."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.courts import selectors
from pims.courts.selectors.diary import at_the_desk, books_of
from pims.courts.selectors.pages import person_file
from pims.courts.web import words
from pims.courts.web.rows import hearing_columns, hearing_rows, order_rows
from pims.facilities import selectors as facilities
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Counter

VIEW, RECORD = "courts.view", "courts.record"


class FindForm(forms.Form):
    number = forms.CharField(
        label=_("Whose paper is it?"),
        max_length=40,
        help_text=_("Number or name"),
        widget=forms.TextInput(
            {"autocomplete": "off", "data-suggest": reverse_lazy("people:suggest")}
        ),
    )


@page(permission=VIEW)
def person(request: Any, person_id: int) -> HttpResponse:
    """Cases, charges, hearings, orders, sentences, and readings that are due."""
    viewer = request.actor
    whole = person_file(viewer, person_id)
    shown, listed = selectors.without_first_readings(viewer, whole.orders, whole.hearings)
    file = replace(whole, orders=shown, hearings=listed)
    now, today = clock.now(), clock.today(facilities.time_zone(request.establishment_id))
    sentences = {one.sentence_id: one for one in file.sentences}
    charges = {charge.charge_id: words.charge_text(charge) for charge, _case in file.charges}
    flagged = [(one, words.reading_flag(one, now=now)) for one in file.orders]
    context = {
        "person_id": file.person_id,
        "identity": identity_of(viewer, file.person_id),
        "to_read": [
            (one, words.order_kind(one.kind), flag)
            for one, flag in flagged
            if flag is not None and flag.tone != "ok"
        ],
        "sentences": [
            (one, words.sentence_text(one, sentences), charges.get(one.charge_id or 0, ""))
            for one in file.sentences
            if one.stands
        ],
        "cases": [
            (
                case,
                [
                    (
                        charge,
                        words.charge_text(charge),
                        words.CHARGE_STATES[charge.state],
                        charge.citation,
                    )
                    for charge, of in file.charges
                    if of.case_id == case.case_id
                ],
            )
            for case in file.cases
        ],
        "hearings": hearing_rows(file.hearings, {}, today),
        "hearing_columns": hearing_columns(),
        "orders": order_rows(file.orders, {}, now),
        "unread": any(one.unread for one in file.orders),
        "may_record": viewer.can(RECORD),
    }
    return render(request, "courts/person.html", context)


@page(permission=VIEW, methods=("GET", "HEAD"))
def index(request: Any) -> HttpResponse:
    """What waits at the courts' desk today, and whose paper lies on it."""
    viewer, where = request.actor, request.establishment_id
    form = FindForm(request.GET if request.GET.get("number") else None)
    if form.is_bound and form.is_valid():
        try:
            person_id = people.resolve_number(viewer, form.cleaned_data["number"].strip())
        except NotFound:
            form.add_error("number", gettext("No prisoner has this number."))
        else:
            name = "courts:record_order" if viewer.can(RECORD) else "courts:person"
            return HttpResponseRedirect(reverse(name, args=[person_id]))
    due = selectors.readings_due(viewer, where)
    held = books_of(viewer, where)
    desk = at_the_desk(viewer, where, held)
    rows, missing, forgotten = desk.today, desk.without_outcome, desk.forgotten
    unkeyed = selectors.papers_not_keyed(viewer, where, held=held)
    queries = selectors.open_order_queries(viewer, where)
    shows({row.person_id for row in rows} | {query.person_id for query in queries})
    differ = sum(one.differs for one in due)
    late = sum(one.late for one in due)
    context = {
        "form": form,
        "counters": [
            Counter(_("In court today"), len(rows), reverse("courts:diary")),
            Counter(
                _("Hearings without an outcome"), missing, reverse("courts:without_outcome"),
                "alarm" if missing else "quiet",
            ),
            Counter(
                _("No next hearing"), forgotten, reverse("courts:no_next"),
                "alarm" if forgotten else "quiet",
            ),
            Counter(_("Papers to key"), len(unkeyed), reverse("courts:papers")),
            Counter(
                _("Second readings due"), len(due), reverse("courts:readings"),
                "alarm" if differ or late else "quiet",
            ),
        ],
        "rows": rows,
        "queries": queries,
        "may_record": viewer.can(RECORD),
    }  # fmt: skip
    return render(request, "courts/index.html", context, status=422 if form.errors else 200)
