"""The law of sentences: its rules, who stands for each, and whose dates another would move."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import laws as known_laws
from pims.jurisdictions.sentence_law import sentence_law
from pims.kernel.errors import InvalidInput, NotFound
from pims.sentences import law as law_room
from pims.sentences import selectors, services
from pims.sentences.selectors import RuleInfo
from pims.sentences.web import words
from pims.sentences.web.activation import move_columns, move_rows, paper_columns, paper_rows
from pims.sentences.web.forms import CompareForm, ReasonForm, SignForm
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.forms import add_reasons
from pims.ui.pages import page
from pims.ui.shapes import Column, NavItem
from pims.ui.sources import source_text

VIEW, SIGN, PROPOSE = "law.view", "law.sign", "law.propose"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VIEW)
def laws(request: Any) -> HttpResponse:
    """Every version of a law with its rules; those of the law in force can be signed."""
    in_force = law_room.law_in_force()
    asked = request.GET.get("law", in_force.code)
    law = in_force
    if asked != in_force.code and asked in known_laws():
        law = sentence_law(asked)
    language = _language()
    versions: dict[str, list[dict[str, Any]]] = {}
    for one in selectors.law_rules(request.actor, law):
        versions.setdefault(one.version, []).append(_rule(one, language))
    begins = {v.version: (v.begins, v.ends) for v in law.versions}
    context = {
        "law": law.label[language],
        "in_force": law.code == in_force.code,
        "others": [
            NavItem(
                sentence_law(name).label[language], f"?law={name}", current=name == law.code
            )
            for name in known_laws()
        ],
        "versions": [(name, *begins[name], rules) for name, rules in versions.items()],
        "columns": [
            Column(_("Rule")), Column(_("Source")), Column(_("People's dates on it"), numeric=True),
            Column(_("Signature")),
        ],
        "may_sign": request.actor.can(SIGN) and law.code == in_force.code,
        "unsigned": len(selectors.unsigned_rules(request.actor)),
        "standing": selectors.law_standing(request.actor),
        "proposals": [
            (one, words.PROPOSALS[one.state], words.PROPOSAL_TONES[one.state])
            for one in selectors.law_proposals(request.actor)
        ],
        "may_propose": request.actor.can(PROPOSE),
    }  # fmt: skip
    return render(request, "sentences/laws.html", context)


@page(permission=SIGN, methods=BOTH)
@require_recent_confirmation
def sign(request: Any, code: str) -> HttpResponse:
    """Who signed the rule as it stands; the officer's secret is asked for once more."""
    language = _language()
    found = next((one for one in selectors.law_rules(request.actor) if one.rule.code == code), None)
    if found is None:
        raise NotFound("rule", code)
    form = SignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.sign_rule(command_from(request), rule_code=code, **form.cleaned_data)
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            _tell(request, made.recalculated)
            return HttpResponseRedirect(reverse("sentences:laws"))
    context = {"form": form, "rule": _rule(found, language)}
    return render(request, "sentences/sign.html", context, status=422 if form.errors else 200)


@page(permission=SIGN, methods=BOTH)
@require_recent_confirmation
def withdraw(request: Any, signature_id: int) -> HttpResponse:
    found = next(
        (
            one
            for one in selectors.law_rules(request.actor)
            if one.signature is not None and one.signature.signature_id == signature_id
        ),
        None,
    )
    if found is None:
        raise NotFound("signature", signature_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.withdraw_signature(
                command_from(request),
                signature_id=signature_id,
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            _tell(request, made.recalculated)
            return HttpResponseRedirect(reverse("sentences:laws"))
    context = {
        "form": form,
        "title": _("Withdraw a signature"),
        "lead": found.rule.text[_language()],
        "save": _("Withdraw it"),
        "back": reverse("sentences:laws"),
    }
    return render(request, "sentences/reason.html", context, status=422 if form.errors else 200)


@page(permission=VIEW, methods=("GET", "HEAD", "POST"))
def compare(request: Any) -> HttpResponse:
    """Each prisoner whose dates would move under another law, one that is here or one that is only
    drafted, in a file, and each paper; nothing is kept."""
    names = law_room.law_names()
    given = request.POST if request.method == "POST" else request.GET
    asked = bool(given)
    initial = {"old": HERE, "new": names[-1]}
    form = CompareForm(given if asked else None, request.FILES or None, laws=names, initial=initial)
    found, rows, papers = None, [], []
    if asked and form.is_valid():
        old = law_room.law_asked_for(form.cleaned_data["old"])
        draft = form.cleaned_data["draft"]
        new = draft or law_room.law_asked_for(form.cleaned_data["new"])
        found = selectors.compare_laws(request.actor, old, new)
        rows = move_rows(request.actor, list(found.moved))
        papers = paper_rows(request.actor, found.papers)
    context = {
        "form": form,
        "found": found,
        "rows": rows,
        "columns": move_columns(),
        "papers": papers,
        "papers_hidden": 0 if found is None else found.papers_hidden,
        "paper_columns": paper_columns(),
    }
    return render(request, "sentences/compare.html", context, status=422 if form.errors else 200)


def _rule(one: RuleInfo, language: str) -> dict[str, Any]:
    rule = one.rule
    return {
        "code": rule.code,
        "text": rule.text[language],
        "citation": source_text(rule.citation, language),
        "confidence": words.CONFIDENCES.get(rule.confidence, rule.confidence),
        "tone": words.CONFIDENCE_TONES.get(rule.confidence, "quiet"),
        "arithmetic": rule.is_arithmetic,
        "signature": one.signature,
        "earlier": one.earlier,
        "resting": one.resting,
    }


def _language() -> str:
    return "es" if (get_language() or "en").startswith("es") else "en"


def _tell(request: Any, count: int) -> None:
    text = ngettext(
        "Recorded. The dates of %(count)s person were worked out anew.",
        "Recorded. The dates of %(count)s people were worked out anew.",
        count,
    )
    messages.success(request, text % {"count": count})
