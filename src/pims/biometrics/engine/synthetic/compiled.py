"""One way of compiling: no fast arithmetic, so that a seed gives the same bits every time."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Machine code, kept beside the source; releases the interpreter's lock while it runs."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
