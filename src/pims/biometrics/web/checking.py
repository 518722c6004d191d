"""Who stands here? At the gate, in the visiting room, on a round: found by number or name, then
checked by a finger."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.biometrics import selectors
from pims.biometrics.web.forms import CheckForm
from pims.biometrics.web.words import FINGERS, OUTCOME_TONES, OUTCOMES, PURPOSES
from pims.foundation.ledger.reads import shows
from pims.people import selectors as people
from pims.people.selectors import PersonHit
from pims.ui.pages import page
from pims.ui.shapes import Column

VERIFY = "biometrics.verify"
# Beyond these, the name says too little.
SHOWN = 12


@page(permission=VERIFY)
def check(request: Any) -> HttpResponse:
    """Whoever was called here, found; a number leads to the check at once."""
    asked, purpose = "who" in request.GET, _purpose(request)
    form = CheckForm(request.GET if asked else None, initial={"for": purpose})
    hits: list[PersonHit] = []
    if asked and form.is_valid():
        hits = people.search_people(request.actor, form.cleaned_data["who"], limit=SHOWN)
        if len(hits) == 1 and hits[0].how == "number":
            return HttpResponseRedirect(_check_url(hits[0].person_id, purpose))
    headers = people.person_headers(request.actor, [hit.person_id for hit in hits])
    earlier = selectors.checks_for(request.actor, purpose, request.establishment_id)
    known = people.person_headers(request.actor, {one.person_id for one in earlier})
    shows([*headers, *known])
    context = {
        "form": form,
        "purpose": PURPOSES[purpose],
        "asked": asked and form.is_valid(),
        "lines": [
            (headers[hit.person_id], _check_url(hit.person_id, purpose))
            for hit in hits
            if hit.person_id in headers
        ],
        "remark": people.explain_number(request.actor, form.cleaned_data["who"])
        if asked and form.is_valid() and not hits
        else None,
        "columns": [Column(_("Name")), Column(_("Number")), Column(_("Action"), hidden_label=True)],
        "earlier": [
            (known[one.person_id], one, OUTCOMES[one.outcome], OUTCOME_TONES[one.outcome],
             FINGERS[one.position])
            for one in earlier
            if one.person_id in known
        ],
    }  # fmt: skip
    status = 422 if asked and form.errors else 200
    return render(request, "biometrics/check.html", context, status=status)


def _purpose(request: Any) -> str:
    wanted = str(request.GET.get("for", ""))
    return wanted if wanted in PURPOSES and wanted != "discharge" else "gate"


def _check_url(person_id: int, purpose: str) -> str:
    """The check of this person; from there the officer comes back for the next."""
    back = f"{reverse('biometrics:check')}?{urlencode({'for': purpose})}"
    address = reverse("biometrics:verify", args=[person_id])
    return f"{address}?{urlencode({'for': purpose, 'back': back})}"
