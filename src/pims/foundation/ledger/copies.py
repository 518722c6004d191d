"""The copies of checkpoints that are kept off the database, where its superuser has no reach.

One file a month in each folder, appended to and on the disk before anything relies on it. The
first folder is the installation's own (`var/checkpoints`); `PIMS_CHECKPOINT_DIR` names a second,
on another machine's share or a removable disk. Within it each database has a folder of its name.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from pims.config import instance
from pims.foundation.database import urls
from pims.foundation.ledger.notes import Checkpoint, Unreadable, parse_notes

SUFFIX = ".checkpoints"


@dataclass(frozen=True, slots=True)
class Copy:
    """What one file says at one place: a checkpoint, or text that is none."""

    path: Path
    found: Checkpoint | Unreadable


def folders() -> list[Path]:
    """Where copies are kept: the first is relied on, a second is written when it can be."""
    database = urls.parameters("app")["dbname"]
    found = [instance.var_dir() / "checkpoints" / database]
    if second := os.environ.get("PIMS_CHECKPOINT_DIR"):
        found.append(Path(second).resolve() / database)
    return found


def write_copy(folder: Path, checkpoint: Checkpoint) -> None:
    """Append the note and return once it is on the disk. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{checkpoint.signed_at.astimezone(UTC):%Y-%m}{SUFFIX}"
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size
        cut_off = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        note = ("\n" if cut_off else "") + checkpoint.note()
        data = note.encode()
        if os.write(handle, data) != len(data):
            raise OSError(f"the checkpoint was written only in part to {path}")
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(folder)


def read_copies(places: Sequence[Path]) -> Iterator[Copy]:
    """Every copy in every folder that is there, file by file in the order of their names."""
    for folder in places:
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            text = path.read_bytes().decode("utf-8", errors="replace")
            for found in parse_notes(text):
                yield Copy(path, found)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
