"""Which answers a call may have: those of every call, and its own."""

from typing import Any

from pims.exchange.api.schemas import RefusalBody

EVERY = (400, 401, 403, 405, 429, 500, 503)


def answers(schema: Any, *more: int) -> dict[int, Any]:
    """200 with the schema, and the refusals of every call and of this one."""
    return {200: schema} | dict.fromkeys(sorted({*EVERY, *more}), RefusalBody)


# What the gateway and the process want to see of every call, for the document.
HEADERS: dict[str, Any] = {
    "parameters": [
        {
            "in": "header", "name": "PIMS-Purpose", "required": True,
            "description": "The purpose of the agreement under which this is asked.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 40,
                       "pattern": "^[a-z_]+$"},
            "example": "custody_enquiry",
        },
        {
            "in": "header", "name": "PIMS-End-User", "required": True,
            "description": "The official who asks: rank, number, name. Beyond ASCII with per cent"
            " signs (UTF-8).",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200,
                       "pattern": "^[A-Za-z0-9][A-Za-z0-9 ._%-]*$"},
            "example": "PC 1234 Choc",
        },
    ]
}  # fmt: skip
