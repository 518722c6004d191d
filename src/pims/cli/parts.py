"""The parts of a running PIMS, as the supervisor wants them described."""

import http.client
import os
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path

from pims.biometrics.gallery.client import socket_path
from pims.foundation.database.cluster import Cluster
from pims.foundation.supervisor.lock import MARK
from pims.foundation.supervisor.service import Service

HERE = "127.0.0.1"


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


def events(port: int) -> Service:
    """The live stream. Open boards are let go when it stops; they come back by themselves."""
    return Service(
        name="events",
        argv=[
            sys.executable, "-m", "uvicorn", "pims.live.stream:app",
            "--host", HERE, "--port", str(port),
            "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "2",
        ],
        ready=lambda: _listens(port),
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


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HERE, port)) == 0


def port_is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


def free_port_after(port: int) -> int:
    """The first free port above `port`. Raises OSError where the next fifty are taken."""
    for candidate in range(port + 1, min(port + 51, 65_536)):
        if port_is_free(candidate):
            return candidate
    raise OSError(f"no free port between {port + 1} and {port + 50}")


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
