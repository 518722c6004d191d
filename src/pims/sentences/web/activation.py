"""Another law put in force: asked for, compared person by person, decided by two people."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.courts.selectors import PaperDay
from pims.foundation.access.selectors import user_names
from pims.foundation.ledger.reads import shows
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors as people
from pims.sentences import selectors, services
from pims.sentences.selectors import MovedPerson, ProposalInfo, RuleChange
from pims.sentences.web import words
from pims.sentences.web.forms import AgreeForm, ProposeForm, ReasonForm
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.ui.wording import explain

VIEW, PROPOSE, PUT_IN_FORCE = "law.view", "law.propose", "law.put_in_force"
BOTH = ("GET", "HEAD", "POST")


@page(permission=PROPOSE, methods=BOTH)
def propose(request: Any) -> HttpResponse:
    """Ask that the law of this version's files, or one that is drafted, be put in force."""
    posted = request.method == "POST"
    form = ProposeForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and uploads_arrived(form, request) and form.is_valid():
        try:
            made = services.propose_law(
                command_from(request),
                reason=form.cleaned_data["reason"],
                rules=form.cleaned_data["draft"],
            )
        except (InvalidInput, Refused) as problem:
            _show(form, problem)
        else:
            return _to(made.proposal_id)
    context = {"form": form, "standing": selectors.law_standing(request.actor)}
    return render(request, "sentences/propose.html", context, status=422 if form.errors else 200)


@page(permission=VIEW)
def proposal(request: Any, proposal_id: int) -> HttpResponse:
    """What is proposed, each prisoner whose dates would move, and who has decided."""
    found = selectors.law_proposal(request.actor, proposal_id)
    moved, hidden = selectors.law_moves(request.actor, proposal_id)
    papers, papers_hidden = selectors.law_papers(request.actor, proposal_id)
    actor = request.actor
    is_open = found.state == "open"
    language = get_language() or "en"
    context = {
        "found": found,
        "facts": _facts(found),
        "state": words.PROPOSALS[found.state],
        "tone": words.PROPOSAL_TONES[found.state],
        "rules": [_rule(one, language) for one in found.rules],
        "rule_columns": [Column(_("Rule")), Column(_("In force")), Column(_("Proposed"))],
        "rows": move_rows(actor, moved),
        "columns": move_columns(),
        "papers": paper_rows(actor, papers),
        "paper_columns": paper_columns(),
        "papers_hidden": papers_hidden,
        "hidden": hidden,
        "standing": selectors.law_standing(actor),
        "is_open": is_open,
        "may_compare": is_open and actor.can(PROPOSE),
        "may_decide": is_open and actor.can(PUT_IN_FORCE),
        "may_agree": is_open
        and found.is_fresh
        and actor.can(PUT_IN_FORCE)
        and found.first_by_id != actor.user_id,
        "form": AgreeForm(initial={"comparison": found.round}),
    }
    return render(request, "sentences/proposal.html", context)


@page(permission=PROPOSE, methods=("POST",))
def compare_again(request: Any, proposal_id: int) -> HttpResponse:
    services.compare_proposal_again(command_from(request), proposal_id=proposal_id)
    messages.success(request, gettext("Compared again. Who had agreed must look again."))
    return _to(proposal_id)


@page(permission=PUT_IN_FORCE, methods=("POST",))
@require_recent_confirmation
def agree(request: Any, proposal_id: int) -> HttpResponse:
    """One of two agrees to the comparison that the page showed."""
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return _to(proposal_id)
    made = services.agree_to_law(
        command_from(request), proposal_id=proposal_id, comparison=form.cleaned_data["comparison"]
    )
    text = gettext("You agreed. A second person decides.")
    if made.law_in_force_id is not None:
        text = gettext("The law is in force. Everybody's dates are being worked out by it.")
    messages.success(request, text)
    return _to(proposal_id)


@page(permission=PUT_IN_FORCE, methods=BOTH)
def decline(request: Any, proposal_id: int) -> HttpResponse:
    selectors.law_proposal(request.actor, proposal_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.decline_law(
                command_from(request),
                proposal_id=proposal_id,
                reason=form.cleaned_data["reason"],
            )
        except (InvalidInput, Refused) as problem:
            _show(form, problem)
        else:
            return _to(proposal_id)
    context = {
        "form": form,
        "title": _("Decline the proposed law"),
        "lead": _("The law in force stays as it is. Nobody's dates move."),
        "save": _("Decline the law"),
    }
    return render(request, "sentences/reason.html", context, status=422 if form.errors else 200)


def move_columns() -> list[Column]:
    return [
        Column(_("Prisoner")), Column(_("Date")), Column(_("Before")), Column(_("After")),
        Column(_("Days"), numeric=True),
    ]  # fmt: skip


def move_rows(viewer: Any, moved: list[MovedPerson]) -> list[dict[str, Any]]:
    """Whoever of them the viewer may see by name, with each date that moves."""
    headers = people.person_headers(viewer, [one.person_id for one in moved], brief=True)
    shows(list(headers))
    return [
        {
            "header": headers[one.person_id],
            "person_id": one.person_id,
            "statuses": [
                words.STATUSES[status]
                for status in dict.fromkeys((one.status_before, one.status_after))
            ],
            "dates": [(words.DATES[m.name], m.before, m.after, m.days) for m in one.dates],
        }
        for one in moved
        if one.person_id in headers
    ]


def paper_columns() -> list[Column]:
    return [
        Column(_("Prisoner")), Column(_("Paper")), Column(_("Day")), Column(_("On record")),
        Column(_("Before")), Column(_("After")), Column(_("Days"), numeric=True),
    ]  # fmt: skip


def paper_rows(viewer: Any, papers: Sequence[PaperDay]) -> list[dict[str, Any]]:
    """The papers stated in months whose day another law moves, of whomever the viewer may see."""
    headers = people.person_headers(viewer, {one.person_id for one in papers}, brief=True)
    shows(list(headers))
    language = "es" if (get_language() or "en").startswith("es") else "en"
    return [
        {
            "header": headers[one.person_id],
            "order_id": one.order_id,
            "may_open": viewer.can("courts.view"),
            "kind": order_kinds()[one.kind].label[language],
            "from": " ".join(filter(None, (one.body, one.reference))),
            "what": words.PAPER_DAYS[one.what],
            "paper": one,
        }
        for one in papers
        if one.person_id in headers
    ]


def _facts(found: ProposalInfo) -> list[Fact]:
    by = [found.proposed_by_id, found.first_by_id, found.second_by_id, found.declined_by_id]
    names = user_names([one for one in by if one is not None])

    def who(user_id: int | None) -> Any:
        return _("Nobody yet") if user_id is None else names.get(user_id, "—")

    facts = [
        Fact(_("Why"), found.reason),
        Fact(_("Proposed by"), who(found.proposed_by_id)),
        Fact(_("Proposed at"), found.proposed_at),
        Fact(_("Compared at"), found.compared_at),
        Fact(_("First to agree"), who(found.first_by_id)),
        Fact(_("Second to agree"), who(found.second_by_id)),
    ]
    if found.second_at is not None:
        facts.append(Fact(_("In force since"), found.second_at))
    if found.declined_at is not None:
        facts += [
            Fact(_("Declined by"), who(found.declined_by_id)),
            Fact(_("Declined because"), found.declined_reason),
        ]
    return facts


def _rule(one: RuleChange, language: str) -> dict[str, Any]:
    spoken = "es" if language.startswith("es") else "en"
    return {
        "code": one.code,
        "before": "" if one.before is None else one.before.text[spoken],
        "after": "" if one.after is None else one.after.text[spoken],
    }


def _show(form: Any, problem: InvalidInput | Refused) -> None:
    if isinstance(problem, InvalidInput):
        add_reasons(form, problem)
        return
    form.add_error(None, explain(problem.reasons(), get_language() or "en"))


def _to(proposal_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("sentences:proposal", args=[proposal_id]))
