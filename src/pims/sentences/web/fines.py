"""Fines at the gate: what frees now, money taken, the receipt. At any hour."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.words import kind_label
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.sentences import selectors, services
from pims.sentences.selectors import FineDue, PaymentInfo
from pims.sentences.web import words
from pims.sentences.web.fine_forms import PaymentForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.names import name_and_number
from pims.ui.pages import page
from pims.ui.printing import in_language_of
from pims.ui.shapes import Column, Fact

VIEW, TAKE = "sentences.view", "sentences.take_payment"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def index(request: Any) -> HttpResponse:
    """Whoever money could free from a fine today, the smallest amount first."""
    on = clock.now().astimezone(_zone(request)).date()
    found = selectors.held_for_fines(request.actor, request.establishment_id, on)
    headers = people.person_headers(request.actor, list(found), brief=True)
    shows(list(headers))
    rows = [
        {
            "header": headers[person_id],
            "person_id": person_id,
            "frees": words.dollars(sum(one.frees_cents for one in due)),
            "outstanding": words.dollars(sum(one.outstanding_cents for one in due)),
            "provisional": any(one.provisional for one in due),
            "orders": ", ".join(one.order.reference or one.order.body_name for one in due),
        }
        for person_id, due in sorted(
            found.items(), key=lambda one: sum(due.frees_cents for due in one[1])
        )
        if person_id in headers
    ]
    columns = [
        Column(_("Prisoner")), Column(_("Number")), Column(_("Frees today"), numeric=True),
        Column(_("Still owed"), numeric=True), Column(_("Order")),
    ]  # fmt: skip
    return render(request, "sentences/fines.html", {"rows": rows, "columns": columns})


@page(permission=VIEW, methods=BOTH)
def person(request: Any, person_id: int) -> HttpResponse:
    """What one prisoner owes, what frees now and what does not; taking the money."""
    identity = identity_of(request.actor, person_id)
    found = selectors.fines(request.actor, person_id, clock.now(), _zone(request))
    open_ones = [one for one in found.due if one.outstanding_cents]
    may_take = request.actor.can_at(TAKE, request.establishment_id)
    form = PaymentForm(
        request.POST if request.method == "POST" else None,
        defaults=[(str(one.sentence_id), _title(one)) for one in open_ones],
        initial={"received_at": clock.now()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.take_payment(
                command_from(request),
                establishment_id=request.establishment_id,
                person_id=person_id,
                sentence_id=given["sentence"],
                amount_cents=given["amount"],
                received_at=given["received_at"],
                paid_by=given["paid_by"],
                how=given["how"],
                paper=given["paper"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Recorded. Print the receipt."))
            return HttpResponseRedirect(reverse("sentences:receipt", args=[made.payment_id]))
    officers = user_names([one.recorded_by_id for one in found.payments])
    context = {
        "identity": identity,
        "person_id": person_id,
        "found": found,
        "frees": words.dollars(found.frees_cents),
        "rows": [_row(one) for one in found.due],
        "columns": [
            Column(_("Order")), Column(_("Fine"), numeric=True), Column(_("Paid"), numeric=True),
            Column(_("Still owed"), numeric=True), Column(_("Frees today"), numeric=True),
        ],
        "provisional": any(one.provisional for one in found.due),
        "others": [f"{kind_label(one.kind)} {one.reference}".strip() for one in found.others],
        "payments": [
            (one, words.dollars(one.amount_cents), officers.get(one.recorded_by_id, "—"))
            for one in found.payments
        ],
        "payment_columns": [
            Column(_("Receipt"), numeric=True), Column(_("Received")),
            Column(_("Amount"), numeric=True), Column(_("Paid by")), Column(_("Officer")),
        ],
        "form": form if may_take and open_ones else None,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "sentences/fine.html", context, status=status)


@page(permission=VIEW)
def receipt(request: Any, payment_id: int) -> HttpResponse:
    """The receipt, to be printed: for who paid, and for the file."""
    with in_language_of(request):
        found = selectors.payment(request.actor, payment_id)
        if found is None:
            raise NotFound("payment", payment_id)
        header = people.person_headers(request.actor, [found.person_id], brief=True)
        if found.person_id not in header:
            raise NotFound("payment", payment_id)
        shows([found.person_id])
        zone = ZoneInfo(facilities.time_zone(found.establishment_id))
        fines = selectors.fines(request.actor, found.person_id, clock.now(), zone)
        due = next((one for one in fines.due if one.sentence_id == found.sentence_id), None)
        context = {
            "found": found,
            "header": header[found.person_id],
            "facts": _receipt(found, header[found.person_id], due),
            "owed": due.outstanding_cents if due else 0,
            "others": bool(fines.others)
            or any(one.outstanding_cents for one in fines.due if one is not due),
        }
        return render(request, "sentences/receipt.html", context)


def _receipt(found: PaymentInfo, header: Any, due: FineDue | None) -> list[Fact]:
    officer = user_names([found.recorded_by_id]).get(found.recorded_by_id, "—")
    facts = [
        Fact(_("Receipt"), f"{found.number:06}"),
        Fact(_("Prisoner"), name_and_number(header.display_name, header.number)),
        Fact(_("Amount received"), words.dollars(found.amount_cents)),
        Fact(_("Paid by"), found.paid_by),
        Fact(_("How"), words.WAYS_OF_PAYING[found.how]),
        Fact(_("Received"), found.received_at),
        Fact(_("Received by"), officer),
    ]
    if found.paper:
        facts.insert(5, Fact(_("Paper"), found.paper))
    if due is not None:
        facts += [
            Fact(_("For"), _title(due)),
            Fact(_("Still owed"), words.dollars(due.outstanding_cents)),
        ]
    return facts


def _row(one: FineDue) -> dict[str, Any]:
    return {
        "title": _title(one),
        "order_id": one.order.order_id,
        "amount": words.dollars(one.amount_cents),
        "paid": words.dollars(one.paid_cents),
        "outstanding": words.dollars(one.outstanding_cents),
        "frees": words.dollars(one.frees_cents),
        "over": not one.frees_cents,
        "served": not one.frees_cents and bool(one.outstanding_cents),
    }


def _title(one: FineDue) -> str:
    said = f"{words.KINDS[one.kind]} · {one.order.body_name} {one.order.reference}".strip()
    if not one.together_with:
        return said
    count = len(one.together_with) + 1
    return f"{said} · " + gettext("together: %(count)s sentences") % {"count": count}


def _zone(request: Any) -> ZoneInfo:
    return ZoneInfo(facilities.time_zone(request.establishment_id))
