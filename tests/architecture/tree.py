"""The files of the product: what git knows or would add."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pims"
DOMAINS = (
    "people",
    "facilities",
    "authority",
    "safety",
    "property",
    "custody",
    "courts",
    "sentences",
    "release",
    "assurance",
    "exchange",
)


@cache
def files() -> tuple[Path, ...]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in told.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def texts() -> Iterator[tuple[Path, str]]:
    """Each text file with its content; pictures, fonts and the like are passed over."""
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
