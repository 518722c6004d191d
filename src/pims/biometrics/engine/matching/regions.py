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


@njit(cache=True, nogil=True)
def hull_region(
    corners: NDArray[np.float32], rows: int, columns: int, pitch: float, margin: float
) -> NDArray[np.bool_]:
    """Squares (rows, columns) of `pitch` px whose centre is within `margin` px of the hull."""
    region = np.zeros((rows, columns), dtype=np.bool_)
    k = corners.shape[0]
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * pitch, (row + 0.5) * pitch
            inside, nearest = k >= 3, np.inf
            for e in range(k):
                ax, ay = corners[e, 0], corners[e, 1]
                bx, by = corners[(e + 1) % k, 0], corners[(e + 1) % k, 1]
                dx, dy = bx - ax, by - ay
                length = dx * dx + dy * dy
                if dx * (y - ay) - dy * (x - ax) < 0.0:
                    inside = False
                t = 0.0
                if length > 0.0:
                    t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length))
                ex, ey = x - ax - t * dx, y - ay - t * dy
                nearest = min(nearest, ex * ex + ey * ey)
            region[row, column] = inside or math.sqrt(nearest) <= margin
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
