"""Two ways of compiling: exactly as written, and with sums in any order."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

__all__ = ["compiled", "compiled_loosely"]

F = TypeVar("F", bound=Callable[..., object])


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
