"""The demonstration's agencies as parts of a running PIMS: the gateway before it, and a program
each, which know of PIMS only what comes through that gateway."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from pims.cli import parts
from pims.config import instance
from pims.foundation.supervisor.service import Service

PORTS = "ports.json"
# By the name of its program: the folder of the agency that it speaks for, what its pages are.
PROGRAMS: Mapping[str, tuple[str, str]] = {
    "police": ("police", "Police desk"),
    "court": ("magistrates", "Court registry"),
    "observatory": ("observatory", "Crime Observatory"),
}
NAMES = ("exchange", "observatory_api", *PROGRAMS)
# What each port is for, as whoever starts PIMS is told.
TITLES: Mapping[str, str] = {
    "exchange": "the agencies' gateway", "observatory_api": "the Observatory's gateway",
    **{name: title for name, (_, title) in PROGRAMS.items()},
}  # fmt: skip


def folder() -> Path:
    return instance.secrets_dir() / "agencies"


def is_registered() -> bool:
    return (folder() / PORTS).is_file()


def free_ports(after: int) -> dict[str, int]:
    """A port of this machine for each name. Raises OSError."""
    found: dict[str, int] = {}
    last = after
    for name in NAMES:
        last = found[name] = parts.free_port_after(last)
    return found


def keep_ports(ports: Mapping[str, int]) -> None:
    """That they are there says that the agencies are registered."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder() / PORTS).write_text(json.dumps(dict(ports)))


def kept_ports() -> dict[str, int]:
    kept: dict[str, int] = json.loads((folder() / PORTS).read_text())
    return kept


def ports_now() -> dict[str, int]:
    """Those that were chosen when the agencies were registered; another for each that is taken,
    which the agencies are to be told (`agency_moves`)."""
    kept = kept_ports()
    taken = [name for name, port in kept.items() if not parts.port_is_free(port)]
    others = free_ports(max(kept.values())) if taken else {}
    return kept | {name: others[name] for name in taken}


def services(ports: Mapping[str, int]) -> list[Service]:
    """The gateway and the three programs."""
    env = {
        "PIMS_EXCHANGE_PORT": str(ports["exchange"]),
        "PIMS_OBSERVATORY_PORT": str(ports["observatory_api"]),
    }
    gateway = Service(
        name="gateway", argv=[sys.executable, "-m", "pims.cli.gateway"], env=env,
        ready=lambda: parts.listens(ports["exchange"]),
    )  # fmt: skip
    return [gateway, *(_program(name, ports) for name in PROGRAMS)]


def command(name: str, ports: Mapping[str, int]) -> list[str]:
    """How one program is started."""
    code, _ = PROGRAMS[name]
    behind = ports["observatory_api" if name == "observatory" else "exchange"]
    return [
        sys.executable, "-m", "pims_agency.main", name, "--folder", str(folder() / code),
        "--state", str(instance.var_dir() / "agencies" / code), "--port", str(ports[name]),
        "--address", f"https://localhost:{behind}",
    ]  # fmt: skip


def _program(name: str, ports: Mapping[str, int]) -> Service:
    return Service(
        name=f"agency-{name}", argv=command(name, ports),
        ready=lambda: parts.listens(ports[name]),
    )  # fmt: skip
