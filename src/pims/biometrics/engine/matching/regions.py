"""Where a print was seen: squares of a grid near the hull of its minutiae."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

MARGIN = 24.0  # px beyond the hull of the minutiae that is taken as seen


@njit(cache=True, nogil=True)
def hull(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corners (k, 2) of the convex hull of n points in turn; fewer than 3 as they are."""
    n = xy.shape[0]
    if n < 3:
        return xy.copy()
    order = np.argsort(xy[:, 0].astype(np.float64) * 65536.0 + xy[:, 1], kind="mergesort")
    found = np.empty((2 * n + 1, 2), dtype=np.float32)
    count = 0
    for half in range(2):
        start = count
        for step in range(n):
            at = order[step] if half == 0 else order[n - 1 - step]
            x, y = xy[at, 0], xy[at, 1]
            while count - start >= 2:
                ax, ay = found[count - 2, 0], found[count - 2, 1]
                bx, by = found[count - 1, 0], found[count - 1, 1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0:
                    break
                count -= 1
            found[count, 0], found[count, 1] = x, y
            count += 1
        count -= 1
    return found[:count].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def _across(corners: NDArray[np.float32], y: float, margin: float) -> tuple[float, float]:
    """From where to where the line at `y` is within `margin` px of the hull.

    The hull with its margin is convex, so that is one piece; it begins and ends on the circle about
    a corner or on an edge moved outwards.
    """
    left, right = np.inf, -np.inf
    k = corners.shape[0]
    for e in range(k):
        ax, ay = corners[e, 0], corners[e, 1]
        bx, by = corners[(e + 1) % k, 0], corners[(e + 1) % k, 1]
        rest = margin * margin - (y - ay) * (y - ay)
        if rest >= 0.0:
            half = math.sqrt(rest)
            left, right = min(left, ax - half), max(right, ax + half)
        dx, dy = bx - ax, by - ay
        if dy == 0.0:
            continue
        size = margin / math.sqrt(dx * dx + dy * dy)
        for side in (-1.0, 1.0):
            off_x, off_y = side * dy * size, -side * dx * size
            t = (y - ay - off_y) / dy
            if 0.0 <= t <= 1.0:
                x = ax + off_x + t * dx
                left, right = min(left, x), max(right, x)
    return left, right


@njit(cache=True, nogil=True)
def hull_region(
    corners: NDArray[np.float32], rows: int, columns: int, pitch: float, margin: float
) -> NDArray[np.bool_]:
    """Squares (rows, columns) of `pitch` px whose centre is within `margin` px of the hull."""
    region = np.zeros((rows, columns), dtype=np.bool_)
    for row in range(rows):
        left, right = _across(corners, (row + 0.5) * pitch, margin)
        if left <= right:
            for column in range(columns):
                region[row, column] = left <= (column + 0.5) * pitch <= right
    return region


@njit(cache=True, nogil=True)
def levels(region: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """How many squares each square lies inside the region, up to 3; 0 outside."""
    rows, columns = region.shape
    out = region.astype(np.uint8)
    for level in range(1, 3):
        for row in range(1, rows - 1):
            for column in range(1, columns - 1):
                if (
                    out[row, column] >= level
                    and out[row - 1, column] >= level
                    and out[row + 1, column] >= level
                    and out[row, column - 1] >= level
                    and out[row, column + 1] >= level
                ):
                    out[row, column] = level + 1
    return out
