"""One database cluster that we own: made once, started, found running, stopped.

It listens on a Unix socket alone, every role signs in with its own password (scram-sha-256, never
trust), text sorts by code point, times are UTC, pages carry checksums.
"""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import conninfo, pq

from pims.foundation.database import binaries, places, postmaster, settings
from pims.foundation.database.account import Account, account_for
from pims.foundation.database.binaries import Binaries
from pims.foundation.database.errors import DatabaseUnavailable, DidNotStart, WrongServerVersion
from pims.foundation.database.urls import PORT, SUPERUSER, role_name
from pims.foundation.vault.secrets import database_password

Report = Callable[[str], None]
START_TIMEOUT = 60.0
STOP_TIMEOUT = 60.0

# Servers that this process started in the background, by process id; they may outlive it.
_started: dict[int, subprocess.Popen[bytes]] = {}


def _silent(_: str) -> None:
    return None


@dataclass(slots=True)
class Cluster:
    """The server's home (data directory `pg<major>` and log within) and where its socket is.

    `durable` false gives up safety against power cuts for speed: for tests alone. `report` is
    told of each step that may take over a second.
    """

    home: Path
    socket_dir: Path
    durable: bool = True
    report: Report = _silent
    server: Binaries | None = None

    # What there is

    @property
    def data(self) -> Path | None:
        """The data directory, None before it is made."""
        found = places.data_directories(self.home)
        if len(found) > 1:
            raise DatabaseUnavailable(
                f"{self.home} holds several databases ({', '.join(p.name for p in found)}) and it"
                " is not clear which one is in use. Move the others away."
            )
        return found[0] if found else None

    @property
    def log_file(self) -> Path:
        """What the server says before and after its own log (`pg<major>/log`) is open."""
        return self.home / "server.log"

    def made_by(self) -> int | None:
        """The major version that made the data directory."""
        data = self.data
        return None if data is None else int((data / "PG_VERSION").read_text().strip())

    def binaries(self) -> Binaries:
        """The programs that open this data. Raises ServerNotFound or WrongServerVersion."""
        made_by = self.made_by()
        if self.server is None:
            self.server = self._reachable(binaries.choose(made_by, self.data))
        if made_by is not None and self.server.major != made_by:
            raise WrongServerVersion(self.data or self.home, made_by, self.server.major)
        return self.server

    def account(self) -> Account:
        return account_for(self.data)

    def pid(self) -> int | None:
        """The process id of this cluster's running server, None where there is none."""
        data = self.data
        return None if data is None else postmaster.running(data)

    def is_running(self) -> bool:
        return self.pid() is not None

    def is_ready(self) -> bool:
        """Whether the server takes connections now."""
        address = conninfo.make_conninfo(
            "", host=str(self.socket_dir), port=PORT, user="nobody", connect_timeout=2
        )
        return pq.PGconn.ping(address.encode()) == pq.Ping.OK

    # Making it

    def ensure_created(self) -> None:
        """Make the data directory where there is none: whole, or not at all."""
        if self.data is not None:
            self.binaries()
            return
        with self._lock():
            if self.data is None:
                self._create(self.binaries())

    def _create(self, server: Binaries) -> None:
        self.report(f"Making a new database with PostgreSQL {server.version} ({server.source})")
        account = self.account()
        for leftover in self.home.glob(".new-*"):
            shutil.rmtree(leftover)
        work = self.home / f".new-{secrets.token_hex(4)}"
        work.mkdir(mode=0o700)
        account.give(work)
        password = work / "password"
        handle = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(database_password(SUPERUSER))
        account.give(password)
        try:
            subprocess.run(
                [
                    server.program("initdb"),
                    f"--pgdata={work / 'data'}",
                    f"--username={role_name(SUPERUSER)}",
                    f"--pwfile={password}",
                    *settings.initdb_arguments(server.major, durable=self.durable),
                ],
                check=True,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                **account.popen_kwargs(),
            )
            (work / "data").rename(self.home / f"pg{server.major}")
        except subprocess.CalledProcessError as failure:
            raise DatabaseUnavailable(
                f"PostgreSQL {server.version} could not make a database in {self.home}:\n"
                f"{failure.stdout}{failure.stderr}"
            ) from failure
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _reachable(self, server: Binaries) -> Binaries:
        """The same programs, where the server's account can run them."""
        account = self.account()
        if not account.switch or self._runs_for(server, account):
            return server
        copied = binaries.reachable_copy(server, places.SERVER_HOMES / "bin")
        if not self._runs_for(copied, account):
            raise DatabaseUnavailable(f"{account.name} can't run {server.program('postgres')}.")
        return copied

    @staticmethod
    def _runs_for(server: Binaries, account: Account) -> bool:
        try:
            subprocess.run(
                [server.program("postgres"), "--version"],
                check=True,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                **account.popen_kwargs(),
            )
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    # Running it

    def command(self) -> list[str]:
        """The server in the foreground; SIGINT stops it cleanly, SIGQUIT at once."""
        data = self.data
        if data is None:
            raise DatabaseUnavailable(f"There is no database in {self.home} yet.")
        chosen = settings.server_settings(self.socket_dir, durable=self.durable)
        return [
            self.binaries().program("postgres"),
            "-D",
            str(data),
            *(part for name, value in chosen.items() for part in ("-c", f"{name}={value}")),
        ]

    def popen_kwargs(self) -> dict[str, Any]:
        """For `Popen(cluster.command(), ...)`: account, environment, and a session of its own,
        so that Ctrl-C at the terminal reaches the supervisor and not the server."""
        return {
            **self.account().popen_kwargs(),
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
        }

    def prepare(self) -> None:
        """Make ready to run `command()`: the data, the socket's folder, no stale lock files.

        Raises DatabaseUnavailable where the server is running already.
        """
        self.ensure_created()
        data = self.data
        assert data is not None
        if (pid := postmaster.running(data)) is not None:
            raise DatabaseUnavailable(f"The database in {data} is already running (pid {pid}).")
        postmaster.wait_for_orphans(data, report=self.report)
        postmaster.clear_stale(data, self.socket_dir, PORT)
        postmaster.make_socket_dir(self.socket_dir, self.account())

    def start(self, timeout: float = START_TIMEOUT) -> int:
        """Start the server in the background where it isn't running; give its process id."""
        self.ensure_created()
        with self._lock():
            if (pid := self.pid()) is None:
                self.prepare()
                self.report("Starting PostgreSQL")
                with self.log_file.open("ab") as log:
                    process = subprocess.Popen(
                        self.command(), stdout=log, stderr=log, **self.popen_kwargs()
                    )
                pid = process.pid
                _started[pid] = process
            try:
                self.wait_ready(timeout, process=_started.get(pid))
            except DidNotStart:
                self.stop()
                raise
        return pid

    def wait_ready(
        self, timeout: float = START_TIMEOUT, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        """Return once the server takes connections.

        Raises DidNotStart, with the end of the log, after `timeout` seconds or as soon as
        `process` has ended.
        """
        began = time.monotonic()
        told = began
        while not self.is_ready():
            waited = time.monotonic() - began
            ended = process is not None and process.poll() is not None
            if ended or waited > timeout:
                what = "ended at once" if ended else f"did not answer within {timeout:.0f} s"
                raise DidNotStart(f"PostgreSQL {what}. The end of its log:\n{self.log_tail()}")
            if time.monotonic() - told > 2:
                told = time.monotonic()
                self.report(f"Waiting for PostgreSQL ({waited:.0f} s)")
            time.sleep(0.05)

    def stop(self, timeout: float = STOP_TIMEOUT, *, at_once: bool = False) -> None:
        """Stop the server: cleanly (sessions are ended, a checkpoint is written), or `at_once`
        as in a crash, which the next start recovers from. Nobody uses the files afterwards."""
        data = self.data
        pid = None if data is None else postmaster.running(data)
        if pid is not None and data is not None:
            postmaster.send(pid, signal.SIGQUIT if at_once else signal.SIGINT)
            if not self._wait_gone(data, timeout):
                self.report("PostgreSQL does not stop; ending it as in a crash")
                postmaster.send(pid, signal.SIGQUIT)
                if not self._wait_gone(data, 10):
                    postmaster.send(pid, signal.SIGKILL)
                    self._wait_gone(data, 10)
        if data is not None:
            postmaster.wait_for_orphans(data, report=self.report)
        for started, process in list(_started.items()):
            if process.poll() is not None:
                del _started[started]

    def _wait_gone(self, data: Path, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while postmaster.running(data) is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def log_tail(self, lines: int = 30) -> str:
        """The last lines of what the server wrote, or a remark that there is nothing."""
        data = self.data
        files = [self.log_file, *((data / "log").glob("*.log") if data is not None else ())]
        written = [f for f in files if f.is_file() and f.stat().st_size]
        written.sort(key=lambda f: f.stat().st_mtime)
        text = "\n".join(
            line
            for file in written[-2:]
            for line in file.read_text(errors="replace").splitlines()[-lines:]
        )
        return text or "(the log is empty)"

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time makes or starts this cluster."""
        self.home.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.home / ".launcher.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
