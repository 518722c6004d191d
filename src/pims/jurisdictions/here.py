"""The jurisdiction whose law and tables this installation works with."""

import os
from importlib.resources import files

VARIABLE = "PIMS_JURISDICTION"


def _named(name: str) -> str:
    folder = files("pims.jurisdictions") / name
    if not name.isidentifier() or not (folder / "warrant_kinds.toml").is_file():
        raise LookupError(f"{VARIABLE}: there is no jurisdiction {name!r} with tables of its own")
    return name


# The name of its folder; settled when the program starts.
HERE = _named(os.environ.get(VARIABLE, "").strip() or "belize")
