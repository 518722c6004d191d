"""One print laid on the other: a rigid move from a hypothesis, then as much bending as skin allows.

The pairs found so far say by how much each place is off; a smooth field through these (near pairs
count most) moves the others, and the pairs are found again. What a pair itself says never moves
the pair, so a chance neighbour gains nothing by it.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


@njit(cache=True, nogil=True, error_model="numpy")
def rigid(
    count: int, a: I32, b: I32, weight: F32, xy_a: F32, xy_b: F32, way_a: F32, way_b: F32,
    lever: float, move: F32,
) -> bool:  # fmt: skip
    """Fill `move` (cosine, sine, x, y): the rigid move of A onto B of least squares; False if none.

    A direction counts like a point `lever` px ahead of the minutia.
    """
    total = ax = ay = bx = by = 0.0
    for k in range(count):
        w = weight[k]
        total += w
        ax += w * xy_a[a[k], 0]
        ay += w * xy_a[a[k], 1]
        bx += w * xy_b[b[k], 0]
        by += w * xy_b[b[k], 1]
    if total <= 0.0:
        return False
    ax, ay, bx, by = ax / total, ay / total, bx / total, by / total
    c = s = 0.0
    for k in range(count):
        w = weight[k]
        ux, uy = xy_a[a[k], 0] - ax, xy_a[a[k], 1] - ay
        vx, vy = xy_b[b[k], 0] - bx, xy_b[b[k], 1] - by
        c += w * (ux * vx + uy * vy)
        s += w * (ux * vy - uy * vx)
        ca, sa, cb, sb = way_a[a[k], 0], way_a[a[k], 1], way_b[b[k], 0], way_b[b[k], 1]
        c += w * lever * lever * (ca * cb + sa * sb)
        s += w * lever * lever * (ca * sb - sa * cb)
    size = math.sqrt(c * c + s * s)
    if size <= 0.0:
        return False
    c, s = c / size, s / size
    move[0], move[1] = c, s
    move[2] = bx - (c * ax - s * ay)
    move[3] = by - (s * ax + c * ay)
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def laid(move: F32, xy_a: F32, way_a: F32, xy: F32, way: F32) -> None:
    """Fill `xy`, `way` with A moved."""
    c, s = move[0], move[1]
    for i in range(xy_a.shape[0]):
        xy[i, 0] = c * xy_a[i, 0] - s * xy_a[i, 1] + move[2]
        xy[i, 1] = s * xy_a[i, 0] + c * xy_a[i, 1] + move[3]
        way[i, 0] = c * way_a[i, 0] - s * way_a[i, 1]
        way[i, 1] = s * way_a[i, 0] + c * way_a[i, 1]


@njit(cache=True, nogil=True, error_model="numpy")
def bent(
    xy: F32, count: int, a: I32, b: I32, xy_b: F32, reach: float, stiff: float, out: F32
) -> None:
    """Fill `out` with `xy` moved by what the pairs near each point are off, its own pair excepted.

    `reach` px: where a pair counts half; `stiff`: how many pairs' worth says "do not move".
    """
    for i in range(xy.shape[0]):
        total, x, y = stiff, 0.0, 0.0
        for k in range(count):
            if a[k] == i:
                continue
            dx, dy = xy[i, 0] - xy[a[k], 0], xy[i, 1] - xy[a[k], 1]
            near = reach * reach / (reach * reach + dx * dx + dy * dy)
            near *= near
            total += near
            x += near * (xy_b[b[k], 0] - xy[a[k], 0])
            y += near * (xy_b[b[k], 1] - xy[a[k], 1])
        out[i, 0], out[i, 1] = xy[i, 0] + x / total, xy[i, 1] + y / total


@njit(cache=True, nogil=True, error_model="numpy")
def paired(
    xy: F32, way: F32, xy_b: F32, way_b: F32, free: F32, turn_c: float, a: I32, b: I32,
) -> int:  # fmt: skip
    """Fill `a`, `b` with one-to-one pairs, the cheapest first; how many.

    `free` (n): px each moved minutia may be off; `turn_c`: cosine of the most it may turn.
    """
    n, m = xy.shape[0], xy_b.shape[0]
    most = 4 * (n + m)
    ta, tb = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
    price = np.empty(most, dtype=np.float32)
    found = 0
    for i in range(n):
        limit = free[i] * free[i]
        for j in range(m):
            dx, dy = xy[i, 0] - xy_b[j, 0], xy[i, 1] - xy_b[j, 1]
            off = dx * dx + dy * dy
            if off < limit:
                same = way[i, 0] * way_b[j, 0] + way[i, 1] * way_b[j, 1]
                if same > turn_c and found < most:
                    ta[found], tb[found] = i, j
                    price[found] = off / limit + (1.0 - same) / (1.0 - turn_c)
                    found += 1
    taken_a, taken_b = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    order = np.empty(found, dtype=np.int32)
    for k in range(found):
        at = k
        while at > 0 and price[order[at - 1]] > price[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k
    count = 0
    for k in range(found):
        at = int(order[k])
        if taken_a[ta[at]] or taken_b[tb[at]]:
            continue
        taken_a[ta[at]] = taken_b[tb[at]] = True
        a[count], b[count] = ta[at], tb[at]
        count += 1
    return count
