"""One order that names many: everyone received on one screen, the paper recorded once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.authority.services import WarrantNameInput
from pims.authority.web.doubts import paper_doubts
from pims.authority.web.forms import SCAN_HINT, body_choices, kind_choices
from pims.custody import services
from pims.custody.web.order_lines import NamedLine, line_doubts, read_lines, whom
from pims.custody.web.words import RECEPTION_KINDS, received_text
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.ui.commands import command_from
from pims.ui.doubts import Doubt, question
from pims.ui.fields import DayField, InstantField
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.pages import page
from pims.ui.surprising import day_of, long_ago_in

MOST = 200


class OrderForm(forms.Form):
    """The order and its names, one a line: ``Given Family`` with, where known, the age after a
    comma."""

    kind = forms.ChoiceField(label=_("Kind of order"), choices=kind_choices, initial="emergency")
    body_id = forms.TypedChoiceField(label=_("Court or body"), coerce=int, choices=body_choices)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    dated = DayField(label=_("Dated"), required=False)
    until = DayField(label=_("Until (last day, as written)"), required=False)
    names = forms.CharField(
        label=_("Names, one a line"),
        help_text=_("After a comma, the age where it is known: Juan Pérez, 34"),
        widget=forms.Textarea,
        max_length=30_000,
    )
    sex = forms.ChoiceField(
        label=_("Sex of those named"),
        choices=[("male", _("Male")), ("female", _("Female")), ("unknown", _("Mixed"))],
        widget=forms.RadioSelect,
    )
    received_at = InstantField(label=_("Received at"))
    reception_kind = forms.ChoiceField(
        label=_("Where from"), choices=list(RECEPTION_KINDS.items()), initial="emergency_order"
    )
    handed_over_by = forms.CharField(label=_("Handed over by"), max_length=200)
    as_written = forms.CharField(
        label=_("As written"), required=False, max_length=20_000, widget=forms.Textarea
    )
    scan = forms.FileField(label=_("Scan"), required=False, help_text=SCAN_HINT)

    def clean_names(self) -> list[NamedLine]:
        return read_lines(self.cleaned_data["names"], most=MOST)


@page(permission="custody.receive", methods=("GET", "HEAD", "POST"))
def receive_under_order(request: Any) -> HttpResponse:
    """Everyone whom one order names, received at once; each is a prisoner with a number."""
    posted = request.method == "POST"
    form = OrderForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"received_at": clock.now()},
    )
    asked, receipts = None, []
    if posted and uploads_arrived(form, request):
        lines = form.cleaned_data["names"]
        try:
            receipts = whom(request.actor, lines, sex=form.cleaned_data["sex"])
        except forms.ValidationError as problem:
            form.add_error("names", problem)
        else:
            doubts = long_ago_in(form, "received_at") + _paper(request, form)
            asked = question(request, doubts + line_doubts(request.actor, lines, receipts))
    if posted and form.is_valid() and asked is None:
        given = dict(form.cleaned_data)
        scan = given.pop("scan")
        del given["sex"], given["names"]
        try:
            done = services.receive_under_one_order(
                command_from(request),
                establishment_id=request.establishment_id,
                receipts=receipts,
                warrant_kind=given.pop("kind"),
                scan=None if scan is None else scan.read(),
                **given,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(
                request,
                received_text(len(done.receipts)),
            )
            return HttpResponseRedirect(reverse("custody:van", args=[done.van_id]))
    context = {"form": form, "question": asked}
    status = 422 if form.errors or asked else 200
    return render(request, "custody/batch.html", context, status=status)


def _paper(request: Any, form: OrderForm) -> list[Doubt]:
    """What the page of one warrant asks of its dates and reference, asked of the order too."""
    given = form.cleaned_data | {
        "starts_at": form.cleaned_data["received_at"],
        "next_appearance": None,
    }
    labels = {name: field.label for name, field in form.fields.items()}
    name = WarrantNameInput(
        person_id=0, name_as_written="", starts_at=given["starts_at"], until=given["until"]
    )
    doubts = paper_doubts(
        request.actor,
        given,
        [name],
        establishment_id=request.establishment_id,
        impossible={},
        labels=labels | {"starts_at": labels["received_at"]},
    )
    hour = day_of(form, "received_at")  # asked about by itself
    return [doubt for doubt in doubts if doubt.target != hour]
