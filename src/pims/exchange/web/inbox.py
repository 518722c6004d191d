"""The inbox: what other agencies sent, one message with its differences, and the decision on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.exchange import selectors, services
from pims.exchange.inbound import paper
from pims.exchange.inbound.applying import Choices
from pims.exchange.selectors import InboundDetail, InboundLine
from pims.exchange.services.forgetting import keeping
from pims.exchange.web import inbound_words as words
from pims.exchange.web.inbound_said import said as what_it_says
from pims.foundation.ledger.reads import shows
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.errors import CommandReused, InvalidInput, NotFound, PimsError, Stale
from pims.kernel.reasons import Reason
from pims.ui.commands import command_from
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact, TimelineItem

INBOX = "exchange.inbox"
BOTH = ("GET", "HEAD", "POST")
MOST_CODE = 4_000
COLUMNS = [
    Column(_("Message")), Column(_("About")), Column(_("From")), Column(_("Came")),
    Column(_("State")),
]  # fmt: skip


class PaperForm(forms.Form):
    """The code of a signed paper: the hand scanner types it."""

    code = forms.CharField(
        label=_("Code of a signed paper"),
        help_text=_("Put the cursor here and scan the code on the paper."),
        max_length=MOST_CODE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WhyForm(forms.Form):
    reason = forms.CharField(
        label=_("What is the sender told?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class WhoForm(forms.Form):
    number = forms.CharField(label=_("Prisoner number"), max_length=20)
    entry = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)


@page(permission=INBOX)
def inbox(request: Any) -> HttpResponse:
    """What waits, the most urgent first; what was decided lately under it."""
    waiting = selectors.inbox(request.actor, request.establishment_id)
    kept = keeping()
    context = {
        "waiting": [_row(line) for line in waiting],
        "done": [_row(line) for line in selectors.decided(request.actor, request.establishment_id)],
        "columns": COLUMNS,
        "paper_form": PaperForm(),
        "kept": kept,
        "kept_because": kept.reason["es" if (get_language() or "en").startswith("es") else "en"],
    }  # fmt: skip
    return render(request, "exchange/inbox.html", context)


@page(permission=INBOX)
def message(request: Any, inbound_id: UUID) -> HttpResponse:
    found = selectors.message(request.actor, inbound_id)
    shows(_people_of(found))
    return render(request, "exchange/message.html", _context(request, found))


@page(permission=INBOX, methods=("POST",))
def read_paper(request: Any) -> HttpResponse:
    """Keep a signed paper as the message that it is, and show it."""
    form = PaperForm(request.POST)
    if form.is_valid():
        try:
            read = paper.decode(form.cleaned_data["code"])
            kept = services.keep_paper(
                command_from(request),
                agency_code=read.agency_code,
                body=read.body,
                digest=read.digest,
                message_id=read.message_id,
                sent_kind=read.read.kind,
                sent_at=read.read.sent_at,
                kid=read.kid,
                signature=read.signature,
            )
        except paper.NoPaper:
            form.add_error("code", gettext("This is not the whole code of a signed paper."))
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("exchange:message", args=[kept.inbound_id]))
    return render(request, "exchange/paper.html", {"form": form}, status=422)


@page(permission=INBOX, methods=("POST",))
def acknowledge(request: Any, inbound_id: UUID) -> HttpResponse:
    """I have it in hand: the sender sees so, and the clock goes on."""
    return _decided(
        request, inbound_id,
        lambda: services.acknowledge_inbound(command_from(request), inbound_id=inbound_id),
        gettext("The sender sees that you have it in hand."),
    )  # fmt: skip


@page(permission=INBOX, methods=("POST",))
def apply(request: Any, inbound_id: UUID) -> HttpResponse:
    """Do what it says, once."""
    return _decided(
        request, inbound_id,
        lambda: services.apply_inbound(
            command_from(request), inbound_id=inbound_id, version=_version(request),
            choices=_choices(request),
        ),
        gettext("Done, and the sender is told."),
    )  # fmt: skip


@page(permission=INBOX, methods=BOTH)
def reject(request: Any, inbound_id: UUID) -> HttpResponse:
    found = selectors.message(request.actor, inbound_id)
    return _told(
        request, found, gettext("Decline the message"),
        lambda words_: services.reject_inbound(
            command_from(request), inbound_id=inbound_id, version=_version(request), reason=words_
        ),
    )  # fmt: skip


@page(permission=INBOX, methods=BOTH)
def ask(request: Any, inbound_id: UUID) -> HttpResponse:
    found = selectors.message(request.actor, inbound_id)
    return _told(
        request, found, gettext("Ask the sender"),
        lambda words_: services.ask_sender(
            command_from(request), inbound_id=inbound_id, version=_version(request),
            question=words_,
        ),
    )  # fmt: skip


@page(permission=INBOX, methods=("POST",))
def match(request: Any, inbound_id: UUID) -> HttpResponse:
    """The person with this number is meant."""
    form = WhoForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give the prisoner number."))
        return HttpResponseRedirect(reverse("exchange:message", args=[inbound_id]))
    return _decided(
        request, inbound_id,
        lambda: services.match_inbound(
            command_from(request), inbound_id=inbound_id, version=_version(request),
            number=form.cleaned_data["number"], entry=form.cleaned_data["entry"],
        ),
        gettext("Look at the differences before you go on."),
        missing=Reason("exchange.nobody_with_number"),
    )  # fmt: skip


def _decided(
    request: Any,
    inbound_id: UUID,
    act: Callable[[], object],
    said: str,
    *,
    missing: Reason | None = None,
) -> HttpResponse:
    """One act, once; a refusal is shown on the message as it is now."""
    selectors.message(request.actor, inbound_id)
    try:
        act()
    except (Stale, CommandReused):
        reasons: tuple[Reason, ...] = (Reason("exchange.message_changed"),)
        status = 409
    except NotFound as lost:
        if missing is None:
            raise
        reasons, status = (missing,), lost.http_status
    except PimsError as refused:
        if refused.http_status not in (409, 422):
            raise
        reasons, status = refused.reasons(), refused.http_status
    else:
        messages.success(request, said)
        return HttpResponseRedirect(reverse("exchange:message", args=[inbound_id]))
    found = selectors.message(request.actor, inbound_id)
    context = {**_context(request, found), "reasons": reasons}
    status = 409 if status == 404 else status
    return render(request, "exchange/message.html", context, status=status)


def _told(
    request: Any, found: InboundDetail, title: str, act: Callable[[str], object]
) -> HttpResponse:
    """A form with what the sender is told."""
    form = WhyForm(request.POST or None)
    reasons: tuple[Reason, ...] = ()
    status = 200
    back = reverse("exchange:message", args=[found.line.inbound_id])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except InvalidInput as problem:
            add_reasons(form, problem)
        except Stale:
            reasons, status = (Reason("exchange.message_changed"),), 409
        except PimsError as refused:
            if refused.http_status != 409:
                raise
            reasons, status = refused.reasons(), 409
        else:
            messages.success(request, gettext("The sender is told."))
            return HttpResponseRedirect(back)
    context = {
        "form": form, "title": title, "back": back, "version": found.version, "tone": "primary",
        "reasons": reasons, "lead": found.line.message_id,
    }  # fmt: skip
    return render(request, "exchange/form.html", context, status=422 if form.errors else status)


def _version(request: Any) -> int:
    given = str(request.POST.get("version", ""))
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _choices(request: Any) -> Choices:
    """What the officer ticked. A box that was not shown chooses nothing."""

    def numbers(name: str) -> tuple[int, ...]:
        given = request.POST.getlist(name)
        return tuple(int(n) for n in given if n.isascii() and n.isdecimal() and len(n) < 18)

    same = request.POST.get("same", "")
    kind, _colon, number = same.partition(":")
    known = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else None
    shown = "papers_shown" in request.POST
    return Choices(
        warrant_name_ids=numbers("paper") if shown else None,
        ends_all=("ends_all" in request.POST) if shown else None,
        keyed_warrant_name_id=known if kind == "warrant" else None,
        keyed_release_order_id=known if kind == "release" else None,
        without=numbers("without"),
        new_person="new_person" in request.POST,
    )


def _row(line: InboundLine) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "line": line,
        "kind": _kind(line),
        "agency": line.agency_in(language),
        "state": words.STATES[line.state],
        "tone": words.TONES[line.state],
        "remarks": words.all_worded(line.problems[:3]),
    }


def _kind(line: InboundLine) -> str:
    language = "es" if (get_language() or "en").startswith("es") else "en"
    return line.kind.label[language] if line.kind else gettext("Unknown message")


def _context(request: Any, found: InboundDetail) -> dict[str, Any]:
    language = get_language() or "en"
    short = "es" if language.startswith("es") else "en"
    line, plan = found.line, found.plan
    frees = line.clock is not None
    return {
        "message": found,
        "kind": _kind(line),
        "agency": line.agency_in(language),
        "state": words.STATES[line.state],
        "tone": words.TONES[line.state],
        "identity": identity_of(request.actor, line.person.person_id) if line.person else None,
        "remarks": words.all_worded(line.problems),
        "notes": [(words.deed(one, language), one.about.get("id", "")) for one in plan.remarks],
        "deeds": [words.deed(one, language) for one in plan.deeds],
        "differences": [
            (words.WHATS[one.what], words.readable(one.said), words.readable(one.held), one)
            for one in plan.differences
        ],
        "difference_columns": [
            Column(_("What")), Column(_("The message says")), Column(_("On record")),
        ],
        "papers": [
            {
                "paper": paper_,
                "kind": warrant_kinds()[paper_.kind].label[short],
                "named": paper_.warrant_name_id in plan.named,
            }
            for paper_ in plan.papers
        ]
        if frees
        else [],
        "same_warrants": [
            (one, warrant_kinds()[one.kind].label[short]) for one in plan.same_warrants
        ],
        "same_releases": plan.same_releases,
        "lines": [
            {
                "line": one,
                "what": words.LINES[one.what],
                "tone": words.LINE_TONES[one.what],
                "entry": found.entries[one.at],
                "doubts": words.all_worded(found.entries[one.at].doubts),
            }
            for one in plan.lines
        ],
        "line_columns": [
            Column(_("Person")), Column(_("Hour")), Column(_("In the diary")),
            Column(_("Leave out")),
        ],
        "how": words.HOWS.get(found.matched.how, "") if found.matched else "",
        "candidates": [
            (head, [words.HOWS[how] for how in hows])
            for head, hows in (found.matched.candidates if found.matched else ())
        ],
        "said": what_it_says(found.content, language),
        "facts": _facts(found),
        "steps": [
            TimelineItem(
                at=step.at,
                title=words.STATES.get(step.state, step.state),
                body="; ".join(words.all_worded(step.codes)),
                by=step.by or gettext("The system"),
            )
            for step in found.steps
        ],
        "ends_all": bool(getattr(found.content, "ends_all", False)),
        "may_make_person": line.kind is not None
        and line.kind.code == "arrest"
        and line.person is None,
        "made": _made(found),
        "others": _others(request, found),
        "columns": COLUMNS,
    }  # fmt: skip


def _others(request: Any, found: InboundDetail) -> list[dict[str, Any]]:
    """What else came about the same person, the last first."""
    if found.line.person is None:
        return []
    about = selectors.messages_about(request.actor, found.line.person.person_id, limit=20)
    shows({one.person.person_id for one in about if one.person is not None})
    return [_row(one) for one in about if one.inbound_id != found.line.inbound_id]


def _facts(found: InboundDetail) -> list[Fact]:
    """The message itself, field by field, as its sender wrote it."""
    facts = [
        Fact(_("Message"), found.line.message_id),
        Fact(_("Came"), found.line.received_at),
        Fact(_("Sent, by the sender's clock"), found.line.sent_at),
        Fact(_("Signed with the key"), found.kid or "—"),
    ]
    if found.corrects:
        url = reverse("exchange:message", args=[found.corrected_id]) if found.corrected_id else ""
        facts.append(Fact(_("Corrects"), found.corrects, url, _("Open") if url else ""))
    if found.reason:
        facts.append(Fact(_("Said to the sender"), found.reason))
    return facts


def _made(found: InboundDetail) -> list[tuple[str, str]]:
    """Links to what was recorded."""
    made = found.result.get("made")
    kept = made if isinstance(made, dict) else {}
    found_links = [
        (gettext("Order of the court"), reverse("courts:order", args=[one]))
        for one in kept.get("orders", ())
    ]
    found_links += [
        (gettext("Release order"), reverse("authority:order", args=[one]))
        for one in kept.get("release_orders", ())
    ]
    return found_links


def _people_of(found: InboundDetail) -> set[int]:
    """Everybody whom the page of a message names."""
    named = [found.line.person]
    matched = () if found.matched is None else (found.matched,)
    for entry in (*matched, *found.entries):
        named += [entry.person, *(head for head, _ in entry.candidates)]
    return {head.person_id for head in named if head is not None}
