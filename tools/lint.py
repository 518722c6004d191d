"""`make lint`: every check that needs no running database, two at a time; all are always run."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
CODE = ("src", "tests", "tools", "bench", "conftest.py")

# The slowest first, so that the others run beside it.
CHECKS: dict[str, list[str]] = {
    "types": ["mypy"],
    "style": ["ruff", "check", "--quiet", *CODE],
    "layout": ["ruff", "format", "--quiet", "--check", *CODE],
    "contracts between rooms": ["lint-imports", "--no-logo"],
    "migrations": ["django-admin", "makemigrations", "--check", "--dry-run", "--verbosity", "1"],
}


def check(name: str, command: list[str], env: dict[str, str]) -> tuple[str, bool, str, float]:
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return name, done.returncode == 0, done.stdout + done.stderr, time.monotonic() - began


def main() -> int:
    failed = False
    with tempfile.TemporaryDirectory(prefix="pims-lint-") as scratch:
        # The settings read secrets, and make those that are missing: not the installation's own.
        env = {
            **os.environ,
            "PIMS_VAR": f"{scratch}/var",
            "PIMS_SECRETS": f"{scratch}/secrets",
            "DJANGO_SETTINGS_MODULE": "pims.config.settings",
            "PYTHONWARNINGS": "ignore:Got an error checking a consistent:RuntimeWarning",
        }
        env.pop("DATABASE_URL", None)
        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(check, name, command, env) for name, command in CHECKS.items()]
            for one in waiting:
                name, fine, output, took = one.result()
                print(f"{'ok  ' if fine else 'FAIL'} {name} ({took:.0f} s)", flush=True)
                if not fine:
                    failed = True
                    print(output.strip(), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
