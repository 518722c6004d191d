"""The second reading: the queue, the blind form, and two readings that differ side by side."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority.web.warrants import scan_response
from pims.authority.web.written import WrittenDayField
from pims.courts import selectors, services
from pims.courts.selectors.pages import first_values
from pims.courts.selectors.pages import reading as reading_of
from pims.courts.services import OrderReading, SentenceReading
from pims.courts.web import words
from pims.courts.web.boxes import LineDayField, cents, dollars_field, figure, written_days
from pims.courts.web.order_forms import LINES, TERMS
from pims.courts.web.order_pages import about, blind_facts, scan_of, to_order
from pims.courts.web.people import heads_of
from pims.courts.web.steps import BOTH, carried_out
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.ui.commands import command_from
from pims.ui.forms import is_whole
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, READ_AGAIN, SETTLE = "courts.view", "courts.read_again", "courts.settle"
UNITS = ("years", "months", "weeks", "days")
# The boxes of an order's form, by what a kind of order calls them.
BOXES = {
    "next_date": "next_date", "until": "until", "amount_cents": "amount",
    "review_months": "review_months",
}  # fmt: skip


class ReadingForm(forms.Form):
    """The dates and figures of an order, keyed from the paper alone."""

    dated = WrittenDayField(label=_("Dated"), required=False)
    next_date = WrittenDayField(label=_("Next date"), required=False)
    until = WrittenDayField(label=_("Until (last day, as written)"), required=False)
    amount = dollars_field(label=_("Amount in dollars"))
    review_months = figure(_("Review every so many months"))

    def clean(self) -> dict[str, Any]:
        """A day that no calendar has is none, as it is in the first reading."""
        super().clean()
        written_days(self)
        return self.cleaned_data


class SentenceReadingForm(forms.Form):
    minimum = False  # whether the kind of order can name one
    money = False  # whether it can name an amount

    years = figure(_("Years"))
    months = figure(_("Months"))
    weeks = figure(_("Weeks"))
    days = figure(_("Days"))
    minimum_years = figure(_("Minimum: years"))
    minimum_months = figure(_("Minimum: months"))
    minimum_weeks = figure(_("Minimum: weeks"))
    minimum_days = figure(_("Minimum: days"))
    link = forms.ChoiceField(
        label=_("Runs"), required=False, choices=[("", "—"), *words.LINKS.items()]
    )
    effective_from = LineDayField(label=_("Effective from"))
    pronounced_on = LineDayField(label=_("Pronounced on, where another day"))
    amount = dollars_field(label=_("Amount of this sentence, in dollars"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.impossible = written_days(self)
        return self.cleaned_data

    @property
    def filled(self) -> bool:
        return bool(self.impossible) or any(v not in (None, "") for v in self.cleaned_data.values())

    @property
    def figures(self) -> tuple[str, ...]:
        return (*UNITS, *(f"minimum_{unit}" for unit in UNITS))

    def boxes(self) -> list[tuple[forms.BoundField, bool, bool]]:
        """Each box, whether the kind of order asks for it, and whether something stands in it;
        those that are not asked for wait behind "More"."""

        def asked(name: str) -> bool:
            if name == "amount":
                return self.money
            return name != "pronounced_on" and (self.minimum or not name.startswith("minimum_"))

        return [(bound, asked(bound.name), holds(bound)) for bound in self]

    def reading(self) -> SentenceReading:
        given = self.cleaned_data
        return SentenceReading(
            years=given["years"] or 0,
            months=given["months"] or 0,
            weeks=given["weeks"] or 0,
            days=given["days"] or 0,
            minimum_years=given["minimum_years"],
            minimum_months=given["minimum_months"],
            minimum_weeks=given["minimum_weeks"],
            minimum_days=given["minimum_days"],
            link=given["link"] or "concurrent",
            effective_from=given["effective_from"],
            pronounced_on=given["pronounced_on"],
            amount_cents=cents(given["amount"]),
        )


ReadingFormSet = forms.formset_factory(
    SentenceReadingForm, extra=0, max_num=60, absolute_max=60, validate_max=True
)


def holds(bound: forms.BoundField) -> bool:
    """Whether something was typed in a box, or is wrong with it."""
    sent = bound.data
    return bool(bound.errors) or (any(sent) if isinstance(sent, list) else bool(sent))


class SettleForm(forms.Form):
    takes = forms.ChoiceField(
        label=_("Which of the two is what the paper says?"), choices=list(words.TAKES.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why? This goes on the record"), max_length=500, widget=forms.Textarea
    )


@page(permission=VIEW)
def queue(request: Any) -> HttpResponse:
    """What waits for a second reading, and where two readings differ."""
    viewer = request.actor
    due = selectors.readings_due(viewer, request.establishment_id)
    heads = heads_of(viewer, [i for one in due for i in one.person_ids])
    shows(heads)
    context = {
        "differ": [(one, *_who(one, heads)) for one in due if one.differs],
        "due": [(one, *_who(one, heads)) for one in due if not one.differs],
        "columns": [
            Column(_("Prisoner")), Column(_("Kind of order")), Column(_("Court or body")),
            Column(_("Reference")), Column(_("Due")), Column(_("Action"), hidden_label=True),
        ],
        "may_read": viewer.can(READ_AGAIN),
        "may_settle": viewer.can(SETTLE),
    }  # fmt: skip
    return render(request, "courts/readings.html", context)


def _who(one: Any, heads: Any) -> tuple[Any, int, str]:
    """The first whom the paper names, how many others, and the kind of order."""
    first = next((heads[i] for i in one.person_ids if i in heads), None)
    return first, len(one.person_ids) - 1, one.label[words.language()]


@page(permission=READ_AGAIN, methods=BOTH)
def read(request: Any, order_id: int) -> HttpResponse:
    """Key the dates and terms of an order from its paper, without what the first officer keyed."""
    viewer = request.actor
    blind = selectors.order_to_read(viewer, order_id)
    posted = request.POST if request.method == "POST" else None
    form = ReadingForm(posted)
    lines = ReadingFormSet(posted, initial=None if posted else [{}] * LINES, prefix="line")
    for line in lines:
        line.minimum = "minimum_term" in blind.fields
        line.money = "amount_cents" in blind.fields

    def keep() -> None:
        given = form.cleaned_data
        done = services.read_order_again(
            command_from(request),
            order_id=order_id,
            reading=OrderReading(
                dated=given["dated"],
                next_date=given["next_date"],
                until=given["until"],
                amount_cents=cents(given["amount"]),
                review_months=given["review_months"],
                sentences=tuple(line.reading() for line in lines if line.filled),
            ),
        )
        found.append((done.reading_id, bool(done.differences)))

    found: list[tuple[int, bool]] = []
    if posted is not None and is_whole(form, lines) and carried_out(form, keep):
        reading_id, differs = found[0]
        if not differs:
            messages.success(request, gettext("Read twice: both readings say the same."))
            return HttpResponseRedirect(reverse("courts:readings"))
        messages.warning(
            request,
            gettext("The two readings differ. It is an alarm until somebody settles it."),
        )
        return HttpResponseRedirect(reverse("courts:reading", args=[reading_id]))
    heads = heads_of(viewer, blind.person_ids)
    shows(heads)
    asked = [BOXES[name] for name in blind.fields if name in BOXES]
    context = {
        "order": blind,
        "form": form,
        "lines": lines,
        "main": [form[name] for name in ("dated", *asked)],
        "more": [
            (form[name], holds(form[name]))
            for name in form.fields
            if name != "dated" and name not in asked
        ],
        "terms": bool(TERMS & set(blind.fields)),
        "facts": blind_facts(blind),
        "errors": _line_errors(lines),
        "has_scan": bool(scan_of(blind)),
        "identity": identity_of(viewer, blind.person_id) if len(heads) == 1 else None,
        "named": list(heads.values()),
    }
    wrong = bool(form.errors or context["errors"])
    return render(request, "courts/read.html", context, status=422 if wrong else 200)


@page(permission=READ_AGAIN)
def scan(request: Any, order_id: int) -> HttpResponse:
    """The scan of an order that is still to be read again."""
    blind = selectors.order_to_read(request.actor, order_id)
    blob = scan_of(blind)
    if not blob:
        raise NotFound("scan", order_id)
    shows(blind.person_ids)
    return scan_response(blob, f"court-order-{order_id}")


def _line_errors(lines: Any) -> list[dict[str, str]]:
    return [
        {
            "text": gettext("Sentence %(line)s, %(box)s: %(problem)s")
            % {"line": number, "box": bound.label, "problem": text},
            "target": str(bound.auto_id),
        }
        for number, line in enumerate(lines, start=1)
        for bound in line
        for text in bound.errors
    ]


@page(permission=VIEW, methods=BOTH)
def reading_page(request: Any, reading_id: int) -> HttpResponse:
    """Two readings of one order side by side; whoever may settles which is the paper's.

    Raises NotFound before the second reading: its page would show the first.
    """
    viewer = request.actor
    reading, order = reading_of(viewer, reading_id)
    if reading.read_at is None:
        raise NotFound("second_reading", reading_id)
    form = SettleForm(request.POST if request.method == "POST" else None)
    may_settle = viewer.can(SETTLE) and reading.differs

    def settle() -> None:
        services.settle_difference(
            command_from(request), reading_id=reading_id, **form.cleaned_data
        )

    if request.method == "POST" and form.is_valid() and carried_out(form, settle):
        messages.success(request, gettext("Settled. Both readings stay on the record."))
        return to_order(order.order_id)
    first = first_values(viewer, order.order_id)
    officers = user_names({order.recorded_by_id, reading.read_by_id or 0})
    context = about(order) | {
        "reading": reading,
        "order": order,
        "form": form,
        "may_settle": may_settle,
        "differences": [
            (
                words.field_label(name),
                words.value_text(name, first),
                words.value_text(name, reading.values),
            )
            for name in reading.differences
        ],
        "first_by": officers.get(order.recorded_by_id, "—"),
        "second_by": officers.get(reading.read_by_id or 0, "—"),
        "settled_by": user_names({reading.settled_by_id}).get(reading.settled_by_id, "—")
        if reading.settled_by_id
        else "",
        "late": reading.read_at > reading.due_at,
        "now": clock.now(),
        "has_scan": bool(scan_of(order)),
        "columns": [Column(_("What is written")), Column(_("First reading")),
                    Column(_("Second reading"))],
        "identity": identity_of(viewer, order.person_id),
    }  # fmt: skip
    return render(request, "courts/reading.html", context, status=422 if form.errors else 200)
