"""The names under which the built assets are served: each carries a hash of its content."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "assets.json"


@cache
def _manifest(stamp: float) -> dict[str, str]:
    names: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return names


def asset_url(name: str) -> str:
    """The address of ``pims.css`` or ``pims.js``; its plain name where nothing was built yet."""
    try:
        stamp = MANIFEST.stat().st_mtime
    except FileNotFoundError:
        return f"{settings.STATIC_URL}dist/{name}"
    return f"{settings.STATIC_URL}dist/{_manifest(stamp).get(name, name)}"
