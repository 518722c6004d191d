"""The networks that ship with PIMS: where each came from, and that it is still the same file."""

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pims.biometrics.engine.reasons import Unusable

__all__ = ["model_bytes", "provenance"]


@cache
def provenance() -> dict[str, Any]:
    """Each model's origin, licence, checksum and how it was made, by its name."""
    return tomllib.loads((files(__name__) / "provenance.toml").read_text(encoding="utf-8"))


def model_bytes(name: str) -> bytes:
    """The model called `name`. Raises `Unusable` where its file is missing or was changed."""
    known = provenance()[name]
    try:
        data: bytes = (files(__name__) / known["file"]).read_bytes()
    except OSError as error:
        raise Unusable("biometrics.model_missing", file=known["file"]) from error
    if hashlib.sha256(data).hexdigest() != known["sha256"]:
        raise Unusable("biometrics.model_changed", file=known["file"])
    return data
