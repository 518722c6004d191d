"""Install the parts that a lock file pins, then PIMS itself, saying how far it is.

Every part is checked against its hash. Where they come from is pip's own configuration. Uses the
standard library alone: it runs before anything is installed.
"""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

EVERY = 4.0  # seconds between two words of progress


def main(lock: Path) -> int:
    parts = len(re.findall(r"^[A-Za-z0-9][\w.-]*==", lock.read_text(), re.MULTILINE))
    print(f"Installing at most {parts} pinned parts ({lock}) …", flush=True)
    code = pip("--require-hashes", "--no-deps", "--requirement", str(lock), total=parts) or pip(
        "--no-deps", "--no-build-isolation", "--editable", ".", total=0
    )
    if code:
        print(
            "\nThe parts could not be installed; pip's words are above. Run it again when the"
            " machine reaches its package index.",
            file=sys.stderr,
        )
    return code


def pip(*arguments: str, total: int) -> int:
    """Run pip install; gives its exit code, and prints its output where that is not 0."""
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    began = time.monotonic()
    said: list[str] = []
    process = subprocess.Popen(
        [*command, "--disable-pip-version-check", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ended = threading.Event()
    teller = threading.Thread(target=tell, args=(said, total, ended), daemon=True)
    teller.start()
    assert process.stdout is not None
    said.extend(process.stdout)  # as the lines come
    code = process.wait()
    ended.set()
    teller.join()
    if code:
        print("".join(said), file=sys.stderr)
    elif total:
        print(f"  done in {time.monotonic() - began:.0f} s", flush=True)
    return code


def tell(said: list[str], total: int, ended: threading.Event) -> None:
    began = time.monotonic()
    while not ended.wait(EVERY):
        seconds = time.monotonic() - began
        found = sum(line.startswith(("Collecting ", "Requirement already")) for line in said)
        unpacking = any(line.startswith("Installing collected") for line in said)
        fetched = f"{found} of {total} fetched" if total else "PIMS itself"
        what = "unpacking them" if unpacking else fetched
        print(f"  {what} ({seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
