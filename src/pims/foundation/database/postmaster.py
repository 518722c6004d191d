"""Which process, if any, is the server of a data directory, and what a crash left behind.

A process id in a lock file proves nothing after a crash: the number may belong to another
process by then. A server stands in its data directory, so that is what is looked at.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from pims.foundation.database.account import Account
from pims.foundation.database.errors import DatabaseUnavailable

_PROC = Path("/proc")


def running(data: Path) -> int | None:
    """The id of the server process of `data`, None where it does not run."""
    pid = _pid_in(data / "postmaster.pid")
    return pid if pid is not None and _stands_in(pid, data) else None


def send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass


def wait_for_orphans(data: Path, *, report: Callable[[str], None], timeout: float = 30) -> None:
    """Wait for the children of a killed server: they notice within moments and end, and a new
    server must not open the files before."""
    deadline = time.monotonic() + timeout
    told = False
    while left := _processes_in(data):
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"Processes of an earlier server still use {data}: {left}. Nothing was started."
            )
        if not told:
            told = True
            report("Waiting for the last processes of the earlier server")
        time.sleep(0.05)


def clear_stale(data: Path, socket_dir: Path, port: int) -> None:
    """Remove lock files of a server that is no more, where their process id is another's now.

    PostgreSQL removes them itself where the number is nobody's. Call it only after
    `wait_for_orphans`.
    """
    for lock in (data / "postmaster.pid", socket_dir / f".s.PGSQL.{port}.lock"):
        pid = _pid_in(lock)
        if pid is not None and _alive(pid) and not _stands_in(pid, data):
            lock.unlink(missing_ok=True)


def make_socket_dir(folder: Path, account: Account) -> None:
    """The folder of the socket, its account's alone. Refuses one that another account made."""
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (account.uid, os.geteuid()):
        raise DatabaseUnavailable(f"{folder} belongs to another account; remove it.")
    if found.st_uid != account.uid:
        account.give(folder)


def _pid_in(lock: Path) -> int | None:
    try:
        return abs(int(lock.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stands_in(pid: int, data: Path) -> bool:
    if _PROC.joinpath("self").exists():
        try:
            return os.readlink(_PROC / str(pid) / "cwd") == str(data.resolve())
        except OSError:
            return False
    told = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return f"-D {data}" in told


def _processes_in(data: Path) -> list[int]:
    if not _PROC.joinpath("self").exists():
        return []
    return [
        int(p.name) for p in _PROC.iterdir() if p.name.isdigit() and _stands_in(int(p.name), data)
    ]
