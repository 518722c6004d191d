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


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def strongest(alike: F32, most: int, least: float, a: I32, b: I32, weight: F32) -> int:
    """The up to `most` cells of `alike` (n, m) that are highest and at least `least`; how many.

    Ties at the last level are taken in the order of the table.
    """
    levels = 512
    n, m = alike.shape
    tally = np.zeros(levels, dtype=np.int32)
    for i in range(n):
        for j in range(m):
            if alike[i, j] >= least:
                tally[min(levels - 1, int(alike[i, j] * levels))] += 1
    held, level = 0, levels
    while level > 0 and held + tally[level - 1] <= most:
        level -= 1
        held += tally[level]
    spare = most - held if level > 0 else 0
    count = 0
    for i in range(n):
        for j in range(m):
            value = alike[i, j]
            if value < least:
                continue
            at = min(levels - 1, int(value * levels))
            if at >= level or (at == level - 1 and spare > 0):
                if at < level:
                    spare -= 1
                a[count], b[count], weight[count] = i, j, value
                count += 1
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def agreements(
    count: int,
    a: I32,
    b: I32,
    weight: F32,
    xy_a: F32,
    way_a: F32,
    xy_b: F32,
    way_b: F32,
    slack: F32,
    out: F32,
) -> None:
    """Fill `out` (count, count): how well each two pairs agree, 0..1, by their own weights.

    `way` (n, 2) are cosine and sine of the direction. `slack`: px of length free, px a px of
    distance, radians of bearing, radians of turn.
    """
    turn_c, turn_s = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.float32)
    for p in range(count):
        ca, sa = way_a[a[p], 0], way_a[a[p], 1]
        cb, sb = way_b[b[p], 0], way_b[b[p], 1]
        turn_c[p] = cb * ca + sb * sa
        turn_s[p] = sb * ca - cb * sa
    bearing = 2.0 / (slack[2] * slack[2])
    turning = 2.0 / (slack[3] * slack[3])
    for p in range(count):
        out[p, p] = 0.0
        ax, ay = xy_a[a[p], 0], xy_a[a[p], 1]
        bx, by = xy_b[b[p], 0], xy_b[b[p], 1]
        cp, sp = turn_c[p], turn_s[p]
        for q in range(p):
            cq, sq = turn_c[q], turn_s[q]
            apart = turning * (1.0 - (cp * cq + sp * sq))
            value = np.float32(0.0)
            if apart < 1.0 and a[p] != a[q] and b[p] != b[q]:
                ux, uy = xy_a[a[q], 0] - ax, xy_a[a[q], 1] - ay
                vx, vy = xy_b[b[q], 0] - bx, xy_b[b[q], 1] - by
                lu, lv = math.sqrt(ux * ux + uy * uy), math.sqrt(vx * vx + vy * vy)
                free = slack[0] + slack[1] * 0.5 * (lu + lv)
                longer = (lu - lv) / free
                dot, cross = ux * vx + uy * vy, ux * vy - uy * vx
                # A bearing over a short distance is vague: a pixel's error turns it.
                norm = lu * lv + slack[0] * slack[0]
                one = bearing * (1.0 - (cp * dot + sp * cross + slack[0] * slack[0]) / norm)
                two = bearing * (1.0 - (cq * dot + sq * cross + slack[0] * slack[0]) / norm)
                rest = 1.0 - (apart + longer * longer + one + two) * 0.5
                if rest > 0.0:
                    value = np.float32(rest * math.sqrt(weight[p] * weight[q]))
            out[p, q] = value
            out[q, p] = value


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def rise(count: int, table: F32, weight: F32, rounds: int, out: F32) -> float:
    """Fill `out` with the principal direction of the table (length 1) and give its eigenvalue."""
    for p in range(count):
        out[p] = weight[p]
    size = np.float32(0.0)
    fresh = np.empty(count, dtype=np.float32)
    for _ in range(rounds):
        total = np.float32(0.0)
        for p in range(count):
            summed = np.float32(0.0)
            for q in range(count):
                summed += table[p, q] * out[q]
            fresh[p] = summed
            total += summed * summed
        size = np.float32(math.sqrt(total))
        if size <= 0.0:
            return 0.0
        for p in range(count):
            out[p] = fresh[p] / size
    return size
