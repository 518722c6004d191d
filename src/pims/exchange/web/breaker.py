"""The breaker: messages that are held, the decision about them, amnesties, and the limits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.exchange import limits
from pims.exchange.selectors import traffic as seen
from pims.exchange.services import breaker as services
from pims.exchange.web import delivering_words as words
from pims.exchange.web.delivering_forms import AmnestyForm, LetGoForm, WithdrawForm
from pims.exchange.web.forming import formed
from pims.foundation.ledger.reads import shows
from pims.kernel import clock
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact

VIEW, BREAKER = "exchange.view", "exchange.breaker"
BOTH = ("GET", "HEAD", "POST")
SHOWN = 200


@page(permission=VIEW)
def breaker(request: Any) -> HttpResponse:
    """What is held now, what was, the amnesties that were announced, and the limits."""
    language, now = _language(), clock.now()
    short = "es" if language.startswith("es") else "en"
    held = seen.holds(request.actor)
    late = limits.lateness()
    context = {
        "open": [_hold(one, language) for one in held if not one.decision],
        "decided": [_hold(one, language) for one in held if one.decision],
        "announcements": [
            {
                "one": one,
                "stands": one.stands(now),
                "counts": one.stands(now) and one.seconded_at is not None,
                "may_second": one.stands(now)
                and one.seconded_at is None
                and one.made_by_id != request.actor.user_id,
            }
            for one in seen.announcements(request.actor)
        ],
        "limits": [
            {
                "types": ", ".join(words.type_name(t, language) for t in sorted(one.types)),
                "most": one.most,
                "within": words.span(one.within),
                "reason": one.reason[short],
                "confirmed": one.confirmed,
            }
            for one in limits.limits()
        ],
        "late_after": words.span(late.after),
        "late_most": late.most,
        "late_within": words.span(late.within),
        "hold_columns": [
            Column(_("Since")), Column(_("Why")), Column(_("Messages"), numeric=True),
            Column(_("What they tell")),
        ],
        "decided_columns": [
            Column(_("Since")), Column(_("Why")), Column(_("Messages"), numeric=True),
            Column(_("Decision")), Column(_("By whom")), Column(_("Reason")),
        ],
        "limit_columns": [
            Column(_("What they tell")), Column(_("At most"), numeric=True), Column(_("Within")),
            Column(_("Why so many")),
        ],
        "amnesty_columns": [
            Column(_("From")), Column(_("Until")), Column(_("At most"), numeric=True),
            Column(_("So far"), numeric=True), Column(_("Officers")), Column(_("State")),
        ],
        "may_decide": request.actor.can(BREAKER),
    }  # fmt: skip
    return render(request, "exchange/breaker.html", context)


@page(permission=VIEW)
def hold(request: Any, hold_id: int) -> HttpResponse:
    """One hold: every message of it, as far as the viewer may know whom it is about."""
    language = _language()
    info = seen.hold(request.actor, hold_id)
    lines = seen.held_messages(request.actor, hold_id, limit=SHOWN)
    shows([one.person_id for one in lines if one.person_id is not None])
    context = {
        "hold": info,
        "because": words.hold_because(info.kind, info.params, language),
        "limit_reason": words.limit_reason(info.params.get("limit"), language),
        "decision": words.DECISIONS.get(info.decision, ""),
        "tone": words.DECISION_TONES.get(info.decision, "alarm"),
        "facts": [
            Fact(_("Messages"), info.count),
            Fact(_("What they tell"), _types(info.types, language)),
            *(
                [Fact(_("Decided by"), info.decided_by), Fact(_("Reason"), info.reason)]
                if info.decision
                else []
            ),
        ],
        "rows": [
            {
                "one": one,
                "type": words.type_name(one.type, language),
                "state": words.MESSAGE_STATES[one.state],
                "held_as": words.HELD_AS.get(one.held_as, ""),
            }
            for one in lines
        ],
        "more": max(0, info.count - len(lines)),
        "columns": [
            Column(_("When it happened")), Column(_("What it tells")), Column(_("Prisoner")),
            Column(_("Recorded")), Column(_("Why held")), Column(_("State")),
        ],
        "may_decide": request.actor.can(BREAKER) and not info.decision,
    }  # fmt: skip
    return render(request, "exchange/hold.html", context)


@page(permission=BREAKER, methods=BOTH)
@require_recent_confirmation
def let_go(request: Any, hold_id: int) -> HttpResponse:
    info = seen.hold(request.actor, hold_id)
    form = LetGoForm(request.POST or None)

    def kept() -> str:
        services.let_go(command_from(request), hold_id=hold_id, **form.cleaned_data)
        return reverse("exchange:hold", args=[hold_id])

    return formed(
        request, form, kept, title=gettext("They are true: send them"),
        button=gettext("Send them"),
        lead=_types(info.types, _language()), back=reverse("exchange:hold", args=[hold_id]),
        said=gettext("They are on their way."),
    )  # fmt: skip


@page(permission=BREAKER, methods=BOTH)
@require_recent_confirmation
def withdraw(request: Any, hold_id: int) -> HttpResponse:
    info = seen.hold(request.actor, hold_id)
    form = WithdrawForm(request.POST or None)

    def kept() -> str:
        services.withdraw(command_from(request), hold_id=hold_id, **form.cleaned_data)
        return reverse("exchange:hold", args=[hold_id])

    return formed(
        request, form, kept, title=gettext("They are not true: never send them"), warning=True,
        button=gettext("Never send them"),
        lead=_types(info.types, _language()), back=reverse("exchange:hold", args=[hold_id]),
        said=gettext("They will never be sent."),
    )  # fmt: skip


@page(permission=BREAKER, methods=BOTH)
@require_recent_confirmation
def announce(request: Any) -> HttpResponse:
    """An amnesty, beforehand; it counts once a second officer has said so too."""
    form = AmnestyForm(request.POST or None)

    def kept() -> str:
        services.announce_amnesty(command_from(request), **form.cleaned_data)
        return reverse("exchange:breaker")

    return formed(
        request, form, kept, title=gettext("Announce an amnesty"),
        lead=gettext("It counts once a second officer has confirmed it."),
        back=reverse("exchange:breaker"),
    )  # fmt: skip


@page(permission=BREAKER, methods=("POST",))
@require_recent_confirmation
def second(request: Any, announcement_id: int) -> HttpResponse:
    services.second_amnesty(command_from(request), announcement_id=announcement_id)
    messages.success(request, gettext("The amnesty counts from now on."))
    return HttpResponseRedirect(reverse("exchange:breaker"))


@page(permission=BREAKER, methods=("POST",))
@require_recent_confirmation
def call_off(request: Any, announcement_id: int) -> HttpResponse:
    services.withdraw_amnesty(command_from(request), announcement_id=announcement_id)
    messages.success(request, gettext("The amnesty no longer counts."))
    return HttpResponseRedirect(reverse("exchange:breaker"))


def _hold(one: seen.HoldInfo, language: str) -> dict[str, Any]:
    return {
        "one": one,
        "because": words.hold_because(one.kind, one.params, language),
        "types": _types(one.types, language),
        "decision": words.DECISIONS.get(one.decision, ""),
        "tone": words.DECISION_TONES.get(one.decision, "alarm"),
    }


def _types(types: Any, language: str) -> str:
    return ", ".join(f"{words.type_name(kind, language)}: {n}" for kind, n in types.items())


def _language() -> str:
    return get_language() or "en"
