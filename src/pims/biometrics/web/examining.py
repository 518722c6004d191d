"""Candidates side by side, for a person to decide about."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.biometrics import selectors, services
from pims.biometrics.laying import Move, laid
from pims.biometrics.selectors import CandidateDetail, Drawing
from pims.biometrics.web.forms import DecisionForm
from pims.biometrics.web.looking import asked_finger
from pims.biometrics.web.words import DECISION_TONES, DECISIONS, FINGERS, SEARCHES
from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.people.selectors import PersonHeader
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column

VIEW, EXAMINE = "biometrics.view", "biometrics.examine"
BOTH = ("GET", "HEAD", "POST")
COLUMNS = [
    Column(_("Asked with")), Column(_("Found")), Column(_("Fingers"), numeric=True),
    Column(_("Score"), numeric=True), Column(_("Face"), numeric=True), Column(_("State")),
    Column(_("Action"), hidden_label=True),
]  # fmt: skip


@page(permission=EXAMINE)
def candidates(request: Any) -> HttpResponse:
    """Everybody whose fingers may be on record under another name, the likest first."""
    found = selectors.candidates(request.actor)
    shows(i for line in found for i in (line.person.person_id, line.other.person_id))
    context = {
        "lines": found,
        "columns": COLUMNS,
        "states": DECISIONS,
        "tones": DECISION_TONES,
        "may_sweep": request.actor.can("biometrics.sweep"),
        "to_confirm": _to_confirm(request),
    }
    return render(request, "biometrics/candidates.html", context)


def _to_confirm(request: Any) -> list[tuple[selectors.DestructionView, PersonHeader]]:
    """What another officer ordered destroyed, for whoever may be the second."""
    if not request.actor.can("biometrics.destroy"):
        return []
    waiting = selectors.destructions_to_confirm(request.actor)
    headers = people.person_headers(request.actor, [one.person_id for one in waiting])
    shows(headers)
    return [(one, headers[one.person_id]) for one in waiting if one.person_id in headers]


@page(permission=VIEW)
def search(request: Any, search_id: int) -> HttpResponse:
    """What a search found, or that it is still being answered; it asks again by itself."""
    found = selectors.search_view(request.actor, search_id)
    lines = selectors.candidates(request.actor, search_id=search_id, undecided=False)
    others = selectors.candidates(request.actor, person_id=found.person_id)
    lines += [line for line in others if line.candidate_id not in {m.candidate_id for m in lines}]
    shows(i for line in lines for i in (line.person.person_id, line.other.person_id))
    context = {
        "identity": identity_of(request.actor, found.person_id),
        "search": found,
        "purpose": SEARCHES[found.purpose],
        "lines": lines,
        "hidden": selectors.hidden_candidates(request.actor, search_id=search_id),
        "columns": COLUMNS,
        "states": DECISIONS,
        "tones": DECISION_TONES,
        "may_examine": request.actor.can(EXAMINE),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(
        request, "biometrics/parts/answer.html" if part else "biometrics/search.html", context
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """Both prints of one finger with what is drawn over them, in px of the combined drawing."""

    width: int
    height: int
    shift: int
    one: list[tuple[float, float, float, float, bool]]
    other: list[tuple[float, float, float, float, bool]]
    lines: list[tuple[float, float, float, float]]
    move: Move | None
    paired: int


@page(permission=EXAMINE, methods=BOTH)
def candidate(request: Any, candidate_id: int) -> HttpResponse:
    """Same, different, unsure: fingers side by side with the minutiae that belong together."""
    detail = selectors.candidate_detail(request.actor, candidate_id)
    line = detail.line
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.decide_candidate(
                command_from(request),
                candidate_id=candidate_id,
                images=_images(detail),
                **form.cleaned_data,
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return _onward(request, detail, done.state)
    shows([line.person.person_id, line.other.person_id])
    position = _position(request, detail)
    drawing = selectors.drawing(request.actor, candidate_id, position) if position else None
    context = {
        "detail": detail,
        "line": line,
        "form": form,
        "pairs": [
            (pair, FINGERS[pair.position], f"?finger={pair.position}", pair.position == position)
            for pair in detail.pairs
        ],
        "pair": next((p for p in detail.pairs if p.position == position), None),
        "finger": FINGERS[position],
        "picture": _picture(drawing) if drawing else None,
        "score": drawing.score if drawing else None,
        "states": DECISIONS,
        "tones": DECISION_TONES,
        "spoken": request.actor.user_id in {o.examiner_id for o in detail.opinions},
    }
    return render(request, "biometrics/candidate.html", context, status=422 if form.errors else 200)


def _images(detail: CandidateDetail) -> list[UUID]:
    shown = [i for pair in detail.pairs for i in (pair.one_id, pair.other_id) if i]
    return shown + [face for face in (detail.one_face, detail.other_face) if face]


def _position(request: Any, detail: CandidateDetail) -> int:
    """The finger that the address names, else the one that is most alike; 0 for none."""
    both = {p.position: p for p in detail.pairs if p.one_id and p.other_id}
    asked = asked_finger(request.GET.get("finger", ""), 0)
    if asked in both:
        return asked
    scored = {p: one.score for p, one in both.items() if one.score is not None}
    return max(scored, key=lambda p: scored[p]) if scored else next(iter(both), 0)


def _onward(request: Any, detail: CandidateDetail, state: str) -> HttpResponse:
    """ "Same" leads to the earlier file: to the joining for whoever may join."""
    line = detail.line
    messages.success(request, gettext("Recorded: %(state)s.") % {"state": DECISIONS[state]})
    if state == "same":
        older, newer = sorted((line.person.person_id, line.other.person_id))
        if request.actor.can("people.merge"):
            return HttpResponseRedirect(reverse("merge_people", args=[newer, older]))
        earlier = line.other if line.other.person_id == older else line.person
        return HttpResponseRedirect(reverse("prisoner", args=[earlier.number]))
    return HttpResponseRedirect(reverse("biometrics:candidates"))


def _picture(found: Drawing) -> Picture:
    gap = 20
    shift = found.width[0] + gap
    mine, theirs = {i for i, _ in found.pairs}, {j for _, j in found.pairs}
    one = [_mark(m.x, m.y, m.angle, i in mine) for i, m in enumerate(found.one)]
    other = [_mark(m.x, m.y, m.angle, j in theirs) for j, m in enumerate(found.other)]
    lines = [
        (found.one[i].x, found.one[i].y, found.other[j].x + shift, found.other[j].y)
        for i, j in found.pairs
    ]
    move = None
    if len(found.pairs) > 1:
        move = laid(
            [(found.other[j].x, found.other[j].y) for _, j in found.pairs],
            [(found.one[i].x, found.one[i].y) for i, _ in found.pairs],
        )
    return Picture(
        width=shift + found.width[1],
        height=max(found.height),
        shift=shift,
        one=one,
        other=other,
        lines=lines,
        move=move,
        paired=len(found.pairs),
    )


def _mark(
    x: float, y: float, angle: float, paired: bool
) -> tuple[float, float, float, float, bool]:
    """A minutia and the end of the stroke that shows its direction (y up becomes y down)."""
    from math import cos, sin

    return x, y, x + 11 * cos(angle), y - 11 * sin(angle), paired
