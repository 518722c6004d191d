"""What gives a print: a folder that a scanner's own program saves into, a virtual scanner, or one
that libfprint knows."""

import io
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PIL import Image

from pims.biometrics.capture import libfprint
from pims.biometrics.engine.images import MOST_BYTES
from pims.biometrics.rules import SLAPS

SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg", ".wsq"})
POLL_SECONDS = 0.1
# Whoever laid the finger on just before the page asked need not do it again; what has lain there
# for longer may be the finger of whoever stood there before.
FRESH_SECONDS = 20.0


class NoPrint(Exception):
    """Why no print came: a code of `biometrics.capture`, to be worded by the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Captured:
    """`ppi` is what the scanner says, None where the file does."""

    data: bytes = field(repr=False)
    media_type: str = "image/png"
    ppi: int | None = None


class Driver(Protocol):
    name: str

    def trouble(self) -> str:
        """Why it can't work now, a code; "" where it can."""
        ...

    def capture(self, position: int, *, within: float) -> Captured:
        """Wait for a finger. Raises NoPrint."""
        ...


class VirtualScanner:
    """Plays the fingers of a made-up person, each time another impression; for tests, the demo and
    whoever learns. `seed` is the person's, `first` the number of the first impression."""

    name = "virtual"

    def __init__(self, seed: int, *, first: int = 1) -> None:
        self._seed, self._numbers = seed, itertools.count(first)

    def trouble(self) -> str:
        return ""

    def capture(self, position: int, *, within: float) -> Captured:
        from pims.biometrics.engine.synthetic import WELL, draw
        from pims.biometrics.engine.synthetic.slaps import slap_of

        if position in SLAPS:
            pixels = slap_of(self._seed, SLAPS[position], next(self._numbers), touch=WELL)
        else:
            pixels = draw(self._seed, position or 2, next(self._numbers), touch=WELL)
        return Captured(as_png(Image.fromarray(pixels)), ppi=500)


class Folder:
    """Takes the next picture that appears in a folder, and takes it away from there: a print that
    was sent is not left lying on an officer's PC. One that was there for a while is passed over."""

    name = "folder"

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock

    def trouble(self) -> str:
        return "" if self._path.is_dir() else "no_folder"

    def capture(self, position: int, *, within: float) -> Captured:
        deadline = self._clock() + within
        since = time.time() - FRESH_SECONDS
        while True:
            if (found := self._next(since)) is not None:
                return found
            if self._clock() >= deadline:
                raise NoPrint("nothing_came")
            time.sleep(POLL_SECONDS)

    def _next(self, since: float) -> Captured | None:
        """The oldest picture from `since` on that is whole: two looks at it see the same size."""
        try:
            written = {
                p: p.stat().st_mtime
                for p in self._path.iterdir()
                if p.suffix.lower() in SUFFIXES and p.is_file()
            }
        except OSError:
            raise NoPrint("no_folder") from None
        for path in sorted(
            (p for p, at in written.items() if at >= since), key=written.__getitem__
        ):
            try:
                size = path.stat().st_size
                time.sleep(POLL_SECONDS)
                if not size or path.stat().st_size != size:
                    continue
                if size > MOST_BYTES:
                    path.unlink()
                    raise NoPrint("too_large")
                data = path.read_bytes()
                path.unlink()
            except OSError:
                continue
            return Captured(data, media_type="application/octet-stream")
        return None


class Libfprint:
    """A scanner that libfprint knows and that gives pictures."""

    name = "libfprint"

    def __init__(self) -> None:
        self._waiting = threading.Lock()

    def trouble(self) -> str:
        if self._waiting.locked():
            return ""  # a finger is being waited for: it works
        try:
            found = libfprint.scanners()
        except libfprint.Missing:
            return "no_libfprint"
        if not found:
            return "no_scanner"
        return "" if any(pictures for _, pictures in found) else "no_pictures"

    def capture(self, position: int, *, within: float) -> Captured:
        if trouble := self.trouble():
            raise NoPrint(trouble)
        with self._waiting:
            try:
                seen = libfprint.capture(within=within)
            except libfprint.Failed as error:
                raise NoPrint("scanner_failed") from error
        if seen is None:
            raise NoPrint("nothing_came")
        picture = Image.frombytes("L", (seen.width, seen.height), seen.data)
        return Captured(as_png(picture), ppi=seen.ppi or None)


def as_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
