"""The OpenAPI 3.1 documents of both interfaces, as their developers read them."""

import json
from importlib import import_module
from typing import Any

URLS = {
    "agency": "pims.exchange.api.urls",
    "observatory": "pims.exchange.api.observatory_urls",
}


def openapi(role: str) -> dict[str, Any]:
    """The document of `agency` or `observatory`."""
    api = import_module(URLS[role]).api
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="v1/")))
    return document


def openapi_text(role: str) -> str:
    return json.dumps(openapi(role), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
