"""Make sure that a Chromium is there for the browser tests, or say exactly what is missing.

Gives its path with `--print`. An existing one is used (`PIMS_CHROMIUM` names one); otherwise, on
Debian and its kin, it is installed where that needs no password. Where there is a choice it is
the build without windows: the same browser, at half the processor time.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ("chromium-headless-shell", "chromium")  # the first that the machine's lists know
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")

MISSING = """
The browser tests need Chromium, and this machine has none. Install it:

  Debian, Ubuntu:   {apt}
  Fedora:           dnf install chromium
  Arch:             pacman -S chromium
  or name one:      PIMS_CHROMIUM=/path/to/chromium make test
"""
APT = f"apt-get update && apt-get install -y --no-install-recommends {PACKAGES[0]}"
PATIENCE = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20")


def find() -> str | None:
    """The path of a Chromium on this machine."""
    if named := os.environ.get("PIMS_CHROMIUM"):
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def can_be_bettered() -> bool:
    """Whether the machine's lists of packages hold a Chromium that would do the same faster."""
    found = find()
    return (
        not os.environ.get("PIMS_CHROMIUM")
        and (found is None or Path(found).name != PACKAGES[0])
        and shutil.which("apt-cache") is not None
        and run(["apt-cache", "show", "--no-all-versions", PACKAGES[0]]).returncode == 0
    )


def install() -> bool:
    """Install Debian's; false where this account can't, or it failed."""
    as_root = [] if os.geteuid() == 0 else passwordless_sudo()
    if as_root is None or shutil.which("apt-get") is None:
        return False
    print(f"Installing Chromium for the browser tests ({APT}) …", flush=True)
    began = time.monotonic()
    run([*as_root, "apt-get", *PATIENCE, "update", "-q"])
    for package in PACKAGES:
        done = run(
            [*as_root, "apt-get", *PATIENCE, "install", "-y", "-q", "--no-install-recommends",
             package]
        )  # fmt: skip
        if done.returncode == 0:
            print(f"  {package} is installed ({time.monotonic() - began:.0f} s)", flush=True)
            return find() is not None
    print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return False


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def passwordless_sudo() -> list[str] | None:
    """The words to put before a command that needs root, or None where they won't do."""
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run(
        [sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return [sudo, "-n"] if allowed.returncode == 0 else None


def main(arguments: list[str]) -> int:
    if find() is not None and can_be_bettered():
        install()
    if find() is None and (os.environ.get("PIMS_CHROMIUM") or not install()):
        needs_sudo = "" if os.geteuid() == 0 else "sudo "
        command = " && ".join(needs_sudo + part for part in APT.split(" && "))
        print(MISSING.format(apt=command), file=sys.stderr)
        return 1
    if "--print" in arguments:
        print(find())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
