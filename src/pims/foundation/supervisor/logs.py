"""A part's output, kept in a file that cannot fill the disk."""

from pathlib import Path
from typing import BinaryIO


class RotatingLog:
    """``<name>.log`` and at most `keep` older ones (``.1`` the youngest) of `limit` bytes each."""

    def __init__(self, path: Path, *, limit: int = 10_000_000, keep: int = 5) -> None:
        self.path, self._limit, self._keep = path, limit, keep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()

    def _open(self) -> BinaryIO:
        return self.path.open("ab", buffering=0)

    def write(self, data: bytes) -> None:
        if self._file.tell() + len(data) > self._limit:
            self._rotate()
        self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def last_lines(self, count: int) -> list[str]:
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 16_384))
            return file.read().decode(errors="replace").splitlines()[-count:]

    def _rotate(self) -> None:
        self._file.close()
        older = [self.path.with_name(f"{self.path.name}.{n}") for n in range(1, self._keep + 1)]
        for source, target in zip(reversed([self.path, *older[:-1]]), reversed(older), strict=True):
            if source.exists():
                source.replace(target)
        self._file = self._open()
