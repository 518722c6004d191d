"""`make test`: the tests, on each PostgreSQL that this machine has.

On the machine's own server what uses a server is tested; on the wheel's everything, browser
included, and last, so that the closing line is that of the whole. `--fast` leaves the browser out
and uses one server. Further arguments go to pytest.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

BROWSER = ("tests/journeys", "tests/accessibility")


def pytest(server: str, *arguments: str) -> bool:
    """Whether all passed."""
    began = time.monotonic()
    processes = str(min(os.cpu_count() or 2, 8))
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "--postgres", server,
            "--numprocesses", processes, "--dist", "loadfile", *arguments,
        ],
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    took = time.monotonic() - began
    if done.returncode:
        print(f"Failed on the {server}'s PostgreSQL after {took:.0f} s", flush=True)
    return done.returncode == 0


def has_system_server() -> bool:
    from pims.foundation.database.binaries import OLDEST, on_machine

    return any(server.major >= OLDEST for server in on_machine())


def main(arguments: list[str]) -> int:
    without_browser = [f"--ignore={folder}" for folder in BROWSER if Path(folder).exists()]
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    fine = True
    if has_system_server():
        print("Tests on this machine's PostgreSQL …", flush=True)
        if fast:
            return int(not pytest("system", *without_browser, *rest))
        fine = pytest(
            "system", "--needing-postgres", *without_browser, "--ignore=tests/faults", *rest
        )
    else:
        print("No PostgreSQL 15 or later on this machine: the wheel's alone is tested", flush=True)
    print("Tests on the wheel's PostgreSQL …", flush=True)
    return int(not (pytest("wheel", *(without_browser if fast else ()), *rest) and fine))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
