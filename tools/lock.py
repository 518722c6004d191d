"""Resolve the parts again and write the three lock files.

  base.lock    what runs (for a server that gets the wheel)
  build.lock   that, and what builds the assets: `make up`
  dev.lock     that, and what tests: `make test`

Each is for every Python from 3.11 and every platform, with hashes and without addresses. Versions
stay as they are unless `--upgrade` is given.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

LOCKS = {"dev": ("build", "dev"), "build": ("build",), "base": ()}


def main(arguments: list[str]) -> int:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    folder = Path("requirements")
    with tempfile.TemporaryDirectory() as scratch:
        pins = Path(scratch) / "pins.txt"
        pins.write_text("" if "--upgrade" in arguments else versions(folder / "dev.lock"))
        for name, extras in LOCKS.items():
            target = folder / f"{name}.lock"
            print(f"Resolving {target} …", flush=True)
            fresh = Path(scratch) / target.name
            compile_lock(fresh, extras, pins)
            target.write_text(fresh.read_text())
            # The smaller locks hold the same versions as the largest.
            pins.write_text(versions(folder / "dev.lock"))
    return 0


def compile_lock(target: Path, extras: tuple[str, ...], pins: Path) -> None:
    subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet",
            "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate",
            "--no-header", "--no-emit-index-url", "--no-emit-find-links",
            "--constraint", str(pins), "--output-file", str(target),
            *(part for extra in extras for part in ("--extra", extra)),
        ],
        check=True,
    )  # fmt: skip


def versions(lock: Path) -> str:
    """The pins of a lock file without their hashes."""
    lines = (line.removesuffix(" \\") for line in lock.read_text().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(" ")) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
