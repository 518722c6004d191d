"""Two records side by side: one person or two?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors, services
from pims.people.web.forms import DecisionForm
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, EDIT = "people.view", "people.edit"


@page(permission=EDIT)
def matches(request: Any) -> HttpResponse:
    """Everybody who may be known twice, the likest first."""
    context = {
        "matches": selectors.possible_matches(request.actor, limit=300),
        "columns": [
            Column(_("One record")), Column(_("The other")), Column(_("Why")),
            Column(_("Likeness"), numeric=True), Column(_("Next")),
        ],
    }  # fmt: skip
    return render(request, "people/matches.html", context)


@page(permission=EDIT, methods=("GET", "HEAD", "POST"))
def match(request: Any, match_id: int) -> HttpResponse:
    """Compare, and say whether they are one person; "same" leads on to the joining."""
    line = selectors.possible_match(request.actor, match_id)
    if line is None or line.person is None:
        raise NotFound("possible match", match_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_possible_match(
                command_from(request), match_id=match_id, **form.cleaned_data
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            messages.success(request, gettext("Saved."))
            if form.cleaned_data["decision"] == "same" and request.actor.can("people.merge"):
                older, newer = sorted((line.person.person_id, line.other.person_id))
                return HttpResponseRedirect(reverse("merge_people", args=[newer, older]))
            return HttpResponseRedirect(reverse("prisoner", args=[line.person.number]))
    append_read(
        actor_id=request.actor.user_id,
        page="people.match",
        person_ids=[line.person.person_id, line.other.person_id],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    one, other = (
        selectors.person_detail(request.actor, header.person_id)
        for header in (line.person, line.other)
    )
    context = {"form": form, "line": line, "one": one, "other": other}
    return render(request, "people/match.html", context, status=422 if form.errors else 200)


@page(permission=EDIT, methods=("POST",))
def compare(request: Any, person_id: int, other_id: int) -> HttpResponse:
    """Note the two as possibly one person, and go on to the comparison."""
    noted = services.note_possible_match(
        command_from(request), person_id=person_id, other_id=other_id
    )
    return HttpResponseRedirect(reverse("people:match", args=[noted.match_id]))
