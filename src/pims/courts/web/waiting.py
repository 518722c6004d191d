"""The morning after: hearings of which nobody said what came, and people whom no court expects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.words import status_label
from pims.courts import selectors, services
from pims.courts.selectors import DiaryRow
from pims.courts.selectors.freed import FREED
from pims.courts.services.outcomes import record_outcome_of_day
from pims.courts.web import words
from pims.courts.web.hearings import doubts_of_day, to_order_of, told_of
from pims.courts.web.order_forms import paper_key, paper_text
from pims.courts.web.people import heads_of
from pims.courts.web.steps import BOTH
from pims.custody.web.drafts import draft_of
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale
from pims.ui import wording
from pims.ui.commands import command_from, then
from pims.ui.doubts import Doubt, question
from pims.ui.fields import HiddenNumberField, hidden_number
from pims.ui.forms import is_whole
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, RECORD = "courts.view", "courts.record"
DAY_FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %m %Y"]
# The outcomes that a court usually names a new day with; the box is behind "More" of the others.
NAMES_A_DAY = "adjourned remanded bailed convicted not_held not_produced refused"
NOTED = "other not_held not_produced refused"


class LineForm(forms.Form):
    """One hearing, or one day that a warrant alone names (`hearing_id` empty)."""

    hearing_id = HiddenNumberField(required=False)
    warrant_name_id = HiddenNumberField(required=False)
    person_id = HiddenNumberField()
    body_id = HiddenNumberField()
    on = forms.DateField(widget=forms.HiddenInput)
    version = HiddenNumberField()
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Choose")), *words.OUTCOMES.items()]
    )
    next_on = forms.DateField(
        label=_("Next day"),
        required=False,
        input_formats=DAY_FORMATS,
        error_messages={"invalid": _("Enter day, month and year, for example 15/12/2026")},
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        """What was typed beside no outcome would go nowhere: it is told, never dropped."""
        given = super().clean() or self.cleaned_data
        if not given.get("outcome") and (given.get("next_on") or given.get("note")):
            self.add_error("outcome", gettext("Choose an outcome, or empty the line."))
        return given

    @property
    def key(self) -> tuple[int, int, str]:
        """Which day in court of whom the line is about, as a row of the diary says it."""
        return (
            hidden_number(self["person_id"]), hidden_number(self["body_id"]),
            str(self["on"].value()),
        )  # fmt: skip


LineFormSet = forms.formset_factory(
    LineForm, extra=0, max_num=300, absolute_max=300, validate_max=True
)


@page(permission=VIEW, methods=BOTH)
def without_outcome(request: Any) -> HttpResponse:
    """Days in court that are over, each with its outcome to enter in its line."""
    viewer, where = request.actor, request.establishment_id
    may_record = viewer.can_at(RECORD, where)
    rows = selectors.hearings_without_outcome(viewer, where)
    by_key = {_key(row): row for row in rows}
    if request.method == "POST" and not may_record:
        raise NotPermitted(RECORD)
    posted = request.POST if request.method == "POST" else None
    initial = [_initial(row) for row in rows]
    lines = LineFormSet(posted, initial=None if posted is not None else initial, prefix="row")
    asked, failed, empty = None, 0, False
    form = forms.Form(posted)
    if posted is not None and is_whole(form, lines):
        chosen = [line for line in lines if line.cleaned_data["outcome"]]
        empty = not chosen
        asked = question(request, _doubts(chosen, by_key, facilities.time_zone(where)))
        if chosen and asked is None:
            command = command_from(request)
            done = sum(_record(command, line, where) for line in chosen)
            failed = len(chosen) - done
            if done:
                messages.success(
                    request,
                    ngettext("%(count)s recorded.", "%(count)s recorded.", done) % {"count": done},
                )
            if not failed:
                freed = [
                    line.cleaned_data for line in chosen if line.cleaned_data["outcome"] in FREED
                ]
                if len(freed) == 1 and freed[0]["hearing_id"] is not None:
                    return to_order_of(freed[0]["hearing_id"], freed[0]["person_id"], request)
                if freed:
                    messages.warning(
                        request,
                        gettext("Courts let prisoners go: record the orders by which they did."),
                    )
                return HttpResponseRedirect(reverse("courts:without_outcome"))
            left = {_key(row) for row in selectors.hearings_without_outcome(viewer, where)}
            by_key = {key: row for key, row in by_key.items() if key in left}
    shows({row.person_id for row in rows})
    shown = [(line, by_key[line.key]) for line in lines if line.key in by_key]
    errors = _nothing_chosen(shown) if empty else _errors(shown)
    context = {
        "form": form,
        "lines": shown,
        "errors": errors,
        "failed": failed,
        "management": lines.management_form,
        "question": asked,
        "draft": draft_of("outcomes", (hidden_number(line["person_id"]) for line, _row in shown)),
        "names_a_day": NAMES_A_DAY,
        "noted": NOTED,
        "may_record": may_record,
    }
    wrong = asked is not None or bool(posted is not None and (errors or form.errors))
    return render(request, "courts/without_outcome.html", context, status=422 if wrong else 200)


def _key(row: DiaryRow) -> tuple[int, int, str]:
    return row.person_id, row.body_id, row.on.isoformat()


def _initial(row: DiaryRow) -> Mapping[str, object]:
    names = ("hearing_id", "warrant_name_id", "person_id", "body_id", "version")
    return {name: getattr(row, name) for name in names} | {"on": row.on.isoformat()}


def _record(command: Command, line: LineForm, establishment_id: int) -> bool:
    """The outcome of one line; what a service says against it stands at the line."""
    given = line.cleaned_data
    step = f"{given['person_id']}-{given['body_id']}-{given['on']}"
    zone = facilities.time_zone(establishment_id)
    told = {
        "outcome": given["outcome"],
        "note": given["note"],
        "happened_at": told_of(given["on"], None, zone),
        "next_on": given["next_on"],
    }
    try:
        if given["hearing_id"] is None:
            record_outcome_of_day(
                then(command, step),
                establishment_id=establishment_id,
                person_id=given["person_id"],
                body_id=given["body_id"],
                on=given["on"],
                warrant_name_id=given["warrant_name_id"],
                **told,
            )
        else:
            services.record_hearing_outcome(
                then(command, step),
                hearing_id=given["hearing_id"],
                version=given["version"],
                **told,
            )
    except InvalidInput as problem:
        for name, reason in problem.fields.items():
            said = wording.render(reason, get_language() or "en")
            line.add_error(name if name in line.fields else "outcome", said)
    except Refused as refused:
        for said in wording.explain(refused.reasons(), get_language() or "en"):
            line.add_error("outcome", said)
    except Stale:
        line.add_error("outcome", gettext("Somebody else was faster: open the page again."))
    else:
        return True
    return False


def _doubts(
    chosen: Iterable[LineForm], by_key: Mapping[tuple[int, int, str], DiaryRow], zone: str
) -> list[Doubt]:
    found: list[Doubt] = []
    for line in chosen:
        on: date | None = line.cleaned_data["next_on"]
        row = by_key.get(line.key)
        if on is not None and row is not None:
            what = f"{row.name} {row.number}, {line['next_on'].label}"
            target = str(line["next_on"].auto_id)
            found += doubts_of_day(on, row.body_id, zone, what=what, target=target)
    return found


def _errors(lines: Sequence[tuple[LineForm, DiaryRow]]) -> list[dict[str, str]]:
    return [
        {"text": f"{row.name} {row.number}: {text}", "target": str(line[name].auto_id)
         if name in line.fields and not line.fields[name].widget.is_hidden
         else str(line["outcome"].auto_id)}
        for line, row in lines
        for name, problems in line.errors.items()
        for text in problems
    ]  # fmt: skip


def _nothing_chosen(lines: Sequence[tuple[LineForm, DiaryRow]]) -> list[dict[str, str]]:
    text = gettext("Nothing was recorded: choose an outcome on a line.")
    first = next(iter(lines), None)
    return [{"text": text, "target": str(first[0]["outcome"].auto_id) if first else ""}]


@page(permission=VIEW)
def no_next(request: Any) -> HttpResponse:
    """Whoever waits for a court that expects them on no day: the longest forgotten first."""
    rows = selectors.no_next_hearing(request.actor, request.establishment_id)
    shows({one.row.person_id for one in rows})
    context = {
        "rows": [(one, status_label(one.row.legal_status)) for one in rows],
        "columns": [
            Column(_("Prisoner")), Column(_("Status")), Column(_("Received")),
            Column(_("Last day in court")), Column(_("Action"), hidden_label=True),
        ],
        "today": clock.today(facilities.time_zone(request.establishment_id)),
        "may_record": request.actor.can(RECORD),
    }  # fmt: skip
    return render(request, "courts/no_next.html", context)


@page(permission=VIEW)
def papers(request: Any) -> HttpResponse:
    """Papers that the gate or the desk recorded and nobody has keyed as an order of a court."""
    viewer = request.actor
    found = selectors.papers_not_keyed(viewer, request.establishment_id)
    heads = heads_of(viewer, [one.person_id for one in found])
    shows(heads)
    context = {
        "rows": [
            (one, heads[one.person_id], paper_text(one, dated=False), paper_key(one))
            for one in found
            if one.person_id in heads
        ],
        "columns": [
            Column(_("Prisoner")), Column(_("Paper")), Column(_("Received")),
            Column(_("Action"), hidden_label=True),
        ],
        "may_record": viewer.can(RECORD),
    }  # fmt: skip
    return render(request, "courts/papers.html", context)
