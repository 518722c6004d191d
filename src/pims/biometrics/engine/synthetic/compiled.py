"""Two ways of compiling: exactly as written, and with sums in any order."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba

__all__ = ["compiled", "compiled_loosely"]

F = TypeVar("F", bound=Callable[..., object])


def _forget_outdated() -> None:
    """Kept machine code is renewed when its own file changes, not when one does from which it took
    a function: so all of it goes when any of these files is newer."""
    here = Path(__file__).parent
    newest = max(path.stat().st_mtime for path in here.glob("*.py"))
    for kept in (here / "__pycache__").glob("*.nbi"):
        try:
            if kept.stat().st_mtime < newest:
                kept.unlink()
        except OSError:
            continue  # another process was faster, or these are not ours to change


_forget_outdated()


def compiled(function: F) -> F:
    """Machine code, kept beside the source; no reordered arithmetic, so the same bits each time.
    Releases the interpreter's lock while it runs."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def compiled_loosely(function: F) -> F:
    """The same where sums may be taken in another order: the same bits on one machine only."""
    flags = {"reassoc", "contract", "nsz"}
    return cast(
        F, numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=flags)(function)
    )
