"""Machine code kept from an earlier version is forgotten.

The compiler renews it when its own file changes, not when a file changes from which it took a
function: so all of a folder's goes when any source that it may rest on is newer.
"""

from pathlib import Path

__all__ = ["forget_outdated"]

HERE = Path(__file__).parent
# Each folder with compiled code, and those whose functions it takes.
FOLDERS: dict[str, tuple[str, ...]] = {
    "codecs/wsq": (),
    "matching": (),
    "gallery": ("matching",),
    "synthetic": (),
}


def forget_outdated(here: Path = HERE) -> None:
    """Of each folder in `here`, where a source there or in those it rests on is newer."""
    for folder, others in FOLDERS.items():
        sources = [source for name in (folder, *others) for source in (here / name).glob("*.py")]
        newest = max((source.stat().st_mtime for source in sources), default=0.0)
        for kept in (here / folder / "__pycache__").glob("*.nbi"):
            try:
                if kept.stat().st_mtime < newest:
                    kept.unlink()
            except OSError:
                continue  # another process was faster, or these are not ours to change
