"""A whole installation of its own for a test: `pims up` with real parts, to be hurt."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pims.config import instance
from pims.foundation.database import ephemeral, places
from pims.foundation.database.binaries import choose

PIMS = [sys.executable, "-m", "pims.cli"]
PARTS = {
    "postgres": "postgres",
    "sequencer": "pims.foundation.ledger.sequencer",
    "worker": "pims.cli.worker",
    "gallery": "pims.cli.gallery",
    "courier": "pims.cli.courier",
    "agency": "agency.sock",
    "observatory": "observatory.sock",
    "events": "pims.live.stream",
    "web": "pims.config.wsgi",
}


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """State and secrets under `folder`; the pages on `port`."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None
    said: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("PIMS_")}
        return {
            **ours,
            "PIMS_VAR": str(self.folder / "var"),
            "PIMS_SECRETS": str(self.folder / "secrets"),
            "PIMS_POSTGRES": os.environ.get("PIMS_POSTGRES", ""),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def give_migrated_database(self) -> None:
        """Begin with the tests' migrated database instead of waiting for a migration."""
        server = choose(None)
        kept = ephemeral.base_dir() / "kept" / f"pg{server.major}-{ephemeral.cache_key(server)}"
        (self.folder / "secrets").mkdir(mode=0o700, parents=True)
        names = sorted(path.name for path in (kept / "secrets").iterdir())
        for name in names:
            shutil.copy2(kept / "secrets" / name, self.folder / "secrets" / name)
        (self.folder / "var").mkdir()
        (self.folder / "var" / "secrets.index").write_text("\n".join(names) + "\n")
        home = self._places()[0]
        home.mkdir(parents=True)
        subprocess.run(["cp", "-a", str(kept / f"pg{server.major}"), str(home)], check=True)

    def start(self) -> None:
        """Return once `pims up` says that it is ready."""
        self.said.clear()
        self.process = subprocess.Popen(
            [*PIMS, "up", "--no-demo", "--port", str(self.port)],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        wait_until(lambda: self.has_said("PIMS is ready"), 90, "\n".join(self.said) or "start")

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.said.append(line.rstrip())

    def has_said(self, text: str) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError("pims up ended: " + "\n".join(self.said))
        return any(text in line for line in self.said)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run another `pims` command on this installation."""
        return subprocess.run(
            [*PIMS, *arguments],
            env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz/", timeout=2
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def part(self, name: str) -> int | None:
        """The process id of a part: a child of the supervisor."""
        assert self.process is not None
        for pid in children(self.process.pid):
            if PARTS[name] in command_line(pid):
                return pid
        return None

    def all_processes(self) -> set[int]:
        """Whatever descends from the supervisor, itself included."""
        assert self.process is not None
        found, look = set(), [self.process.pid]
        while look:
            pid = look.pop()
            found.add(pid)
            look += children(pid)
        return found

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def kill_everything(self) -> None:
        """As a power cut would, as far as one process can do that to others."""
        everything = self.all_processes()
        for pid in everything:
            os.kill(pid, signal.SIGSTOP)  # so that none can tidy up after another
        for pid in everything:
            os.kill(pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait(10)
        wait_until(lambda: not any(map(alive, everything)), 10, "all are dead")

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill_everything()
        for place in self._places():
            shutil.rmtree(place, ignore_errors=True)

    def _places(self) -> tuple[Path, Path]:
        """The database's home and its socket's folder, as this installation computes them."""
        before = os.environ.get("PIMS_VAR")
        os.environ["PIMS_VAR"] = str(self.folder / "var")
        try:
            assert instance.var_dir() == self.folder / "var"
            return places.server_home(), places.socket_dir()
        finally:
            if before is not None:
                os.environ["PIMS_VAR"] = before

    def note(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "var/run/up.json").read_text())
        return found


def children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
