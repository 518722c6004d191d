"""The description of the feed and the pushed messages in AsyncAPI 3, made from the catalogue."""

from collections.abc import Mapping
from typing import Any

from pims.exchange import catalogue
from pims.exchange.catalogue_docs import niem
from pims.exchange.feed.rendering import (
    CONTENT_TYPE,
    SINGLE,
    SOURCE,
    TYPE_PREFIX,
    known_types,
    tables_of,
)
from pims.exchange.rules.telling import HEARTBEAT

VERSION = "1.0.0"
RETRACTION = "retraction"
_OWN_WORDS = {
    RETRACTION: "What an earlier message said is not so.",
    HEARTBEAT: "We are here, once a minute: silence means that something is wrong.",
}
_KINDS: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
    "count": {"type": "integer"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "array", "items": {"type": "object"}},
}
_DATE = {"type": "object", "properties": {"nc:Date": {"type": "string", "format": "date"}}}
_ID = {"type": "object", "properties": {"nc:IdentificationID": {"type": "string"}}}
_INSTANT = {"type": "string", "format": "date-time"}


def document() -> dict[str, Any]:
    """The whole description, as JSON has it."""
    kinds = known_types()
    names = {kind: niem.ours(kind).partition(":")[2] for kind in kinds}
    channel = {name: {"$ref": f"#/components/messages/{name}"} for name in names.values()}
    in_channel = {
        place: [{"$ref": f"#/channels/{place}/messages/{name}"} for name in names.values()]
        for place in ("feed", "webhook")
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "PIMS events",
            "version": VERSION,
            "description": (
                "What happened to prisoners, as CloudEvents with NIEM names. The feed is the"
                " truth, read from a position and acknowledged; webhooks push the same messages"
                " sooner. Each agency is told what its agreement lists, and nothing else."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "feed": {
                "address": "/v1/feed",
                "description": "Events after a position, in order, at least 90 days back.",
                "messages": channel,
            },
            "webhook": {
                "address": None,
                "description": (
                    "The address that the agency registered. Standard Webhooks headers:"
                    " webhook-id is the event's id."
                ),
                "messages": channel,
            },
        },
        "operations": {
            "readFeed": {
                "action": "send",
                "channel": {"$ref": "#/channels/feed"},
                "messages": in_channel["feed"],
            },
            "push": {
                "action": "send",
                "channel": {"$ref": "#/channels/webhook"},
                "messages": in_channel["webhook"],
            },
        },
        "components": {
            "messages": {names[kind]: _message(kind) for kind in kinds},
            "schemas": {
                **{f"{table}Record": _record(table) for table in sorted(_used())},
                "envelope": _envelope(),
            },
        },
    }


def _used() -> set[str]:
    return {table for kind in known_types() for table in tables_of(kind)}


def _message(kind: str) -> dict[str, Any]:
    words = catalogue.EVENTS[kind].en if kind in catalogue.EVENTS else _OWN_WORDS[kind]
    return {
        "name": TYPE_PREFIX + kind,
        "title": words,
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": TYPE_PREFIX + kind},
                        "data": _data(kind),
                    },
                },
            ]
        },
    }


def _data(kind: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "@context": {"type": "object"},
        "@type": {"const": niem.ours(kind)},
    }
    if kind == HEARTBEAT:
        return {"type": "object", "properties": properties}
    properties["pims:link"] = {
        "type": "string",
        "description": "Where the same agency may ask for more, below the API's address.",
    }
    if kind == RETRACTION:
        properties["pims:takesBack"] = {"type": "string", "format": "uuid"}
        properties["pims:takesBackType"] = {"type": "string"}
        properties["pims:because"] = {
            "enum": ["never_was", "corrected", "withdrawn", "fell"],
        }
    if kind.startswith("identity_"):
        properties["pims:otherNumber"] = {"type": "string"}
    properties["pims:change"] = {
        "$ref": "#/components/schemas/custodyRecord",
        "description": "What the event itself says of custody, where it is agreed.",
    }
    for table in tables_of(kind):
        ref = {"$ref": f"#/components/schemas/{table}Record"}
        properties[niem.ours(table)] = (
            {"oneOf": [ref, {"type": "null"}]}
            if table in SINGLE
            else {"type": "array", "items": ref}
        )
    if kind in ("escaped", "absent"):
        properties["pims:missing"] = {
            "type": "array",
            "description": "Everybody at large now whom the agency may know of.",
            "items": {"type": "object"},
        }
    return {"type": "object", "properties": properties, "required": ["@type"]}


def _record(table: str) -> dict[str, Any]:
    """No field is required: an agreement lists some, and of those a person has some."""
    return {
        "type": "object",
        "title": catalogue.TABLES[table].en,
        "additionalProperties": False,
        "properties": {
            field.niem or niem.ours(field.name): {**_shape(field), "description": field.en}
            for field in catalogue.TABLES[table].fields
        },
    }


def _shape(field: catalogue.Field) -> dict[str, Any]:
    example = niem.WRITERS.get(field.niem)
    if example is None:
        return dict(_KINDS[field.kind])
    if field.kind == "date":
        return dict(_DATE)
    return {"type": "array", "items": dict(_ID)} if field.kind == "object" else {"type": "object"}


def _envelope() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "CloudEvents 1.0",
        "required": ["specversion", "id", "source", "type", "time", "sequence", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "format": "uuid",
                   "description": "The same on the feed and pushed: whoever has it has the event."},
            "source": {"const": SOURCE},
            "type": {"type": "string"},
            "subject": {"type": "string", "description": "The prisoner's number, where agreed."},
            "time": {**_INSTANT, "description": "When it happened."},
            "recorded": {**_INSTANT, "description": "When the prison recorded it."},
            "sequence": {"type": "string", "pattern": "^[0-9]{12}$",
                         "description": "Its position in the feed."},
            "origin": {"enum": ["replay", "test"],
                       "description": "Only where it is not of the living record."},
            "datacontenttype": {"const": CONTENT_TYPE},
            "data": {"type": "object"},
        },
    }  # fmt: skip
