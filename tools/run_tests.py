"""`make test`: the tests, on each PostgreSQL that this machine has.

On the wheel's server everything is tested; on the machine's own, meanwhile, whatever another
version of the server could answer differently, and then the pages in a browser. Much of a test is
waiting (for a browser, a start, a clock), so that two passes together use the processors well. The
browser's driver keeps a loop of its own running in its process, in which nothing else can be
awaited: no other test shares one with it. `--fast` leaves the browser out and uses one server.
Further arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BROWSER = ("tests/journeys", "tests/accessibility")


class Pass:
    """Tests on one server, with so many processes; what they say goes to `log`, if given."""

    def __init__(
        self, name: str, server: str, processes: int, *arguments: str, log: Path | None = None
    ) -> None:
        self.name, self.log, self.fine = name, log, False
        # A single process needs no other one to hand out its work.
        several = ["--numprocesses", str(processes), "--dist", "loadfile"]
        self._command = [
            sys.executable, "-m", "pytest", "-q", "--postgres", server,
            *(several if processes > 1 else []), "--no-loadscope-reorder", *arguments,
        ]  # fmt: skip

    def run(self) -> bool:
        """Run to the end; whether all passed. Shows what went to the log if not."""
        # A hundred processes begin in a run: not each shall compile the same files anew.
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        with Path(self.log or os.devnull).open("wb") as file:
            process = subprocess.Popen(
                self._command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=file if self.log else None,
                stderr=subprocess.STDOUT if self.log else None,
            )
        self.fine = process.wait() == 0
        return self.fine

    def told(self) -> str:
        """How it ended, after what it said of its failures."""
        said = self.log.read_text(errors="replace").strip() if self.log else ""
        if not self.fine:
            return f"{said}\n{self.name}: FAILED".lstrip()
        return f"{self.name}: passed" + (f", {said.splitlines()[-1]}" if said else "")


def has_system_server() -> bool:
    from pims.foundation.database.binaries import OLDEST, on_machine

    return any(server.major >= OLDEST for server in on_machine())


def main(arguments: list[str]) -> int:
    without_browser = [f"--ignore={folder}" for folder in BROWSER]
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    processors = min(os.cpu_count() or 2, 8)
    system = has_system_server()
    if fast:
        server = "system" if system else "wheel"
        return int(not Pass("Tests", server, processors, *without_browser, *rest).run())
    with tempfile.TemporaryDirectory(prefix="pims-tests-") as folder:
        # A third of the time of a process goes in waiting: one more than there are processors.
        most = Pass("The wheel's PostgreSQL", "wheel", processors + 1, *without_browser, *rest)
        beside = [
            Pass("The pages in a browser", "wheel", processors, *BROWSER, *rest,
                 log=Path(folder, "browser.log"))
        ]  # fmt: skip
        if system:
            print(
                "Tests on the wheel's PostgreSQL; on this machine's, and in a browser, meanwhile …"
            )
            one = Pass(
                "This machine's PostgreSQL", "system", max(1, processors // 2),
                "--needing-postgres", *without_browser, "--ignore=tests/faults",
                "-p", "no:cacheprovider", *rest, log=Path(folder, "system.log"),
            )  # fmt: skip
            beside.insert(0, one)
        else:
            print("No PostgreSQL 15 or later on this machine: the wheel's alone is tested")
            print("Tests on the wheel's PostgreSQL, and in a browser meanwhile …")
        sys.stdout.flush()
        with ThreadPoolExecutor(2) as lanes:
            running = [lanes.submit(_run_each, lane) for lane in ([most], beside)]
            for lane in running:
                lane.result()
        for one in (most, *beside):
            print(one.told())
    return int(not all(one.fine for one in (most, *beside)))


def _run_each(passes: Sequence[Pass]) -> None:
    for one in passes:
        one.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
