"""`make test`: the tests, on each PostgreSQL that this machine has.

On the wheel's server all is tested, the pages in a browser last; on the machine's own, meanwhile,
whatever another version of the server could answer differently. Much of a test is waiting (for a
browser, a start, a clock), so that the two together use the processors well. The browser's driver
keeps a loop of its own running in its process, in which nothing else can be awaited: no other test
shares one with it. `--fast` leaves the browser out and uses one server. Further arguments go to
pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSER = ("tests/journeys", "tests/accessibility")


class Pass:
    """Tests on one server, with so many processes; what they say goes to `log`, if given."""

    def __init__(
        self, name: str, server: str, processes: int, *arguments: str, log: Path | None = None
    ) -> None:
        self.name, self.log = name, log
        # A single process needs no other one to hand out its work.
        several = ["--numprocesses", str(processes), "--dist", "loadfile"]
        # A hundred processes begin in a run: not each shall compile the same files anew.
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        with Path(log or os.devnull).open("wb") as file:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "pytest", "-q", "--postgres", server,
                    *(several if processes > 1 else []), "--no-loadscope-reorder", *arguments,
                ],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=file if log else None,
                stderr=subprocess.STDOUT if log else None,
            )  # fmt: skip

    def passed(self) -> bool:
        """Wait for the end; whether all passed. Shows what went to the log if not."""
        fine = self.process.wait() == 0
        if self.log and not fine:
            print(self.log.read_text(errors="replace"), flush=True)
        return fine

    def closing_line(self, fine: bool) -> str:
        counted = ""
        if self.log and fine:
            counted = f", {self.log.read_text(errors='replace').strip().splitlines()[-1]}"
        return f"{self.name}: {'passed' if fine else 'FAILED'}{counted}"


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
        return int(not Pass("", server, processors, *without_browser, *rest).passed())
    with tempfile.TemporaryDirectory(prefix="pims-tests-") as folder:
        beside = None
        if system:
            print("Tests on the wheel's PostgreSQL, and on this machine's meanwhile …", flush=True)
            beside = Pass(
                "This machine's PostgreSQL", "system", max(1, processors // 2),
                "--needing-postgres", *without_browser, "--ignore=tests/faults",
                "-p", "no:cacheprovider", *rest, log=Path(folder, "system.log"),
            )  # fmt: skip
        else:
            print("No PostgreSQL 15 or later on this machine: the wheel's alone is tested")
            print("Tests on the wheel's PostgreSQL …", flush=True)
        # A third of the time of a process goes in waiting: one more than there are processors.
        done: list[tuple[Pass, bool]] = []
        try:
            one = Pass("The wheel's PostgreSQL", "wheel", processors + 1, *without_browser, *rest)
            done.append((one, one.passed()))
            print("The pages in a browser …", flush=True)
            one = Pass("The pages in a browser", "wheel", processors + 1, *BROWSER, *rest)
            done.append((one, one.passed()))
            if beside is not None:
                done.append((beside, beside.passed()))
        except KeyboardInterrupt:
            one.process.wait()
            if beside is not None:
                beside.process.wait()
            raise
        for one, well in done:
            print(one.closing_line(well))
    return int(not all(well for _, well in done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
