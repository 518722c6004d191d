"""One supervisor for one installation, and what an earlier one left running."""

import fcntl
import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pims.foundation.supervisor.child import kill_group

MARK = "PIMS_SUPERVISED"


@dataclass(frozen=True, slots=True)
class Running:
    """Who holds the installation: its process and where it answers."""

    pid: int
    address: str


class AlreadyRunning(Exception):
    """Another supervisor holds this installation."""

    def __init__(self, running: Running | None) -> None:
        super().__init__("already running")
        self.running = running


class InstallationLock:
    """Held by the kernel for as long as the supervisor lives, however it ends.

    Raises AlreadyRunning where another process holds it.
    """

    def __init__(self, run_dir: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self._note = run_dir / "up.json"
        self._file = (run_dir / "up.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise AlreadyRunning(self._read()) from None

    def announce(self, address: str) -> None:
        """Say where we answer, to a second `pims up` and to whoever looks."""
        fresh = self._note.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(Running(os.getpid(), address))) + "\n")
        fresh.replace(self._note)

    def _read(self) -> Running | None:
        try:
            return Running(**json.loads(self._note.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def release(self) -> None:
        self._note.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go without having announced anything."""
        self._file.close()


def left_running(mark: str) -> list[int]:
    """Processes that carry our mark and are not ourselves: an earlier supervisor was killed.

    Linux only (it reads ``/proc``); elsewhere none are found and their ports stay taken.
    """
    ours = {os.getpid(), os.getppid()}
    needle = f"{MARK}={mark}".encode()
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(entry.name) not in ours and needle in (entry / "environ").read_bytes().split(
                b"\0"
            ):
                found.append(int(entry.name))
    return found


def clear_left_running(mark: str, *, patience: float = 5.0) -> int:
    """Stop what an earlier supervisor left, kindly and then not; gives how many there were."""
    first = left_running(mark)
    for pid in first:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while (rest := left_running(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in rest:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        kill_group(pid)
    return len(first)
