"""Hearings: when somebody must stand before a court, moved, cancelled, and what came of them."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.forms import body_choices
from pims.authority.web.words import kind_label
from pims.courts import selectors, services
from pims.courts.selectors import HearingInfo
from pims.courts.selectors.freed import FREED
from pims.courts.selectors.pages import person_file
from pims.courts.web import words
from pims.courts.web.boxes import hour_field
from pims.courts.web.steps import BOTH, carried_out, step
from pims.facilities import selectors as facilities
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock, limits
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.ui.commands import command_from
from pims.ui.dates import day_asked, day_text
from pims.ui.doubts import Doubt, question
from pims.ui.fields import DayField, HiddenNumberField
from pims.ui.pages import page
from pims.ui.shapes import Fact
from pims.ui.surprising import day_of, far_ahead

RECORD = "courts.record"
# An outcome is told of the day in court: where nobody says the hour, of its end.
AFTER_COURT = time(16)


class HearingForm(forms.Form):
    case_id = forms.TypedChoiceField(label=_("Case"), required=False, coerce=int, empty_value=None)
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    on = DayField(label=_("Day"))
    at_time = hour_field(_("Hour, where it is known"))
    mode = forms.ChoiceField(label=_("How it is held"), choices=list(words.MODES.items()))
    purpose = forms.CharField(label=_("What for"), required=False, max_length=120)
    warrant_name_id = forms.TypedChoiceField(
        label=_("Warrant that waits for it"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, cases: list[Any], warrants: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("case_id", cases), ("warrant_name_id", warrants)):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]


class MoveForm(forms.Form):
    version = HiddenNumberField()
    on = DayField(label=_("New day"))
    at_time = hour_field(_("Hour, where it is known"))
    mode = forms.ChoiceField(label=_("How it is held"), choices=list(words.MODES.items()))
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    by_order = forms.BooleanField(
        label=_("The court itself put the prisoner over to this day"),
        required=False,
        help_text=_("The warrant then names it. A clerk's list lengthens nobody's custody."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=300)


class CancelForm(forms.Form):
    version = HiddenNumberField()
    reason = forms.CharField(label=_("Why does it not take place?"), max_length=300)


class OutcomeForm(forms.Form):
    version = HiddenNumberField()
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("Choose")), *words.OUTCOMES.items()]
    )
    next_on = DayField(label=_("Next day, where the court named one"), required=False)
    next_time = hour_field(_("Hour, where it is known"))
    next_mode = forms.ChoiceField(
        label=_("How the next hearing is held"), choices=list(words.MODES.items())
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2_000, widget=forms.Textarea)


@page(permission=RECORD, methods=BOTH)
def schedule(request: Any, person_id: int) -> HttpResponse:
    """A hearing: recorded on any day; one on which the court is closed is asked about."""
    file = person_file(request.actor, person_id)
    zone = facilities.time_zone(request.establishment_id)
    held = [
        w
        for w in authority.warrants_of([file.person_id], zone=zone).get(file.person_id, [])
        if w.ends_at is None and authority.waits_for_court(w.kind)
    ]
    form = HearingForm(
        request.POST if request.method == "POST" else None,
        initial={"on": day_asked(request.GET.get("day", "")), "mode": "in_person",
                 "case_id": request.GET.get("case", "")},
        cases=[(str(c.case_id), f"{c.number} · {c.body_name}") for c in file.cases],
        warrants=[
            (str(w.warrant_name_id), f"{kind_label(w.kind)} {w.reference}".strip()) for w in held
        ],
    )  # fmt: skip
    asked = None

    def record() -> None:
        services.schedule_hearing(
            command_from(request),
            establishment_id=request.establishment_id,
            person_id=file.person_id,
            **form.cleaned_data,
        )

    if form.is_valid():
        asked = question(request, day_doubts(form, "on", form.cleaned_data["body_id"], zone))
    if form.is_valid() and asked is None and carried_out(form, record):
        messages.success(request, gettext("The hearing is in the diary."))
        return to_file(file.person_id)
    context = {"question": asked, "draft": f"hearing-{file.person_id}"}
    return step(request, form, _("Schedule a hearing"), person_id=file.person_id, context=context)


@page(permission=RECORD, methods=BOTH)
def move(request: Any, hearing_id: int) -> HttpResponse:
    hearing = selectors.hearing(request.actor, hearing_id)

    def made(data: Any = None) -> MoveForm:
        now = selectors.hearing(request.actor, hearing_id)
        names = ("version", "on", "at_time", "mode", "body_id")
        return MoveForm(data, initial={name: getattr(now, name) for name in names})

    form = made(request.POST if request.method == "POST" else None)
    asked = None

    def shift() -> None:
        services.move_hearing(command_from(request), hearing_id=hearing_id, **form.cleaned_data)

    if form.is_valid():
        zone = facilities.time_zone(hearing.establishment_id)
        asked = question(request, day_doubts(form, "on", form.cleaned_data["body_id"], zone))
    if form.is_valid() and asked is None and carried_out(form, shift, fresh=made):
        messages.success(request, gettext("The hearing is moved."))
        return to_file(hearing.person_id)
    context = _about(hearing) | {"question": asked}
    return step(request, form, _("Move a hearing"), person_id=hearing.person_id, context=context)


@page(permission=RECORD, methods=BOTH)
def cancel(request: Any, hearing_id: int) -> HttpResponse:
    hearing = selectors.hearing(request.actor, hearing_id)
    form = CancelForm(
        request.POST if request.method == "POST" else None, initial={"version": hearing.version}
    )

    def strike() -> None:
        services.cancel_hearing(command_from(request), hearing_id=hearing_id, **form.cleaned_data)

    if form.is_valid() and carried_out(form, strike, fresh=lambda: _of_now(request, hearing_id)):
        messages.success(request, gettext("The hearing is cancelled."))
        return to_file(hearing.person_id)
    return step(
        request, form, _("Cancel a hearing"), person_id=hearing.person_id, context=_about(hearing)
    )


def _of_now(request: Any, hearing_id: int) -> CancelForm:
    return CancelForm(initial={"version": selectors.hearing(request.actor, hearing_id).version})


@page(permission=RECORD, methods=BOTH)
def outcome(request: Any, hearing_id: int) -> HttpResponse:
    """What came of it; an order of the court in writing is recorded as an order besides."""
    hearing = selectors.hearing(request.actor, hearing_id)

    def made(data: Any = None) -> OutcomeForm:
        now = selectors.hearing(request.actor, hearing_id)
        return OutcomeForm(
            data,
            initial={"version": now.version, "outcome": now.outcome, "note": now.outcome_note,
                     "next_mode": "in_person"},
        )  # fmt: skip

    form = made(request.POST if request.method == "POST" else None)
    asked = None
    zone = facilities.time_zone(hearing.establishment_id)

    def record() -> None:
        services.record_hearing_outcome(
            command_from(request),
            hearing_id=hearing_id,
            happened_at=told_of(hearing.on, hearing.at_time, zone),
            **form.cleaned_data,
        )

    if form.is_valid():
        asked = question(request, day_doubts(form, "next_on", hearing.body_id, zone))
    if form.is_valid() and asked is None and carried_out(form, record, fresh=made):
        messages.success(request, gettext("The outcome is on the record."))
        if form.cleaned_data["outcome"] in FREED:
            return to_order_of(hearing_id, hearing.person_id, request)
        return to_file(hearing.person_id)
    context = _about(hearing) | {"question": asked}
    return step(
        request, form, _("Outcome of a hearing"), person_id=hearing.person_id, context=context
    )


def to_order_of(hearing_id: int, person_id: int, request: Any) -> HttpResponseRedirect:
    """Whoever a court let go is held until its order is recorded: that comes next."""
    messages.warning(
        request, gettext("The court let the prisoner go: record the order by which it did.")
    )
    root = people.canonical_id(person_id)
    address = reverse("courts:record_order", args=[root])
    return HttpResponseRedirect(f"{address}?hearing={hearing_id}")


def told_of(on: date, at_time: time | None, zone: str) -> datetime:
    """The instant that an outcome is told of: on the day of the hearing, and never to come."""
    at = datetime.combine(on, at_time or AFTER_COURT, ZoneInfo(zone))
    return min(at, clock.now())


def day_doubts(form: forms.BaseForm, name: str, body_id: int, zone: str) -> list[Doubt]:
    """What is odd about a day on which somebody is to stand before a court."""
    on = form.cleaned_data.get(name)
    if on is None:
        return []
    box = form.fields[name]
    target = day_of(form, name) if isinstance(box, DayField) else str(form[name].auto_id)
    return doubts_of_day(on, body_id, zone, what=form[name].label, target=target)


def doubts_of_day(on: date, body_id: int, zone: str, *, what: object, target: str) -> list[Doubt]:
    found = []
    body = next((b for b in authority.bodies() if b.body_id == body_id), None)
    if on < clock.today(zone):
        found.append(Doubt(Reason("courts.doubt_day_passed", {"day": day_text(on)}), target))
    odd = None if body is None else doubt_of_day(body.code, on)
    if body is not None and odd is not None:
        named = "" if odd.holiday is None else odd.holiday.label[words.language()]
        params = {"body": body.name, "day": day_text(on), "holiday": named}
        found.append(Doubt(Reason(f"courts.doubt_{odd.code}", params), target))
    return found + far_ahead(on, target, what=what, beyond=limits.APPEARANCE_AHEAD)


def _about(hearing: HearingInfo) -> dict[str, Any]:
    hour = "" if hearing.at_time is None else f", {hearing.at_time:%H:%M}"
    return {
        "facts": [
            Fact(_("Court or body"), hearing.body_name),
            Fact(_("Day"), f"{day_text(hearing.on)}{hour}"),
            Fact(_("Case"), hearing.case_number or "—"),
            Fact(_("What for"), hearing.purpose or "—"),
        ],
        "back": reverse("courts:person", args=[hearing.person_id]),
        "back_label": _("Everything at the courts"),
    }


def to_file(person_id: int) -> HttpResponseRedirect:
    root = people.canonical_id(person_id)
    return HttpResponseRedirect(reverse("courts:person", args=[root]))
