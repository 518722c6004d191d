"""The JSON Schema of every kind of message, as an agency's developer is given it.

``python -m pims.exchange.inbound.kinds.schema`` writes it to standard output.
"""

import json
import sys
from typing import Any

from pims.exchange.inbound.kinds.registry import message_kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,80}$"}


def schema() -> dict[str, Any]:
    """One object: the envelope, and for each kind what its content is."""
    shapes: dict[str, Any] = {}
    kinds = []
    for kind in message_kinds().values():
        content = kind.content.model_json_schema(ref_template="#/$defs/{model}")
        shapes |= content.pop("$defs", {})
        content["title"] = kind.shape
        shapes[kind.shape] = content
        chosen: dict[str, Any] = {"$ref": f"#/$defs/{kind.shape}"}
        if kind.orders:
            orders = {"properties": {"order": {"enum": sorted(kind.orders)}}}
            chosen = {"allOf": [chosen, orders]}
        kinds.append(
            {
                "title": kind.label["en"],
                "properties": {"kind": {"const": kind.code}, "content": chosen},
            }
        )
    return {
        "$schema": DIALECT,
        "title": "A message to the prison",
        "type": "object",
        "required": ["v", "message_id", "kind", "sent_at", "content"],
        "additionalProperties": False,
        "properties": {
            "v": {"const": 1},
            "message_id": _ID,
            "kind": {"enum": list(message_kinds())},
            "sent_at": {"type": "string", "format": "date-time"},
            "corrects": {"anyOf": [_ID, {"const": ""}]},
            "content": {"type": "object"},
        },
        "oneOf": kinds,
        "$defs": dict(sorted(shapes.items())),
    }


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
