"""What speaks for and against one finger once a print lies on the other."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

# Rows of the evidence of one alignment.
PAIRS, PLACE, TURN, ALONE, AREA, ALIKE, KIND, SPREAD, BEND, CONSENSUS = range(10)
ROWS = 10


@njit(cache=True, nogil=True)
def seen_at(region: NDArray[np.uint8], pitch: float, x: float, y: float) -> int:
    """How many squares inside the print the place lies: 0 is outside."""
    row, column = math.floor(y / pitch), math.floor(x / pitch)
    if 0 <= row < region.shape[0] and 0 <= column < region.shape[1]:
        return int(region[row, column])
    return 0


@njit(cache=True, nogil=True)
def weigh(
    xy: F32, way: F32, smooth: F32, trust_a: F32, kind_a: NDArray[np.uint8],
    xy_b: F32, way_b: F32, trust_b: F32, kind_b: NDArray[np.uint8],
    region_a: NDArray[np.uint8], region_b: NDArray[np.uint8], pitch: float, move: F32,
    count: int, a: I32, b: I32, alike: F32, out: F32,
) -> None:  # fmt: skip
    """Fill `out` of `count` pairs; A moved is `xy`, and bent by the other pairs `smooth`."""
    sigma, density = 4.5, 1.0 / 1500.0
    sharp = 1.0 / (2.0 * math.pi * sigma * sigma * density)
    kappa = 1.0 / (0.16 * 0.16)
    lift = math.sqrt(2.0 * math.pi * kappa)
    out[:] = 0.0
    n, m = xy.shape[0], xy_b.shape[0]
    taken_a, taken_b = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    mx = my = total = 0.0
    for k in range(count):
        i, j = a[k], b[k]
        taken_a[i] = taken_b[j] = True
        w = math.sqrt(trust_a[i] * trust_b[j])
        dx, dy = smooth[i, 0] - xy_b[j, 0], smooth[i, 1] - xy_b[j, 1]
        off = dx * dx + dy * dy
        same = way[i, 0] * way_b[j, 0] + way[i, 1] * way_b[j, 1]
        out[PAIRS] += w
        out[PLACE] += w * math.log(0.9 * sharp * math.exp(-off / (2.0 * sigma * sigma)) + 0.1)
        out[TURN] += w * math.log(0.9 * lift * math.exp(kappa * (same - 1.0)) + 0.1)
        out[ALIKE] += w * alike[i, j]
        if kind_a[i] != 0 and kind_b[j] != 0:
            out[KIND] += w if kind_a[i] == kind_b[j] else -w
        bx, by = smooth[i, 0] - xy[i, 0], smooth[i, 1] - xy[i, 1]
        out[BEND] += w * math.sqrt(bx * bx + by * by)
        mx += w * xy_b[j, 0]
        my += w * xy_b[j, 1]
        total += w
    if total > 0.0:
        mx, my = mx / total, my / total
        xx = yy = xy_ = 0.0
        for k in range(count):
            j = b[k]
            w = math.sqrt(trust_a[a[k]] * trust_b[j])
            dx, dy = xy_b[j, 0] - mx, xy_b[j, 1] - my
            xx += w * dx * dx
            yy += w * dy * dy
            xy_ += w * dx * dy
        out[SPREAD] = max(0.0, xx * yy - xy_ * xy_) ** 0.25 / math.sqrt(total)
        out[BEND] /= total
    c, s = move[0], move[1]
    for i in range(n):
        if not taken_a[i] and seen_at(region_b, pitch, smooth[i, 0], smooth[i, 1]) > 1:
            out[ALONE] += trust_a[i]
    for j in range(m):
        if not taken_b[j]:
            dx, dy = xy_b[j, 0] - move[2], xy_b[j, 1] - move[3]
            if seen_at(region_a, pitch, c * dx + s * dy, -s * dx + c * dy) > 1:
                out[ALONE] += trust_b[j]
    shared = 0
    for row in range(region_b.shape[0]):
        for column in range(region_b.shape[1]):
            if region_b[row, column] > 0:
                dx, dy = (column + 0.5) * pitch - move[2], (row + 0.5) * pitch - move[3]
                if seen_at(region_a, pitch, c * dx + s * dy, -s * dx + c * dy) > 0:
                    shared += 1
    out[AREA] = shared * pitch * pitch * density
