"""What endpoints, deliveries and holds are called on pages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pims.exchange import limits
from pims.exchange.web.words import event_name
from pims.ui.shapes import Tone

ENDPOINT_STATES: Mapping[str, Any] = {
    "active": _("Active"),
    "paused": _("Paused"),
    "ended": _("Ended"),
}
ENDPOINT_TONES: Mapping[str, Tone] = {"active": "ok", "paused": "warn", "ended": "quiet"}
SCHEMES: Mapping[str, Any] = {
    "hmac": _("A secret that the agency keeps too (HMAC)"),
    "ed25519": _("Our own key; the agency keeps its public half (Ed25519)"),
}
DELIVERY_STATES: Mapping[str, Any] = {
    "pending": _("On its way"),
    "delivered": _("Delivered"),
    "dead": _("Given up"),
    "skipped": _("Not for it"),
}
DELIVERY_TONES: Mapping[str, Tone] = {
    "pending": "info", "delivered": "ok", "dead": "alarm", "skipped": "quiet",
}  # fmt: skip
HOLD_KINDS: Mapping[str, Any] = {
    "burst": _("More at once than is likely"),
    "replay": _("Events that ought to have been told before"),
    "test": _("Events of a test"),
}
HELD_AS: Mapping[str, Any] = {
    "burst": _("Beyond the limit"),
    "replay": _("Told late"),
    "test": _("Of a test"),
    "behind": _("Stands behind one that is held"),
}
DECISIONS: Mapping[str, Any] = {"let_go": _("Sent"), "withdrawn": _("Never sent")}
DECISION_TONES: Mapping[str, Tone] = {"let_go": "ok", "withdrawn": "quiet"}
MESSAGE_STATES: Mapping[str, Any] = {
    "held": _("Held"),
    "ready": _("Sent"),
    "withdrawn": _("Never sent"),
}


# How what is kept of an attempt begins (`webhooks.sending`), and what it is called.
_NO_ANSWER: tuple[tuple[str, Any], ...] = (
    ("no answer in time", _("It did not answer in time")),
    ("nothing is sent to", _("Its address lies within, where nothing is sent")),
    ("gaierror", _("Nobody knows its name")),
)
_CERTIFICATE, _NOBODY = _("Its certificate is not believed"), _("Nobody answers there")


def no_answer(error: str) -> str:
    """Why an attempt had no answer. Whoever looks after the network is told more in the log."""
    for begins, said in _NO_ANSWER:
        if error.startswith(begins):
            return str(said)
    if "certificate" in error.lower() or "ssl" in error.lower():
        return str(_CERTIFICATE)
    return str(_NOBODY)


def type_name(kind: str, language: str) -> str:
    """What a message tells, in words."""
    more = {"retraction": gettext("An earlier message taken back"), "heartbeat": gettext("Alive")}
    return more.get(kind) or event_name(kind, language)


def hold_because(kind: str, params: Mapping[str, object], language: str) -> str:
    """Why the breaker holds, with the limit that was reached."""
    said = str(HOLD_KINDS.get(kind, kind))
    most, minutes = params.get("most"), params.get("minutes")
    if not isinstance(most, int) or not isinstance(minutes, int):
        return said
    within = span(timedelta(minutes=minutes))
    return gettext("%(why)s: more than %(most)d within %(within)s") % {
        "why": said, "most": most, "within": within,
    }  # fmt: skip


def span(length: timedelta) -> str:
    """So long, in hours where that is whole."""
    minutes = int(length.total_seconds() // 60)
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def limit_reason(code: object, language: str) -> str:
    """Why the limit is what it is; "" for one that is no more."""
    short = "es" if language.startswith("es") else "en"
    return next((one.reason[short] for one in limits.limits() if one.code == code), "")
