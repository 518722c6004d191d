"""One order that names many: everyone received on one screen, the paper recorded once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.forms import SCAN_HINT, body_choices, kind_choices
from pims.custody import services
from pims.custody.web.words import RECEPTION_KINDS, received_text
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.ui.commands import command_from
from pims.ui.doubts import question
from pims.ui.fields import DayField, InstantField
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.pages import page
from pims.ui.surprising import long_ago_in

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

    def clean_names(self) -> list[tuple[str, int | None]]:
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines()]
        named = [line for line in lines if line]
        if len(named) > MOST:
            raise forms.ValidationError(
                gettext("At most %(most)s names on one order.") % {"most": MOST}
            )
        return [_name_and_age(line) for line in named]


@page(permission="custody.receive", methods=("GET", "HEAD", "POST"))
def receive_under_order(request: Any) -> HttpResponse:
    """Everyone whom one order names, received at once; each is a prisoner with a number."""
    posted = request.method == "POST"
    form = OrderForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"received_at": clock.now()},
    )
    asked = None
    if posted and uploads_arrived(form, request):
        asked = question(request, long_ago_in(form, "received_at"))
    if posted and form.is_valid() and asked is None:
        given = dict(form.cleaned_data)
        scan, sex = given.pop("scan"), given.pop("sex")
        try:
            done = services.receive_under_one_order(
                command_from(request),
                establishment_id=request.establishment_id,
                receipts=[
                    services.BodyReceiptInput(name_as_given=name, age_as_given=age, sex=sex)
                    for name, age in given.pop("names")
                ],
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


def _name_and_age(line: str) -> tuple[str, int | None]:
    name, comma, age = line.rpartition(",")
    if comma and age.strip().isdigit() and int(age) <= 130:
        return name.strip()[:300], int(age)
    return line[:300], None
