"""Cases and charges: opened, corrected, decided, and one case with all that belongs to it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.forms import body_choices
from pims.authority.web.written import Written, WrittenDayField
from pims.courts import services
from pims.courts.selectors import CaseInfo
from pims.courts.selectors.blind import without_first_readings
from pims.courts.selectors.pages import case_file
from pims.courts.selectors.pages import charge as charge_of
from pims.courts.web import words
from pims.courts.web.boxes import written_days
from pims.courts.web.order_forms import new_charge
from pims.courts.web.people import heads_of, numbers_in
from pims.courts.web.rows import hearing_columns, hearing_rows, order_rows
from pims.courts.web.steps import BOTH, carried_out, step
from pims.facilities import selectors as facilities
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.reasons import Reason
from pims.ui.commands import command_from
from pims.ui.doubts import Doubt, question
from pims.ui.fields import DayField, HiddenNumberField
from pims.ui.identity import identity_of
from pims.ui.names import name_and_number
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.ui.surprising import day_of, years_ago

VIEW, RECORD = "courts.view", "courts.record"
OLD_OFFENCE_YEARS = 15


class CaseForm(forms.Form):
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    number = forms.CharField(
        label=_("Number of the case"), max_length=80, help_text=_("As the court writes it")
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    opened_on = DayField(label=_("Opened on"), required=False)
    others = forms.CharField(
        label=_("Others before the court in it"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea,
        help_text=_("Their numbers, one a line"),
    )


class AmendCaseForm(forms.Form):
    version = HiddenNumberField()
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    number = forms.CharField(label=_("Number of the case"), max_length=80)
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    opened_on = DayField(label=_("Opened on"), required=False)
    closed_on = DayField(label=_("Closed on"), required=False)
    reason = forms.CharField(label=_("Why is it changed?"), max_length=300)


class ChargeForm(forms.Form):
    """A charge: the offence by its name, the paper's words, and when it is said to have been."""

    person_id = forms.TypedChoiceField(label=_("Against whom?"), coerce=int)
    offence = forms.CharField(
        label=_("Offence"),
        required=False,
        max_length=300,
        help_text=_("Begin to type its name, in English or Spanish, or the section"),
        widget=forms.TextInput(
            {"autocomplete": "off", "data-suggest": reverse_lazy("courts:offences")}
        ),
    )
    as_written = forms.CharField(
        label=_("As written"), required=False, max_length=10_000, widget=forms.Textarea,
        help_text=_("The words of the charge, where they say more or something else"),
    )  # fmt: skip
    offence_from = WrittenDayField(label=_("Offence on, or from"), required=False)
    offence_to = WrittenDayField(label=_("Until, where it lasted"), required=False)
    likely_months = forms.IntegerField(
        label=_("Likely sentence, in months"),
        required=False,
        min_value=1,
        max_value=1200,
        help_text=_("Where a lawyer or the court spoke of one. Whoever waits longer is alarmed."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.impossible: dict[str, Written] = {}
        if people:
            self.fields["person_id"].choices = people  # type: ignore[attr-defined]
        else:
            del self.fields["person_id"]

    def clean(self) -> dict[str, Any]:
        """What the table does not know is the paper's words, and so is a day of no calendar."""
        given = super().clean() or self.cleaned_data
        self.impossible = written_days(self)
        known = new_charge(given.get("offence", "")) if given.get("offence") else None
        kept = [given.get("as_written", "")]
        given["offence_code"] = "" if known is None else known.offence_code
        if known is not None and known.as_written:
            kept.insert(0, known.as_written)
        kept += [f"{self.fields[name].label}: {w.text}" for name, w in self.impossible.items()]
        given["as_written"] = "\n".join(filter(None, kept))
        return given

    def values(self) -> dict[str, Any]:
        names = ("offence_code", "as_written", "offence_from", "offence_to", "likely_months")
        return {name: self.cleaned_data[name] for name in names}


class AmendChargeForm(ChargeForm):
    version = HiddenNumberField()
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=300)


class DecideForm(forms.Form):
    state = forms.ChoiceField(
        label=_("What became of the charge?"), choices=list(words.CHARGE_STATES.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip
    decided_on = DayField(label=_("Decided on"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=10_000,
                           widget=forms.Textarea)  # fmt: skip


@page(permission=RECORD, methods=BOTH)
def open_case(request: Any, person_id: int) -> HttpResponse:
    """A case by the court's number, with everyone who is before the court in it."""
    identity_of(request.actor, person_id)
    form = CaseForm(request.POST if request.method == "POST" else None)
    made: list[int] = []

    def record() -> None:
        given = dict(form.cleaned_data)
        given.pop("others")
        done = services.open_case(
            command_from(request),
            establishment_id=request.establishment_id,
            person_ids=list(dict.fromkeys([person_id, *others])),
            **given,
        )
        made.append(done.case_id)

    if form.is_valid():
        others = numbers_in(request.actor, form, "others")
        if form.is_valid() and carried_out(form, record):
            messages.success(request, gettext("The case is on the record. Add its charges."))
            return HttpResponseRedirect(reverse("courts:case", args=made))
    return step(request, form, _("Open a case"), person_id=person_id,
                context={"draft": f"case-{person_id}"})  # fmt: skip


@page(permission=VIEW)
def case_page(request: Any, case_id: int) -> HttpResponse:
    """One case: who is before the court, charged with what, heard when, and what was ordered."""
    viewer = request.actor
    whole = case_file(viewer, case_id)
    shown, listed = without_first_readings(viewer, whole.orders, whole.hearings)
    file = replace(whole, orders=shown, hearings=listed)
    heads = heads_of(viewer, file.case.person_ids)
    shows(heads)
    today = clock.today(facilities.time_zone(request.establishment_id))
    context = {
        "case": file.case,
        "facts": _facts(file.case),
        "people": [heads[i] for i in file.case.person_ids if i in heads],
        "charges": [
            (
                charge,
                words.charge_text(charge),
                words.citation(charge.offence_code),
                heads.get(charge.person_id),
                words.CHARGE_STATES[charge.state],
                words.defects(charge.defects),
            )
            for charge in file.case.charges
        ],
        "hearings": hearing_rows(file.hearings, heads, today),
        "orders": order_rows(file.orders, heads, clock.now()),
        "charge_columns": [
            Column(_("Charge")), Column(_("Prisoner")), Column(_("Offence on")),
            Column(_("State")), Column(_("Action"), hidden_label=True),
        ],
        "hearing_columns": hearing_columns(named=True),
        "may_record": viewer.can(RECORD),
        "identity": identity_of(viewer, file.case.person_ids[0])
        if len(file.case.person_ids) == 1
        else None,
    }  # fmt: skip
    return render(request, "courts/case.html", context)


@page(permission=RECORD, methods=BOTH)
def amend_case(request: Any, case_id: int) -> HttpResponse:
    file = case_file(request.actor, case_id)

    def started(case: CaseInfo) -> dict[str, Any]:
        names = ("version", "body_id", "number", "title", "opened_on", "closed_on")
        return {name: getattr(case, name) for name in names}

    form = AmendCaseForm(
        request.POST if request.method == "POST" else None, initial=started(file.case)
    )

    def correct() -> None:
        services.amend_case(command_from(request), case_id=case_id, **form.cleaned_data)

    def fresh() -> forms.Form:
        return AmendCaseForm(initial=started(case_file(request.actor, case_id).case))

    if form.is_valid() and carried_out(form, correct, fresh=fresh):
        return _to_case(case_id)
    return step(request, form, _("Change or close a case"), context=_about(file.case))


@page(permission=RECORD, methods=BOTH)
def add_charge(request: Any, case_id: int) -> HttpResponse:
    case = case_file(request.actor, case_id).case
    heads = heads_of(request.actor, case.person_ids)
    shows(heads)
    form = ChargeForm(
        request.POST if request.method == "POST" else None,
        people=[(str(i), name_and_number(h.display_name, h.number)) for i, h in heads.items()],
    )
    asked = None

    def bring() -> None:
        services.add_charge(
            command_from(request),
            case_id=case_id,
            person_id=form.cleaned_data["person_id"],
            **form.values(),
        )

    if form.is_valid():
        asked = question(request, _doubts(form))
    if form.is_valid() and asked is None and carried_out(form, bring):
        messages.success(request, gettext("The charge is on the record."))
        return _to_case(case_id)
    context = _about(case) | {"question": asked, "draft": f"charge-{case_id}"}
    return step(request, form, _("Add a charge"), context=context)


@page(permission=RECORD, methods=BOTH)
def amend_charge(request: Any, charge_id: int) -> HttpResponse:
    charge, case = charge_of(request.actor, charge_id)

    def started(found: Any) -> dict[str, Any]:
        return {
            "version": found.version,
            "offence": words.offence(found.offence_code) if found.offence_code else "",
            "as_written": found.as_written,
            "offence_from": found.offence_from,
            "offence_to": found.offence_to,
            "likely_months": found.likely_months,
        }

    form = AmendChargeForm(
        request.POST if request.method == "POST" else None, initial=started(charge), people=[]
    )
    asked = None

    def correct() -> None:
        services.amend_charge(
            command_from(request),
            charge_id=charge_id,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            **form.values(),
        )

    def fresh() -> forms.Form:
        now, _case = charge_of(request.actor, charge_id)
        return AmendChargeForm(initial=started(now), people=[])

    if form.is_valid():
        asked = question(request, _doubts(form))
    if form.is_valid() and asked is None and carried_out(form, correct, fresh=fresh):
        return _to_case(case.case_id)
    context = _about(case) | {"question": asked}
    return step(request, form, _("Correct a charge"), person_id=charge.person_id, context=context)


@page(permission=RECORD, methods=BOTH)
def decide_charge(request: Any, charge_id: int) -> HttpResponse:
    """What became of a charge, where no order of the court says it."""
    charge, case = charge_of(request.actor, charge_id)
    form = DecideForm(
        request.POST if request.method == "POST" else None,
        initial={"state": charge.state, "decided_on": charge.decided_on},
    )

    def decide() -> None:
        services.decide_charge(command_from(request), charge_id=charge_id, **form.cleaned_data)

    if form.is_valid() and carried_out(form, decide):
        return _to_case(case.case_id)
    context = _about(case)
    context["facts"] = [Fact(_("Charge"), words.charge_text(charge)), *context["facts"]]
    return step(request, form, _("Decide a charge"), person_id=charge.person_id, context=context)


def _doubts(form: ChargeForm) -> list[Doubt]:
    given = form.cleaned_data
    found = [
        Doubt(
            Reason("courts.doubt_impossible_date",
                   {"box": str(form[name].label), "text": written.text}),
            day_of(form, name),
        )
        for name, written in form.impossible.items()
    ]  # fmt: skip
    first, last = given["offence_from"], given["offence_to"]
    today = timezone.localdate(clock.now())
    if first is not None and last is not None and last < first:
        target = day_of(form, "offence_to")
        found.append(Doubt(Reason("courts.defect_offence_dates_out_of_order"), target))
    for name in ("offence_from", "offence_to"):
        day = given[name]
        if day is None:
            continue
        if day > today:
            found.append(Doubt(Reason("courts.doubt_offence_to_come"), day_of(form, name)))
        found += years_ago(
            day, day_of(form, name), what=form[name].label, against=today, years=OLD_OFFENCE_YEARS
        )
    return found


def _facts(case: CaseInfo) -> list[Fact]:
    facts = [
        Fact(_("Court or body"), case.body_name),
        Fact(_("Number of the case"), case.number),
        Fact(_("Title"), case.title or "—"),
        Fact(_("Opened on"), case.opened_on or "—"),
    ]
    return facts + ([Fact(_("Closed on"), case.closed_on)] if case.closed_on else [])


def _about(case: CaseInfo) -> dict[str, Any]:
    return {
        "facts": [Fact(_("Case"), case.number), Fact(_("Court or body"), case.body_name)],
        "back": reverse("courts:case", args=[case.case_id]),
        "back_label": _("The whole case"),
    }


def _to_case(case_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("courts:case", args=[case_id]))
