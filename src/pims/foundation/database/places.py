"""Where an instance keeps its database, its socket, and what tells that it has state.

The server never runs as root. Where root starts it, its files lie outside root's home, under
`/var/lib/pims`, so that the unprivileged account reaches them without any folder of the user's
being opened to it.
"""

import os
from pathlib import Path

from pims.config import instance

SERVER_HOMES = Path("/var/lib/pims")


def running_as_root() -> bool:
    return os.geteuid() == 0


def server_home() -> Path:
    """Holds the data directories (`pg15`, `pg18`) and the server's log of this instance."""
    if running_as_root():
        return SERVER_HOMES / instance.instance_id()
    return instance.var_dir() / "postgres"


def socket_dir() -> Path:
    """Short, because a socket's whole path may have 107 bytes; the same for every process."""
    if running_as_root():
        base = Path("/run") if Path("/run").is_dir() else Path("/tmp")
        return base / f"pims-{instance.instance_id()}"
    return Path("/tmp") / f"pims-{os.geteuid()}-{instance.instance_id()}"


def data_directories(home: Path) -> list[Path]:
    """The finished data directories under `home`, lowest version first."""
    if not home.is_dir():
        return []
    found = [p for p in home.glob("pg[0-9]*") if (p / "PG_VERSION").is_file()]
    return sorted(found, key=lambda p: (len(p.name), p.name))
