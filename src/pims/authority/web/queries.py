"""What the clerk of court said to a query."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors, services
from pims.authority.web.steps import carried_out, step
from pims.ui.commands import command_from
from pims.ui.dates import instant_text
from pims.ui.pages import page
from pims.ui.shapes import Fact


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What did the clerk of court answer?"), max_length=4000, widget=forms.Textarea
    )


@page(permission="authority.record", methods=("GET", "POST"))
def answer(request: Any, query_id: int) -> HttpResponse:
    """Record the answer, beside what was asked."""
    found = selectors.query(request.actor, query_id)
    paper = selectors.warrant(request.actor, found.warrant_id)[0]
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial={"answer": found.answer}
    )

    def record_it() -> None:
        services.record_clerk_answer(
            command_from(request), query_id=query_id, answer=form.cleaned_data["answer"]
        )

    if form.is_valid() and carried_out(form, record_it):
        messages.success(request, gettext("The answer is on the record."))
        return HttpResponseRedirect(reverse("authority:warrant", args=[found.warrant_id]))
    context = {
        "facts": [
            Fact(_("Court or body"), found.body_name),
            Fact(_("Reference"), found.reference or "—"),
            Fact(_("Asked"), found.text),
            Fact(
                _("Sent"), gettext("Not sent") if found.sent_at is None
                else instant_text(found.sent_at),
            ),
        ],
        "url": reverse("authority:warrant", args=[found.warrant_id]),
        "url_label": _("The paper in full"),
    }  # fmt: skip
    return step(request, form, paper.person_id, _("Answer of the clerk of court"), context)
