"""Sealed files on the disk, under ``var/blobs/ab/cd/<address>``.

The address is the SHA-256 of the sealed bytes, so a file is written once and never changed, and
whether it is whole can be seen without a key.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pims.config import instance

_PIECE = 1024 * 1024
_TEMPORARY = ".writing-"


def folder() -> Path:
    return instance.var_dir() / "blobs"


def path_of(address: str) -> Path:
    return folder() / address[:2] / address[2:4] / address


def write(pieces: Iterable[bytes]) -> str:
    """Write the sealed bytes; give their address.

    On the disk, name and all, before this returns: the row that names it can be committed.
    """
    root = folder()
    _make_folder(root)
    handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=root)
    try:
        hashed = hashlib.sha256()
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                hashed.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        address = hashed.hexdigest()
        final = path_of(address)
        _make_folder(final.parent.parent)
        _make_folder(final.parent)
        Path(temporary).replace(final)
        _sync_folder(final.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return address


def remove(addresses: Iterable[str]) -> int:
    """Unlink these files; those that are gone already count as removed too."""
    count, touched = 0, set()
    for address in addresses:
        path = path_of(address)
        path.unlink(missing_ok=True)
        touched.add(path.parent)
        count += 1
    for parent in touched:
        if parent.is_dir():
            _sync_folder(parent)
    return count


def is_whole(address: str) -> bool:
    """Whether the file's bytes are those that its name says. Raises FileNotFoundError."""
    hashed = hashlib.sha256()
    with path_of(address).open("rb") as file:
        while piece := file.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest() == address


def all_files() -> Iterator[Path]:
    """Every file there is, finished or not."""
    root = folder()
    if root.is_dir():
        for directory, _, names in os.walk(root):
            for name in names:
                yield Path(directory) / name


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
