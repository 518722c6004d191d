"""Machine code kept from an earlier version is forgotten.

The compiler renews it when its own file changes, not when a file changes from which it took a
function: so all of a folder's goes when any source that it may rest on is newer.
"""

from pathlib import Path

__all__ = ["forget_outdated"]


def forget_outdated(folder: Path, *others: Path) -> None:
    """Of `folder`, where a source there or in `others` is newer than what was kept."""
    sources = [source for place in (folder, *others) for source in place.glob("*.py")]
    newest = max((source.stat().st_mtime for source in sources), default=0.0)
    for kept in (folder / "__pycache__").glob("*.nbi"):
        try:
            if kept.stat().st_mtime < newest:
                kept.unlink()
        except OSError:
            continue  # another process was faster, or these are not ours to change


forget_outdated(Path(__file__).parent)
