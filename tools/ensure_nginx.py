"""See to it that nginx is there for the tests of the agencies' gateway, or say what is left out.

An existing one is used (`PIMS_NGINX` names one); otherwise, on Debian and its kin, it is installed
where that needs no password. Only the tests start it. Without one those few tests are passed over,
which is said here and by the tests themselves.
"""

import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.ensure_chromium import PATIENCE, passwordless_sudo, run

PACKAGE = "nginx"
APT = f"apt-get update && apt-get install -y --no-install-recommends {PACKAGE}"
MISSING = f"""
The tests of the agencies' gateway need nginx, and this machine has none: they are passed over.

  Debian, Ubuntu:   {APT}
  or name one:      PIMS_NGINX=/path/to/nginx make test
"""


def find() -> str | None:
    """The path of an nginx on this machine; Debian keeps it where not everybody looks."""
    if named := os.environ.get("PIMS_NGINX"):
        return shutil.which(named)
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def install() -> bool:
    """Install Debian's; false where this account can't, or it failed."""
    as_root = [] if os.geteuid() == 0 else passwordless_sudo()
    if as_root is None or shutil.which("apt-get") is None:
        return False
    print(f"Installing nginx for the tests of the agencies' gateway ({APT}) …", flush=True)
    began = time.monotonic()
    # As in single-user mode: what is installed is not started as a service.
    os.environ["RUNLEVEL"] = "1"
    run([*as_root, "apt-get", *PATIENCE, "update", "-q"])
    done = run(
        [*as_root, "apt-get", *PATIENCE, "install", "-y", "-q", "--no-install-recommends", PACKAGE]
    )
    if done.returncode == 0:
        print(f"  {PACKAGE} is installed ({time.monotonic() - began:.0f} s)", flush=True)
        return find() is not None
    print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return False


def main() -> int:
    if find() is None and (os.environ.get("PIMS_NGINX") or not install()):
        print(MISSING, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
