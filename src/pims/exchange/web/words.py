"""What agencies, keys and agreements are called on pages."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from pims.exchange import catalogue
from pims.exchange.rules.terms import Change
from pims.ui.shapes import Tone

KINDS: Mapping[str, Any] = {
    "police": _("Police"),
    "court": _("Court"),
    "prosecution": _("Prosecution"),
    "observatory": _("Observatory"),
    "forensic": _("Forensic science"),
    "immigration": _("Immigration"),
    "parole": _("Parole"),
    "social": _("Social services"),
    "controller": _("Controller"),
    "other": _("Other"),
}
STATES: Mapping[str, Any] = {
    "active": _("Active"),
    "suspended": _("Suspended"),
    "ended": _("Ended"),
}
STATE_TONES: Mapping[str, Tone] = {"active": "ok", "suspended": "warn", "ended": "quiet"}
USES: Mapping[str, Any] = {
    "assertion": _("To sign in"),
    "message": _("To sign messages"),
    "agreement": _("To sign agreements"),
}
VERSION_STATES: Mapping[str, Any] = {
    "draft": _("Draft"),
    "active": _("In force"),
    "superseded": _("Replaced"),
    "ended": _("Ended"),
    "withdrawn": _("Given up"),
}
VERSION_TONES: Mapping[str, Tone] = {
    "draft": "info", "active": "ok", "superseded": "quiet", "ended": "quiet", "withdrawn": "quiet",
}  # fmt: skip
LABELS: Mapping[str, Any] = {
    "juvenile": _("Juveniles"),
    "health": _("Health"),
    "protected": _("Victims and informants"),
    "sealed": _("Sealed files"),
}
SHAPES: Mapping[str, Any] = {
    "thin": _("A link only"),
    "fat": _("With what the agreement allows"),
}
OUTCOMES: Mapping[str, Any] = {
    "ok": _("Answered"),
    "bad_token": _("Token not valid"),
    "agency_not_active": _("Agency not active"),
    "no_agreement": _("No agreement for it"),
    "over_quota": _("Over its quota"),
    "bad_request": _("No purpose or no official named"),
}
CHANGES: Mapping[str, Any] = {
    "table_added": _("Table added"),
    "table_dropped": _("Table dropped"),
    "column_added": _("Column added"),
    "column_dropped": _("Column dropped"),
    "filter_added": _("Filter added"),
    "filter_dropped": _("Filter dropped"),
    "label_added": _("Mark now reached"),
    "label_dropped": _("Mark no longer reached"),
    "lookup_added": _("Way of asking added"),
    "lookup_dropped": _("Way of asking dropped"),
    "event_added": _("Event added"),
    "event_dropped": _("Event dropped"),
    "event_shape": _("Event sent otherwise"),
    "legal_basis": _("Legal basis changed"),
    "period": _("Period changed"),
    "retention_days": _("Days that it may keep what it is told"),
    "a_minute": _("Questions a minute"),
    "a_day": _("Questions a day"),
}


def _in(one: Any, language: str) -> str:
    return str(one.es if language.startswith("es") else one.en)


def table_name(table: str, language: str) -> str:
    return _in(catalogue.TABLES[table], language) if table in catalogue.TABLES else table


def field_name(table: str, name: str, language: str) -> str:
    known = catalogue.TABLES.get(table)
    found = [f for f in known.fields if f.name == name] if known else []
    return _in(found[0], language) if found else name


def purpose_name(purpose: str, language: str) -> str:
    known = catalogue.PURPOSES.get(purpose)
    return _in(known, language) if known else purpose


def lookup_name(lookup: str, language: str) -> str:
    known = catalogue.LOOKUPS.get(lookup)
    return _in(known, language) if known else lookup


def event_name(event: str, language: str) -> str:
    known = catalogue.EVENTS.get(event)
    return _in(known, language) if known else event


def change_words(change: Change, language: str) -> str:
    """What of it changed: the thing itself, after the words of `CHANGES`."""
    p = change.params
    if "table" in p and "column" in p:
        table, column = str(p["table"]), str(p["column"])
        return f"{table_name(table, language)}: {field_name(table, column, language)}"
    if "filter" in p:
        found = p["filter"]
        facets = " / ".join(found) if isinstance(found, list) else str(found)
        return f"{table_name(str(p['table']), language)}: {facets}"
    if "table" in p:
        return table_name(str(p["table"]), language)
    if "label" in p:
        return str(LABELS.get(str(p["label"]), p["label"]))
    if "lookup" in p:
        return lookup_name(str(p["lookup"]), language)
    if "event" in p:
        shape = SHAPES.get(str(p.get("shape", "")), "")
        return ": ".join(str(w) for w in (event_name(str(p["event"]), language), shape) if w)
    if "before" in p:
        return f"{p['before']} → {p['after']}"
    return ""
