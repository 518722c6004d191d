"""Where the parts that agencies reach listen: Unix sockets, which no other machine can open."""

import os
import tempfile
from pathlib import Path

from pims.config import instance

MOST_NAME = 100


def agency_socket() -> Path:
    return _socket("agency")


def observatory_socket() -> Path:
    return _socket("observatory")


def window_socket() -> Path:
    return _socket("window")


def _socket(name: str) -> Path:
    """Beside the state, or, where that is too deep for a socket's name (108 bytes), in a folder of
    this user's own among the temporary files; `PIMS_<NAME>_SOCKET` says otherwise."""
    if explicit := os.environ.get(f"PIMS_{name.upper()}_SOCKET"):
        return Path(explicit)
    path = instance.var_dir() / "run" / f"{name}.sock"
    if len(os.fsencode(path)) < MOST_NAME:
        return path
    folder = Path(tempfile.gettempdir()) / f"pims-{os.getuid()}-{instance.instance_id()}"
    return folder / f"{name}.sock"
