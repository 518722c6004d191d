"""One order: as written, what is wrong with it, what it did, who read it again, what was asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.warrants import scan_response
from pims.courts import selectors, services
from pims.courts.selectors import BlindOrder, OrderInfo
from pims.courts.selectors.pages import order_file
from pims.courts.selectors.pages import query as query_of
from pims.courts.web import words
from pims.courts.web.effects import effect_of
from pims.courts.web.people import heads_of
from pims.courts.web.rows import OrderRow, order_flags, order_rows
from pims.courts.web.steps import BOTH, carried_out, step
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.ui.commands import command_from
from pims.ui.dates import instant_text
from pims.ui.fields import InstantField
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Fact

VIEW, RECORD, READ_AGAIN = "courts.view", "courts.record", "courts.read_again"
SETTLE = "courts.settle"


class FallsForm(forms.Form):
    how = forms.ChoiceField(
        label=_("Why does the order not stand?"),
        choices=[
            ("set_aside", _("The court took it back, and no later order on paper says so")),
            ("void", _("The entry is a mistake: the wrong person, or entered twice")),
        ],
        widget=forms.RadioSelect,
    )
    told_by = forms.CharField(
        label=_("Who at the registry said so?"),
        required=False,
        max_length=120,
        help_text=_("Where the court took it back: call the stored number, never one on a paper"),
    )
    at = InstantField(label=_("Since when does it not stand?"), required=False)
    reason = forms.CharField(
        label=_("Why? This goes on the record"), max_length=300, widget=forms.Textarea
    )


class QueryForm(forms.Form):
    text = forms.CharField(
        label=_("Query to the clerk of court"), max_length=4_000, widget=forms.Textarea
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What did the clerk of court answer?"), max_length=4_000, widget=forms.Textarea
    )


@page(permission=VIEW)
def order_page(request: Any, order_id: int) -> HttpResponse:
    viewer = request.actor
    file = order_file(viewer, order_id)
    order, now = file.order, clock.now()
    if order_id in selectors.unread_by(viewer, [order.person_id]).order_ids:
        return _unread_page(request, order_id)
    heads = heads_of(viewer, [order.person_id, *(one.person_id for one in file.beside)])
    shows(heads)
    phone = next(b.registry_phone for b in authority.bodies() if b.body_id == order.body_id)
    sentences = {one.sentence_id: one for one in order.sentences}
    names = {charge.charge_id: words.charge_text(charge) for charge in file.charges}
    context = {
        "order": order,
        "kind": words.order_kind(order.kind),
        "flags": order_flags(order, now),
        "effect": effect_of(viewer, file, now=now),
        "facts": _facts(order),
        "defects": words.defects(order.defects),
        "charges": list(names.values()),
        "sentences": [
            (
                one,
                words.sentence_text(one, sentences),
                names.get(one.charge_id or 0, ""),
                words.SENTENCE_STATES[one.state],
            )
            for one in order.sentences
        ],
        "changes": _rows(viewer, [file.changes] if file.changes else [], heads, now),
        "changed_by": _rows(viewer, file.changed_by, heads, now),
        "beside": _rows(viewer, file.beside, heads, now),
        "hidden": file.hidden,
        "queries": file.queries,
        "warrant_queries": _warrant_queries(viewer, order),
        "phone": phone,
        "reading": order.reading,
        "read_by": _name(None if order.reading is None else order.reading.read_by_id),
        "settled_by": _name(None if order.reading is None else order.reading.settled_by_id),
        "recorded_by": _name(order.recorded_by_id),
        "may_read": viewer.can(READ_AGAIN)
        and order.recorded_by_id != viewer.user_id
        and order.reading is not None
        and order.reading.read_at is None
        and order.stands,
        "has_scan": bool(scan_of(order)),
        "may_settle": viewer.can(SETTLE),
        # One that fell by a later order may still prove never to have been.
        "may_fall": order.stands or order.fell_by_id is not None,
        "may_confirm": viewer.can(SETTLE)
        and order.stands
        and order.effect == "frees"
        and order.release_order_id is None
        and order.confirmed_at is None,
        "may_record": viewer.can(RECORD),
        "identity": identity_of(viewer, order.person_id),
    }
    return render(request, "courts/order.html", context)


def _rows(viewer: Any, orders: Sequence[OrderInfo], heads: Any, now: datetime) -> list[OrderRow]:
    """Orders beside this one, but for what the viewer may still read again."""
    return order_rows(selectors.without_first_readings(viewer, orders)[0], heads, now)


def _unread_page(request: Any, order_id: int) -> HttpResponse:
    """Which paper it is, for whoever may read it again: what was keyed is shown to who asks."""
    blind = selectors.order_to_read(request.actor, order_id)
    shows(blind.person_ids)
    context = {
        "order": blind,
        "kind": words.order_kind(blind.kind),
        "facts": blind_facts(blind),
        "has_scan": bool(scan_of(blind)),
        "identity": identity_of(request.actor, blind.person_id),
    }
    return render(request, "courts/order_unread.html", context)


def blind_facts(blind: BlindOrder) -> list[Fact]:
    """What the second officer is told of a paper before keying it."""
    return [
        Fact(_("Kind of order"), blind.label[words.language()]),
        Fact(_("Court or body"), blind.body_name),
        Fact(_("Reference"), blind.reference or "—"),
        Fact(_("Name as written"), blind.name_as_written),
        Fact(_("Received"), blind.received_at),
        Fact(_("To be read by"), blind.due_at),
    ]


@page(permission=READ_AGAIN, methods=("POST",))
def show_keyed(request: Any, order_id: int) -> HttpResponse:
    """Whoever may read it again asks for what was keyed: remembered, and no reading of theirs is
    blind from then on."""
    services.show_what_was_keyed(command_from(request), order_id=order_id)
    messages.info(request, gettext("You see what was keyed: a reading of yours is not blind now."))
    return to_order(order_id)


class ConfirmForm(forms.Form):
    spoke_to = forms.CharField(
        label=_("Who at the registry said so?"),
        max_length=120,
        help_text=_("Call the stored number, never one on a paper"),
    )


@page(permission=SETTLE, methods=BOTH)
def confirm(request: Any, order_id: int) -> HttpResponse:
    """The registry confirms an order that frees and that no release order was made of."""
    order = selectors.order(request.actor, order_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)

    def keep() -> None:
        services.confirm_order(command_from(request), order_id=order_id, **form.cleaned_data)

    if form.is_valid() and carried_out(form, keep):
        messages.success(request, gettext("Confirmed. What the order quashes is quashed."))
        return to_order(order_id)
    context = about(order)
    phone = next(b.registry_phone for b in authority.bodies() if b.body_id == order.body_id)
    context["facts"] += [Fact(_("Stored number of the registry"), phone or "—")]
    return step(
        request, form, _("The registry confirmed it"), person_id=order.person_id, context=context
    )


def _warrant_queries(viewer: Any, order: OrderInfo) -> list[Any]:
    if order.warrant_name_id is None or not viewer.can("authority.view"):
        return []
    paper = authority.warrant_name(viewer, order.warrant_name_id)
    return list(authority.queries_of(paper.warrant_id))


def _name(user_id: int | None) -> str:
    return "" if user_id is None else user_names({user_id}).get(user_id, "—")


def _facts(order: OrderInfo) -> list[Fact]:
    facts = [
        Fact(_("Court or body"), order.body_name),
        Fact(_("Reference"), order.reference or "—"),
        Fact(
            _("Case"), order.case_number or "—",
            url=reverse("courts:case", args=[order.case_id]) if order.case_id else "",
            action=_("Open"),
        ),
        Fact(_("Name as written"), order.name_as_written),
        Fact(_("Dated"), order.dated or "—"),
        Fact(_("Received"), order.received_at),
    ]  # fmt: skip
    more = [
        (_("In force from"), order.holds_from if order.holds_from != order.received_at else None),
        (_("Next date"), order.next_date),
        (_("Until (last day, as written)"), order.until),
        (_("Amount in dollars"), words.dollars(order.amount_cents)),
        (_("Review every so many months"), order.review_months),
        (_("Sureties"), order.sureties),
        (_("Conditions"), order.conditions),
        (_("What it does to the earlier order"), words.CHANGES.get(order.change)),
        (_("Earlier order, as written"), order.changes_as_written),
        (_("As written"), order.as_written),
    ]
    facts += [Fact(label, value) for label, value in more if value]
    facts += [
        Fact(f"{words.field_label(_as_difference(name))}: {gettext('as written')}", text)
        for name, text in order.dates_as_written.items()
    ]
    if not order.stands:
        facts += [Fact(_("Since when it does not stand"), order.state_at),
                  Fact(_("Reason"), order.state_reason)]  # fmt: skip
    return facts


def _as_difference(name: str) -> str:
    """``sentences.2.effective_from`` as a difference names the same box."""
    parts = name.split(".")
    return f"sentence_{parts[1]}.{parts[2]}" if len(parts) == 3 else name


@page(permission=VIEW)
def scan(request: Any, order_id: int) -> HttpResponse:
    """The scan of an order, decrypted for this viewer; shown, never run."""
    order = selectors.order(request.actor, order_id)
    blob = scan_of(order)
    if not blob:
        raise NotFound("scan", order_id)
    shows([order.person_id])
    return scan_response(blob, f"court-order-{order_id}")


def scan_of(order: Any) -> str:
    """The scan of the order, of its warrant or of its release order; "" where there is none."""
    if order.scan_blob_id is not None:
        return str(order.scan_blob_id)
    root = order.person_id
    if order.warrant_name_id is not None:
        papers = authority.warrants_of([root], zone="UTC").get(root, [])
        found = (w.scan_blob_id for w in papers if w.warrant_name_id == order.warrant_name_id)
        return next(found, None) or ""
    if order.release_order_id is not None:
        made = authority.release_orders([root]).get(root, [])
        blobs = (r.scan_blob_id for r in made if r.release_order_id == order.release_order_id)
        return next(blobs, None) or ""
    return ""


@page(permission=SETTLE, methods=BOTH)
def set_aside(request: Any, order_id: int) -> HttpResponse:
    """The order does not stand: the court took it back, or the entry was a mistake."""
    order = selectors.order(request.actor, order_id)
    form = FallsForm(request.POST if request.method == "POST" else None)

    def fall() -> None:
        services.set_aside_order(command_from(request), order_id=order_id, **form.cleaned_data)

    if form.is_valid() and carried_out(form, fall):
        messages.success(request, gettext("Recorded. The entry stays to be read."))
        return to_order(order_id)
    return step(
        request, form, _("The order does not stand"), person_id=order.person_id,
        context=about(order),
    )  # fmt: skip


@page(permission=RECORD, methods=BOTH)
def query(request: Any, query_id: int) -> HttpResponse:
    """Word the drafted query and say that it went; then its answer is due."""
    found = query_of(request.actor, query_id)
    order = selectors.order(request.actor, found.order_id)
    posted = request.POST if request.method == "POST" else None
    sent = found.sent_at is not None
    form: forms.Form = (
        AnswerForm(posted, initial={"answer": found.answer})
        if sent
        else QueryForm(posted, initial={"text": found.text})
    )

    def carry() -> None:
        command = command_from(request)
        if sent:
            services.record_order_answer(
                command, query_id=query_id, answer=form.cleaned_data["answer"]
            )
        else:
            services.send_order_query(command, query_id=query_id, text=form.cleaned_data["text"])

    if form.is_valid() and carried_out(form, carry):
        done = gettext("The answer is on the record.") if sent else gettext("Marked as sent.")
        messages.success(request, done)
        return to_order(order.order_id)
    context = about(order)
    if sent and found.sent_at is not None:
        context["facts"] += [Fact(_("Asked"), found.text),
                             Fact(_("Sent"), instant_text(found.sent_at))]  # fmt: skip
    title = _("Answer of the clerk of court") if sent else _("Query to the clerk of court")
    return step(request, form, title, person_id=order.person_id, context=context)


def about(order: OrderInfo) -> dict[str, Any]:
    return {
        "facts": [
            Fact(_("Kind of order"), words.order_kind(order.kind)),
            Fact(_("Court or body"), order.body_name),
            Fact(_("Reference"), order.reference or "—"),
        ],
        "back": reverse("courts:order", args=[order.order_id]),
        "back_label": _("The order in full"),
    }


def to_order(order_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("courts:order", args=[order_id]))
