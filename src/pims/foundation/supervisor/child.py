"""One child process and the pipe that its output comes through."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pims.foundation.supervisor.logs import RotatingLog
from pims.foundation.supervisor.service import Service

_PR_SET_PDEATHSIG = 1
_TRACE = b"Traceback (most recent call last)"
_DIGITS = re.compile(r"\d+")
_QUIET = 30.0  # seconds before a line that differs in numbers alone is shown again
_LONGEST = 300
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(last_wish: signal.Signals) -> Callable[[], None] | None:
    """What a child does before its program starts, so that no part outlives the supervisor."""
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(last_wish), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above could matter
            os._exit(1)

    return before_exec


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    orphaned: signal.Signals = signal.SIGTERM,
    output: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: a Ctrl-C at the terminal is ours to pass on.

    `output` is None to share our own, or `subprocess.PIPE` for standard output and error in one.
    """
    chosen: dict[str, Any] = {"stdin": subprocess.DEVNULL, "env": os.environ, **(options or {})}
    chosen["env"] = {**chosen["env"], **env}
    chosen["start_new_session"] = True
    # Safe because the supervisor has one thread.
    chosen["preexec_fn"] = _die_with_parent(orphaned)
    return subprocess.Popen(list(argv), stdout=output, stderr=subprocess.STDOUT, **chosen)


def kill_group(pid: int) -> None:
    """Kill whatever is left of the process group that `pid` led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


class Child:
    """A running `Service`; a new one is made for each start."""

    def __init__(self, service: Service, log: RotatingLog, env: Mapping[str, str]) -> None:
        self.service, self._log = service, log
        self.process = spawn(
            service.argv,
            env={**env, **service.env},
            orphaned=service.orphaned,
            output=subprocess.PIPE,
            options=service.popen,
        )
        assert self.process.stdout is not None
        self._pipe = self.process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        self._rest = b""
        self._in_trace = False
        self._shown: dict[str, float] = {}
        self.silent = False

    def fileno(self) -> int:
        return self._pipe.fileno()

    def drain(self) -> list[str]:
        """Move what it has written into its log; give the lines worth showing.

        `silent` is true once nobody holds the other end any more.
        """
        shown: list[str] = []
        while data := self._read():
            self._log.write(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            self._rest = self._rest[-65_536:]
            shown += [text for line in lines if (text := self._worth_showing(line))]
        return shown

    def _worth_showing(self, line: bytes) -> str:
        if line.startswith(_TRACE):
            self._in_trace = True
            return ""
        ends_trace = self._in_trace and bool(line) and not line[:1].isspace()
        if ends_trace:
            self._in_trace = False
        if not ends_trace and not self.service.repeat.search(line):
            return ""
        text = line.decode(errors="replace").strip()[:_LONGEST]
        kind, now = _DIGITS.sub("", text), time.monotonic()
        if now - self._shown.get(kind, -_QUIET) < _QUIET:
            return ""
        self._shown[kind] = now
        return text

    def _read(self) -> bytes:
        try:
            data = os.read(self._pipe.fileno(), 65_536)
        except BlockingIOError:
            return b""
        self.silent = not data
        return data

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def bury(self) -> None:
        """After its end: kill what it left in its group and let go of its pipe."""
        kill_group(self.process.pid)
        self.process.wait()
        self._pipe.close()
