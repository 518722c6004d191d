"""Going out: who leaves with whom, where to, in what condition, and until when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.forms import body_choices
from pims.custody import selectors, services
from pims.custody.selectors import RollFilters
from pims.custody.web.doubts import back_far_ahead
from pims.custody.web.drafts import draft_of
from pims.custody.web.words import NOT_RETURNED, OUT_KINDS
from pims.facilities import selectors as facilities
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.ui.commands import command_from
from pims.ui.doubts import question
from pims.ui.fields import HiddenNumberField, InstantField, hidden_number
from pims.ui.forms import add_reasons, as_typed, is_whole
from pims.ui.pages import page
from pims.ui.shapes import Column
from pims.ui.surprising import long_ago_in

ESCORT = "custody.escort"
BOTH = ("GET", "HEAD", "POST")
# The button that looks for whom to add: nothing is sent out by it.
FIND = "find"
MOST = 200
HAND_OVER = ("condition", "medication", "risk_notes", "restraints")


class TripForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of escort"),
        choices=[(k, v) for k, v in OUT_KINDS.items() if k != "at_large"],
        initial="court",
    )
    destination_body_id = forms.TypedChoiceField(
        label=_("Court or body"), required=False, coerce=int, empty_value=None,
        choices=body_choices,
    )  # fmt: skip
    destination = forms.CharField(label=_("Other place"), required=False, max_length=200)
    purpose = forms.CharField(label=_("Purpose"), required=False, max_length=300)
    left_at = InstantField(label=_("Left at"))
    expected_back_at = InstantField(label=_("Expected back"))
    officers = forms.CharField(
        label=_("Escorting officers"),
        max_length=300,
        help_text=_("Separate names with a comma"),
    )
    handed_to = forms.CharField(label=_("Handed over to"), required=False, max_length=200)


class TravellerForm(forms.Form):
    """One prisoner's line: chosen or not, and the hand-over."""

    person_id = HiddenNumberField()
    goes = forms.BooleanField(label=_("Goes"), required=False)
    condition = forms.CharField(label=_("Condition"), required=False, max_length=500)
    medication = forms.CharField(label=_("Medication"), required=False, max_length=500)
    risk_notes = forms.CharField(label=_("Risk"), required=False, max_length=500)
    restraints = forms.CharField(label=_("Restraints"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        """A hand-over of somebody who is not ticked as going would be lost: it is told."""
        given = super().clean() or {}
        said = [name for name in HAND_OVER if given.get(name)]
        if said and not given.get("goes"):
            self.add_error("goes", gettext("Tick who goes, or empty the line."))
        return given


TravellerFormSet = forms.formset_factory(
    TravellerForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True
)


@page(permission=ESCORT, methods=BOTH)
def send_out(request: Any) -> HttpResponse:
    """Send a group out: those due in court today are offered, others are added by number."""
    now = clock.now()
    offered = _offered(request)
    posted = request.POST if request.method == "POST" else None
    finding = posted is not None and FIND in posted
    form = TripForm(posted, initial={"left_at": now, "expected_back_at": now + timedelta(hours=8)})
    initial = [{"person_id": row.person_id, "goes": _asked_for(request, row)} for row in offered]
    lines = TravellerFormSet(posted, initial=None if posted else initial, prefix="who")
    if posted is not None and finding:
        lines = _with_found(posted, offered)
        for unfinished in (form, *lines):
            as_typed(unfinished)
    asked = None
    whole = posted is not None and not finding and is_whole(form, lines)
    if whole:
        asked = question(request, long_ago_in(form, "left_at") + back_far_ahead(form))
    if whole and asked is None:
        given = dict(form.cleaned_data)
        given["officers"] = [n.strip() for n in given["officers"].split(",") if n.strip()]
        try:
            done = services.send_out(
                command_from(request),
                establishment_id=request.establishment_id,
                prisoners=[
                    services.EscortInput(
                        **{k: v for k, v in line.cleaned_data.items() if k != "goes"}
                    )
                    for line in lines
                    if line.cleaned_data.get("goes")
                ],
                **given,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            out = len(done.escorts)
            told = ngettext("%(count)s is out.", "%(count)s are out.", out) % {"count": out}
            messages.success(request, told)
            return HttpResponseRedirect(reverse("custody:desk"))
    by_id = {row.person_id: row for row in offered}
    shown = [(line, by_id.get(hidden_number(line["person_id"]))) for line in lines]
    errors, not_here = _errors_of(shown), _not_here(request, offered)
    context = {
        "form": form,
        "question": asked,
        "lines": shown,
        "errors": errors,
        "not_here": not_here,
        "management": lines.management_form,
        "draft": draft_of("send-out", (row.person_id for row in offered)),
        "text": "" if finding and not not_here else _text(request),
        "may_verify": request.actor.can("biometrics.verify"),
    }
    wrong = bool(form.errors or errors or asked)
    status = 422 if wrong else 404 if not_here and not finding else 200
    return render(request, "custody/send_out.html", context, status=status)


@page(permission=ESCORT)
def out_now(request: Any) -> HttpResponse:
    """Everyone out with escort, overdue first."""
    rows = selectors.escorts_open(request.actor, request.establishment_id)
    missing = selectors.not_returned(request.establishment_id)
    context = {
        "rows": [
            (row, OUT_KINDS[row.out_kind], missing.get(row.person_id))
            for row in sorted(rows, key=lambda r: (r.person_id not in missing, not r.overdue))
        ],
        "kept_by": NOT_RETURNED,
        "may_verify": request.actor.can("biometrics.verify"),
        "may_correct": request.actor.can("custody.correct"),
        "columns": [
            Column(_("Prisoner")), Column(_("Number")), Column(_("Where")), Column(_("Left")),
            Column(_("Expected back")),
        ],
    }  # fmt: skip
    return render(request, "custody/out.html", context)


def _offered(request: Any) -> list[selectors.RollRow]:
    """Whoever is inside and due in court today, was asked for, was sent, or matches the text."""
    rows = selectors.roll(
        request.actor, request.establishment_id, filters=RollFilters(whereabouts="in")
    )
    text = _text(request).strip().casefold() if request.method != "POST" or _finds(request) else ""
    sent = {value for name, value in request.POST.items() if name.endswith("-person_id")}
    zone = ZoneInfo(facilities.time_zone(request.establishment_id))
    today = clock.now().astimezone(zone).date()
    return [
        row
        for row in rows
        if row.next_appearance == today
        or _asked_for(request, row)
        or str(row.person_id) in sent
        or (text and (text in row.name.casefold() or text in row.number))
    ][:MOST]


def _text(request: Any) -> str:
    """Who is looked for: beside a form that is being filled in, or by the address."""
    found: str = (request.POST if request.method == "POST" else request.GET).get("q", "")
    return found


def _finds(request: Any) -> bool:
    return FIND in request.POST


def _with_found(posted: QueryDict, offered: Iterable[selectors.RollRow]) -> Any:
    """The lines as they were typed, and one more for each who was found."""
    data = posted.copy()
    there = [value for name, value in posted.items() if name.endswith("-person_id")]
    found = [str(row.person_id) for row in offered if str(row.person_id) not in there]
    for number, person_id in enumerate(found[: MOST - len(there)], start=len(there)):
        data[f"who-{number}-person_id"] = person_id
    total = str(min(MOST, len(there) + len(found)))
    data["who-TOTAL_FORMS"] = data["who-INITIAL_FORMS"] = total
    return TravellerFormSet(data, prefix="who")


Line = tuple[TravellerForm, selectors.RollRow | None]


def _errors_of(lines: Iterable[Line]) -> list[dict[str, str]]:
    """Every error of the lines for the summary: whose it is, what is wrong, and the box."""
    found = []
    for line, row in lines:
        who = f"{row.name} {row.number}: ".lstrip() if row else ""
        for name, problems in line.errors.items():
            field = line.fields.get(name)
            box = "goes" if field is None or field.widget.is_hidden else name
            target = f"id_{line.prefix}-{box}"
            found += [{"text": f"{who}{text}", "target": target} for text in problems]
    return found


def _not_here(request: Any, offered: Iterable[selectors.RollRow]) -> list[dict[str, str]]:
    """What to say where somebody was asked for who is not in the prison to be sent out."""
    if request.method == "POST" and _finds(request) and _text(request).strip():
        there = {value for name, value in request.POST.items() if name.endswith("-person_id")}
        if all(str(row.person_id) in there for row in offered):
            told = gettext("Nobody else in the prison has “%(text)s” in the name or number.")
            return [{"text": told % {"text": _text(request)[:80]}, "target": "find-traveller"}]
        return []
    here = {str(row.episode_id) for row in offered}
    asked = set(request.GET.getlist("episode")) - here if request.method != "POST" else set()
    told = ngettext(
        "%(count)s person you asked for cannot be sent out: not in the prison now, or not here.",
        "%(count)s people you asked for cannot be sent out: not in the prison now, or not here.",
        len(asked),
    )
    return [{"text": told % {"count": len(asked)}, "target": ""}] if asked else []


def _asked_for(request: Any, row: selectors.RollRow) -> bool:
    return str(row.episode_id) in request.GET.getlist("episode")
