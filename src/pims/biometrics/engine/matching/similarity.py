"""How alike the neighbourhoods of two prints' minutiae are, all against all."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.matching.bits import popcount as _popcount

# Compiled, it takes the word alone; the compiler's own argument is its business.
popcount: Any = _popcount


@njit(cache=True, nogil=True)
def similarities(
    bits_a: NDArray[np.uint64],
    seen_a: NDArray[np.uint64],
    bits_b: NDArray[np.uint64],
    seen_b: NDArray[np.uint64],
    doubt: float,
    out: NDArray[np.float32],
) -> None:
    """Fill `out` (n, m) with shared bits over all bits where both were seen, 0..1.

    `doubt` bits are added below the line: a neighbourhood of which little was seen says little.
    """
    n, m, words = bits_a.shape[0], bits_b.shape[0], bits_a.shape[1]
    for i in range(n):
        for j in range(m):
            both, left, right = np.int64(0), np.int64(0), np.int64(0)
            for w in range(words):
                both += popcount(bits_a[i, w] & bits_b[j, w])
                left += popcount(bits_a[i, w] & seen_b[j, w])
                right += popcount(bits_b[j, w] & seen_a[i, w])
            out[i, j] = 2.0 * both / (left + right + doubt)
