"""Traffic: what goes to agencies and how, endpoint by endpoint; what is tried again."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.exchange.feed import heartbeat
from pims.exchange.selectors import traffic as seen
from pims.exchange.selectors.taken_back import not_known_yet
from pims.exchange.selectors.traffic import EndpointInfo, Hour
from pims.exchange.services import endpoints as endpoint_services
from pims.exchange.services import listening, replay
from pims.exchange.web import delivering_words as words
from pims.exchange.web import limits_shown
from pims.exchange.web.delivering_forms import (
    AllowedForm,
    DeadForm,
    EndpointForm,
    EndpointStateForm,
    SecretForm,
    SilenceForm,
    StretchForm,
)
from pims.exchange.web.forming import formed, shown_version
from pims.exchange.web.words import purpose_name
from pims.exchange.webhooks import secretfiles
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.dates import instant_text
from pims.ui.pages import page
from pims.ui.shapes import Column, Counter, Fact

VIEW, MANAGE, REPLAY = "exchange.view", "exchange.manage", "exchange.replay"
BOTH = ("GET", "HEAD", "POST")
SHOWN = 25
CHART_HEIGHT = 120


@page(permission=VIEW)
def traffic(request: Any) -> HttpResponse:
    """The last day, and every agreement that tells of events."""
    language, now = _language(), clock.now()
    feeds = seen.feeds(request.actor)
    heard = {one.version.agreement_id: one for one in listening.heard([f.version for f in feeds])}
    hours = seen.last_day(request.actor)
    pushed = [one.endpoint for one in feeds if one.endpoint is not None]
    held = seen.held_count()
    beat = heartbeat.latest()
    unknown = not_known_yet(request.actor)
    received = seen.received_in_a_day(request.actor)
    context = {
        "counters": [
            Counter(_("Delivered within a day"), sum(h.in_time + h.late for h in hours)),
            Counter(
                _("Later than five seconds"), sum(h.late for h in hours), "",
                "warn" if any(h.late for h in hours) else "quiet",
            ),
            Counter(_("On their way"), sum(e.waiting for e in pushed)),
            Counter(
                _("Given up"), dead := sum(e.dead for e in pushed), "",
                "alarm" if dead else "quiet",
            ),
            Counter(
                _("Held"), held, reverse("exchange:breaker"), "alarm" if held else "quiet"
            ),
            Counter(
                _("Received within a day"), sum(received.values()),
                reverse("exchange:inbox") if request.actor.can("exchange.inbox") else "",
            ),
        ],
        "stopped": beat is not None and now - beat.at > heartbeat.SILENT_AFTER,
        "beat": beat,
        "chart": _chart(hours),
        "hours": [one for one in hours if one.all],
        "rows": [
            {
                "feed": one,
                "purpose": purpose_name(one.version.purpose, language),
                "heard": heard[one.version.agreement_id],
                "silent": heard[one.version.agreement_id].silent_since(now),
                "state": words.ENDPOINT_STATES[one.endpoint.state] if one.endpoint else "",
                "tone": _tone(one.endpoint),
                "taken_back": unknown.get(one.version.agreement_id, 0),
            }
            for one in feeds
        ],
        "columns": [
            Column(_("Agreement")), Column(_("Feed behind"), numeric=True),
            Column(_("Last heard of")), Column(_("Pushed to")),
            Column(_("On their way"), numeric=True), Column(_("Given up"), numeric=True),
            Column(_("Taken back, not known there"), numeric=True),
        ],
        "hour_columns": [
            Column(_("Hour")), Column(_("In time"), numeric=True), Column(_("Late"), numeric=True),
            Column(_("Held"), numeric=True),
        ],
        "allowed": seen.allowed_addresses(request.actor),
        "allowed_columns": [
            Column(_("Network")), Column(_("Reason")), Column(_("By whom")),
            Column(_("End it"), hidden_label=True),
        ],
        "may_manage": request.actor.can(MANAGE),
        "sending": limits_shown.of_sending(),
        "holding": limits_shown.of_holding(language),
    }  # fmt: skip
    return render(request, "exchange/traffic.html", context)


@page(permission=VIEW)
def endpoint(request: Any, endpoint_id: int) -> HttpResponse:
    """One endpoint: how it goes, its dead letters, its last messages."""
    language, now = _language(), clock.now()
    info = seen.endpoint(request.actor, endpoint_id)
    dead = seen.deliveries(request.actor, endpoint_id, state="dead")
    last = seen.deliveries(request.actor, endpoint_id, limit=SHOWN)
    secrets: Sequence[object] = ()
    if info.state != "ended":
        secrets = secretfiles.held(_secret_name(info), at=now)
    facts = [
        Fact(_("Address"), info.url),
        Fact(_("Signed with"), words.SCHEMES[info.scheme]),
        Fact(_("Secrets that hold"), len(secrets)),
        Fact(_("Looked at up to position"), info.queued_upto),
        Fact(_("Not looked at yet"), info.unseen),
        Fact(_("Last answer"), _answer(info.last_status, info.last_error)),
    ]
    context = {
        "info": info,
        "purpose": purpose_name(info.purpose, language),
        "state": words.ENDPOINT_STATES[info.state],
        "tone": words.ENDPOINT_TONES[info.state],
        "facts": facts,
        "resting": info.rests_until if info.rests_until and info.rests_until > now else None,
        "dead": [_line(one, language) for one in dead],
        "last": [_line(one, language) for one in last],
        "columns": [
            Column(_("Position"), numeric=True), Column(_("What it tells")), Column(_("State")),
            Column(_("Tries"), numeric=True), Column(_("Last answer")), Column(_("When")),
        ],
        "public_key": _public_key(info),
        "may_manage": request.actor.can(MANAGE) and info.state != "ended",
        "may_replay": request.actor.can(REPLAY) and info.state != "ended",
    }  # fmt: skip
    return render(request, "exchange/endpoint.html", context)


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def new_endpoint(request: Any, agreement_id: int) -> HttpResponse:
    feed = _feed(request, agreement_id)
    form = EndpointForm(request.POST or None, initial={"scheme": "hmac"})

    def kept() -> str:
        made = endpoint_services.add_endpoint(
            command_from(request), agreement_id=agreement_id, **form.cleaned_data
        )
        return _address(made.endpoint_id)

    return formed(
        request, form, kept, title=gettext("Push messages to an address"),
        lead=_named(feed), back=reverse("exchange:traffic"),
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def endpoint_state(request: Any, endpoint_id: int) -> HttpResponse:
    """Pause, go on, end. What happens while it is paused waits for it."""
    info = seen.endpoint(request.actor, endpoint_id)
    form = EndpointStateForm(request.POST or None, initial={"state": info.state})

    def kept() -> str:
        endpoint_services.set_endpoint_state(
            command_from(request), endpoint_id=endpoint_id,
            version=shown_version(request, info.version), **form.cleaned_data,
        )  # fmt: skip
        return _address(endpoint_id)

    return formed(
        request, form, kept, title=gettext("Pause, go on or end"), back=_address(endpoint_id),
        version=info.version, lead=gettext("What happens while it is paused waits for it."),
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def change_secret(request: Any, endpoint_id: int) -> HttpResponse:
    info = seen.endpoint(request.actor, endpoint_id)
    form = SecretForm(request.POST or None)

    def kept() -> str:
        endpoint_services.change_secret(
            command_from(request), endpoint_id=endpoint_id,
            version=shown_version(request, info.version),
        )  # fmt: skip
        return _address(endpoint_id)

    lead = gettext(
        "Messages are signed with both for seven days: hand the new one over within that time."
    )
    return formed(
        request, form, kept, title=gettext("Change the secret"), back=_address(endpoint_id),
        version=info.version, lead=lead,
    )  # fmt: skip


@page(permission=MANAGE, methods=("POST",))
@require_recent_confirmation
def show_secret(request: Any, endpoint_id: int) -> HttpResponse:
    """The secret, once, to be taken to the agency; that it was shown stays on the record."""
    info = seen.endpoint(request.actor, endpoint_id)
    if not info.own_secret or info.state == "ended":
        raise NotFound("secret", endpoint_id)
    endpoint_services.show_secret(command_from(request), endpoint_id=endpoint_id)
    context = {"info": info, "secret": secretfiles.newest(_secret_name(info)).text}
    answer = render(request, "exchange/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@page(permission=REPLAY, methods=BOTH)
@require_recent_confirmation
def replay_dead(request: Any, endpoint_id: int) -> HttpResponse:
    language = _language()
    seen.endpoint(request.actor, endpoint_id)
    dead = seen.deliveries(request.actor, endpoint_id, state="dead", limit=200)
    choices = [
        (one.delivery_id, f"{one.position}: {words.type_name(one.type, language)}") for one in dead
    ]
    form = DeadForm(
        request.POST or None, deliveries=choices, initial={"chosen": [c for c, _ in choices]}
    )

    def kept() -> str:
        replay.replay_dead(
            command_from(request), endpoint_id=endpoint_id,
            delivery_ids=form.cleaned_data["chosen"], reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return _address(endpoint_id)

    return formed(
        request, form, kept, title=gettext("Send dead letters again"),
        button=gettext("Send them"), back=_address(endpoint_id),
        said=gettext("They are on their way."),
    )  # fmt: skip


@page(permission=REPLAY, methods=BOTH)
@require_recent_confirmation
def replay_stretch(request: Any, endpoint_id: int) -> HttpResponse:
    info = seen.endpoint(request.actor, endpoint_id)
    form = StretchForm(request.POST or None, initial={"last": info.queued_upto or None})

    def kept() -> str:
        replay.replay_from(command_from(request), endpoint_id=endpoint_id, **form.cleaned_data)
        return _address(endpoint_id)

    return formed(
        request, form, kept, title=gettext("Send a part of the feed again"),
        button=gettext("Send them"), back=_address(endpoint_id),
        said=gettext("They are on their way."),
        lead=gettext("For a receiver that lost what it had. Every message keeps its id."),
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
def silence(request: Any, agreement_id: int) -> HttpResponse:
    feed = _feed(request, agreement_id)
    (heard,) = listening.heard([feed.version])
    form = SilenceForm(request.POST or None, initial={"minutes": heard.minutes})

    def kept() -> str:
        endpoint_services.agree_silence(
            command_from(request), agreement_id=agreement_id, **form.cleaned_data
        )
        return reverse("exchange:traffic")

    return formed(
        request, form, kept, title=gettext("How long it may be silent"), lead=_named(feed),
        back=reverse("exchange:traffic"),
    )  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def allow_address(request: Any) -> HttpResponse:
    form = AllowedForm(request.POST or None)

    def kept() -> str:
        endpoint_services.allow_address(command_from(request), **form.cleaned_data)
        return reverse("exchange:traffic")

    return formed(
        request, form, kept, title=gettext("Allow a network within"),
        back=reverse("exchange:traffic"), warning=True,
        lead=gettext("Whoever can write an address could have this machine reach it."),
    )  # fmt: skip


@page(permission=MANAGE, methods=("POST",))
@require_recent_confirmation
def end_allowed(request: Any, allowed_id: int) -> HttpResponse:
    endpoint_services.end_allowed(command_from(request), allowed_id=allowed_id)
    messages.success(request, gettext("Nothing more is sent there."))
    return HttpResponseRedirect(reverse("exchange:traffic"))


def _chart(hours: Sequence[Hour]) -> dict[str, Any]:
    """Stacked columns in hundredths of the width; what is said is in the table below it."""
    most = max((one.all for one in hours), default=0)
    columns: list[dict[str, Any]] = []
    width = 100 / max(len(hours), 1)
    for index, hour in enumerate(hours):
        bottom = float(CHART_HEIGHT)
        for tone, count in (("ok", hour.in_time), ("warn", hour.late), ("alarm", hour.held)):
            if not count:
                continue
            height = max(2.0, round(count / most * (CHART_HEIGHT - 16), 1))
            bottom -= height
            columns.append(
                {"x": round(index * width + 0.3, 2), "width": round(width - 0.6, 2),
                 "y": round(bottom, 1), "height": height, "tone": tone}
            )  # fmt: skip
    ticks = [
        {"x": round(i * width, 2), "label": instant_text(hours[i].begins, "time")}
        for i in range(0, len(hours), 6)
    ]
    return {"columns": columns, "ticks": ticks, "height": CHART_HEIGHT + 18, "most": most,
            "base": CHART_HEIGHT}  # fmt: skip


def _line(one: Any, language: str) -> dict[str, Any]:
    return {
        "one": one,
        "type": words.type_name(one.type, language),
        "state": words.DELIVERY_STATES[one.state],
        "tone": words.DELIVERY_TONES[one.state],
        "answer": _answer(one.last_status, one.last_error),
        "at": one.delivered_at or (one.next_at if one.state == "pending" else one.first_at),
    }


def _answer(status: int | None, error: str) -> str:
    if status is not None:
        return str(status)
    return words.no_answer(error) if error else "—"


def _tone(info: EndpointInfo | None) -> str:
    if info is None:
        return "quiet"
    if info.state == "active" and info.failures:
        return "alarm"
    return words.ENDPOINT_TONES[info.state]


def _public_key(info: EndpointInfo) -> str:
    if info.own_secret or info.state == "ended":
        return ""
    return " ".join(secretfiles.public_halves(at=clock.now()))


def _secret_name(info: EndpointInfo) -> str:
    return endpoint_services.secret_name_of(info.endpoint_id)


def _feed(request: Any, agreement_id: int) -> Any:
    for one in seen.feeds(request.actor):
        if one.version.agreement_id == agreement_id:
            return one
    raise NotFound("agreement", agreement_id)


def _named(feed: Any) -> str:
    return f"{feed.version.agency_name}: {purpose_name(feed.version.purpose, _language())}"


def _address(endpoint_id: int) -> str:
    return reverse("exchange:endpoint", args=[endpoint_id])


def _language() -> str:
    return get_language() or "en"
