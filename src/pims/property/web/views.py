"""A prisoner's property: what is in the store, giving it back, receipts."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.kernel.errors import InvalidInput
from pims.property import selectors, services
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, RECORD = "property.view", "property.record"
BOTH = ("GET", "HEAD", "POST")


class GiveBackForm(forms.Form):
    items = forms.TypedMultipleChoiceField(
        label=_("What is given back?"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    given_to = forms.CharField(
        label=_("To whom, where not to the prisoner"), required=False, max_length=200
    )
    signed = forms.ChoiceField(
        label=_("Receipt"),
        choices=[("yes", _("Signed")), ("no", _("Refused to sign"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    witness = forms.CharField(
        label=_("Witness, where it was not signed"), required=False, max_length=120
    )


@page(permission=VIEW)
def person(request: Any, person_id: int) -> HttpResponse:
    context = {
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
        "items": selectors.property_of(request.actor, person_id),
        "receipts": selectors.receipt_ids(request.actor, person_id),
        "columns": [
            Column(_("Item")), Column(_("Quantity"), numeric=True), Column(_("Kept at")),
            Column(_("Taken in")), Column(_("Given back")),
            Column(_("Action"), hidden_label=True),
        ],
        "may_record": request.actor.can(RECORD),
    }  # fmt: skip
    return render(request, "property/person.html", context)


@page(permission=RECORD, methods=BOTH)
def give_back(request: Any, person_id: int) -> HttpResponse:
    """Give property back, against a receipt."""
    held = [i for i in selectors.property_of(request.actor, person_id) if i.held]
    form = GiveBackForm(
        request.POST if request.method == "POST" else None,
        initial={"items": [i.item_id for i in held]},
    )
    form.fields["items"].choices = [  # type: ignore[attr-defined]
        (str(i.item_id), f"{i.quantity} × {i.description}") for i in held
    ]
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = services.return_property(
                command_from(request),
                person_id=person_id,
                establishment_id=request.establishment_id,
                item_ids=given["items"],
                given_to=given["given_to"],
                signed=given["signed"] == "yes",
                refused_to_sign=given["signed"] == "no",
                witness=given["witness"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("property:receipt", args=[done.receipt_id]))
    context = {
        "form": form,
        "held": held,
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
    }
    status = 422 if form.errors else 200
    return render(request, "property/give_back.html", context, status=status)


@page(permission=RECORD, methods=("POST",))
def missing(request: Any, item_id: int) -> HttpResponse:
    services.report_missing(command_from(request), item_id=item_id)
    person_id = selectors.person_of_item(request.actor, item_id)
    return HttpResponseRedirect(reverse("property:person", args=[person_id]))


@page(permission=VIEW)
def receipt(request: Any, receipt_id: int) -> HttpResponse:
    """One receipt, to be printed and signed."""
    found = selectors.receipt(request.actor, receipt_id)
    context = {
        "receipt": found,
        "may_print": request.actor.can("documents.print"),
        "identity": identity_of(request.actor, found.person_id),
        "columns": [
            Column(_("Item")), Column(_("Quantity"), numeric=True), Column(_("Condition")),
        ],
    }  # fmt: skip
    return render(request, "property/receipt.html", context)
