"""The parts of a running PIMS, as the supervisor wants them described."""

import http.client
import os
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path

from pims.biometrics.gallery.client import socket_path
from pims.exchange import places
from pims.foundation.database.cluster import Cluster
from pims.foundation.supervisor.lock import MARK
from pims.foundation.supervisor.service import Service

HERE = "127.0.0.1"
FIRST_PORT, LAST_PORT = 1024, 65_535


def database(cluster: Cluster) -> Service:
    """Our own PostgreSQL: smart shutdown, then fast, then immediate; never a plain kill."""
    cluster.ensure_created()
    return Service(
        name="postgres",
        argv=cluster.command(),
        popen=cluster.popen_kwargs(),
        # An earlier start's server is found by its data directory, not by our mark.
        env={MARK: ""},
        prepare=cluster.prepare,
        ready=cluster.is_ready,
        ready_within=120,
        stop=((signal.SIGTERM, 3), (signal.SIGINT, 20), (signal.SIGQUIT, 10)),
        orphaned=signal.SIGINT,
        last_words=cluster.log_tail,
    )


def sequencer() -> Service:
    return Service(name="sequencer", argv=_module("pims.foundation.ledger.sequencer"))


def worker() -> Service:
    return Service(name="worker", argv=_module("pims.cli.worker"), stop=((signal.SIGTERM, 12.0),))


def gallery() -> Service:
    """Fingerprints in memory. It is ready when it listens: while it still reads them, whoever asks
    is told so, and nobody waits for it."""
    return Service(
        name="gallery", argv=_module("pims.cli.gallery"), ready=socket_path().exists,
        ready_within=60,
    )  # fmt: skip


def courier() -> Service:
    """Messages to other agencies. Killed, it sends again what it had not noted as taken."""
    return Service(name="courier", argv=_module("pims.cli.courier"))


def agency() -> Service:
    """What other agencies call, through the gateway: a database role of its own, a Unix socket."""
    return _outside("agency", places.agency_socket())


def observatory() -> Service:
    """The same for whoever may know of numbers and of no person."""
    return _outside("observatory", places.observatory_socket())


def _outside(role: str, path: Path) -> Service:
    """One process, so that what is counted in its memory is counted once; a thread waits for each
    answer's time to leave."""

    def prepare() -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)

    return Service(
        name=role,
        argv=[
            sys.executable, "-m", "granian", "pims.exchange.api.wsgi:application",
            "--interface", "wsgi", "--uds", str(path), "--uds-permissions", "0o660", "--no-ws",
            "--workers", "1", "--blocking-threads", "16", "--backlog", "256",
            "--respawn-failed-workers", "--respawn-interval", "0.2",
            "--workers-kill-timeout", "4", "--log-level", "warning",
        ],
        env={"DJANGO_SETTINGS_MODULE": "pims.config.agency_settings", "PIMS_DB_ROLE": role},
        prepare=prepare,
        ready=lambda: _takes(path),
        ready_within=60,
    )  # fmt: skip


def _takes(path: Path) -> bool:
    """Whether somebody listens on the socket."""
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(str(path)) == 0


def events(port: int) -> Service:
    """The live stream. Open boards are let go when it stops; they come back by themselves."""
    return Service(
        name="events",
        argv=[
            sys.executable, "-m", "uvicorn", "pims.live.stream:app",
            "--host", HERE, "--port", str(port),
            "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "2",
        ],
        ready=lambda: listens(port),
    )  # fmt: skip


def web(port: int) -> Service:
    """The page server: a process a core; a few threads each, for while one waits for a query."""
    workers = max(2, min(os.cpu_count() or 2, 8))
    return Service(
        name="web",
        argv=[
            sys.executable, "-m", "granian", "pims.config.wsgi:application",
            "--interface", "wsgi", "--host", HERE, "--port", str(port), "--no-ws",
            "--workers", str(workers), "--blocking-threads", "4", "--backlog", "1024",
            "--respawn-failed-workers", "--respawn-interval", "0.2",
            "--workers-kill-timeout", "4", "--log-level", "warning",
        ],
        ready=lambda: answers(port),
        ready_within=60,
    )  # fmt: skip


def answers(port: int) -> bool:
    """Whether the pages and the database behind them answer."""
    with closing(http.client.HTTPConnection(HERE, port, timeout=1)) as connection:
        try:
            connection.request("GET", "/healthz/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HERE, port)) == 0


def port_is_free(port: int) -> bool:
    return fault_of_port(port) is None


def fault_of_port(port: int) -> OSError | None:
    """Why nothing can be served there: it is taken, or not for this account; None where it can."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError as fault:
            return fault
    return None


def free_port_after(port: int) -> int:
    """The first free port above `port`; the first that anybody may have comes after the last.
    Raises OSError where the next fifty are taken."""
    first = max(port + 1, FIRST_PORT)
    for number in range(first, first + 50):
        candidate = number if number <= LAST_PORT else number - LAST_PORT - 1 + FIRST_PORT
        if port_is_free(candidate):
            return candidate
    raise OSError(f"the fifty ports after {port} are all taken")


def who_listens(port: int) -> str:
    """The name and process id of what holds the port, empty where that can't be known."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        try:
            if str(link.readlink()) in inodes:
                process = link.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return ""


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
