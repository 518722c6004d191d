"""Which likely pairs of minutiae tell the same story: hypotheses of how one print lies on another.

The pairs whose neighbourhoods are most alike are compared two by two: do both minutiae lie as far
from each other, in the same bearing and turned alike, in either print? Pairs that many others
support rise (the principal direction of the table of agreements); chance pairs sink.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


@njit(cache=True, nogil=True)
def strongest(alike: F32, most: int, least: float, a: I32, b: I32, weight: F32) -> int:
    """As many of the highest cells of `alike` (n, m) as are no more than `most`; how many.

    All cells from a level on, so that the order of the table makes no difference; none below
    `least`.
    """
    n, m = alike.shape
    flat = alike.ravel()
    low, high = float(np.float32(least)), 1.0
    if _above(flat, low) > most:
        for _ in range(9):
            middle = 0.5 * (low + high)
            if _above(flat, middle) > most:
                low = middle
            else:
                high = middle
        low = high
    count = 0
    for i in range(n):
        for j in range(m):
            if alike[i, j] > np.float32(low) and count < most:
                a[count], b[count], weight[count] = i, j, alike[i, j]
                count += 1
    return count


@njit(cache=True, nogil=True)
def _above(values: F32, level: float) -> int:
    count, least = np.int32(0), np.float32(level)
    for k in range(values.shape[0]):
        count += np.int32(values[k] > least)
    return int(count)


@njit(cache=True, nogil=True, error_model="numpy")
def agreements(
    count: int, a: I32, b: I32, weight: F32, xy_a: F32, way_a: F32, xy_b: F32, way_b: F32,
    slack: F32, out: F32,
) -> None:  # fmt: skip
    """Fill `out` (count, count): how well each two pairs agree, 0..1, by their own weights.

    `way` (n, 2) are cosine and sine of the direction. `slack`: px of length free, px a px of
    distance, radians of bearing, radians of turn. Single precision and no branches: the inner loop
    then runs on sixteen pairs at once.
    """
    ax, ay = np.empty(count, np.float32), np.empty(count, np.float32)
    bx, by = np.empty(count, np.float32), np.empty(count, np.float32)
    tc, ts = np.empty(count, np.float32), np.empty(count, np.float32)
    root = np.empty(count, np.float32)
    for p in range(count):
        i, j = a[p], b[p]
        ax[p], ay[p], bx[p], by[p] = xy_a[i, 0], xy_a[i, 1], xy_b[j, 0], xy_b[j, 1]
        # The turn that lays the one's direction on the other's.
        tc[p] = way_b[j, 0] * way_a[i, 0] + way_b[j, 1] * way_a[i, 1]
        ts[p] = way_b[j, 1] * way_a[i, 0] - way_b[j, 0] * way_a[i, 1]
        root[p] = np.sqrt(weight[p])
    one, half, nothing = np.float32(1.0), np.float32(0.5), np.float32(0.0)
    free, grows = slack[0], half * slack[1]
    vague = slack[0] * slack[0]
    bearing = np.float32(2.0) / (slack[2] * slack[2])
    turning = np.float32(2.0) / (slack[3] * slack[3])
    for p in range(count):
        x_a, y_a, x_b, y_b, cp, sp = ax[p], ay[p], bx[p], by[p], tc[p], ts[p]
        i, j, own = a[p], b[p], root[p]
        for q in range(count):
            ux, uy, vx, vy = ax[q] - x_a, ay[q] - y_a, bx[q] - x_b, by[q] - y_b
            lu, lv = np.sqrt(ux * ux + uy * uy), np.sqrt(vx * vx + vy * vy)
            longer = (lu - lv) / (free + grows * (lu + lv))
            dot, cross = ux * vx + uy * vy, ux * vy - uy * vx
            # A bearing over a short distance is vague: a pixel's error turns it.
            norm = one / (lu * lv + vague)
            first = one - (cp * dot + sp * cross + vague) * norm
            second = one - (tc[q] * dot + ts[q] * cross + vague) * norm
            apart = turning * (one - (cp * tc[q] + sp * ts[q]))
            rest = one - half * (apart + longer * longer + bearing * (first + second))
            fits = (apart < one) & (a[q] != i) & (b[q] != j)
            out[p, q] = max(rest, nothing) * own * root[q] if fits else nothing


@njit(cache=True, nogil=True)
def rise(count: int, table: F32, weight: F32, rounds: int, out: F32) -> float:
    """Fill `out` with the principal direction of the table (length 1) and give its eigenvalue."""
    for p in range(count):
        out[p] = weight[p]
    size = np.float32(0.0)
    fresh = np.empty(count, dtype=np.float32)
    for _ in range(rounds):
        fresh[:] = np.float32(0.0)
        # By rows of a symmetric table: sums side by side rather than one after the other.
        for q in range(count):
            share = out[q]
            for p in range(count):
                fresh[p] += table[q, p] * share
        total = np.float32(0.0)
        for p in range(count):
            total += fresh[p] * fresh[p]
        size = np.float32(math.sqrt(total))
        if size <= 0.0:
            return 0.0
        for p in range(count):
            out[p] = fresh[p] / size
    return float(size)
