"""The neighbourhood of each minutia as masked bits, free of shift and rotation.

Around a minutia, in the frame of its own direction, lies a fan of cells: rings a constant step
apart, each cut into sectors about as long as the step. A cell has one bit for each of `SLICES`
directions. A neighbour sets the bits of cells near its place whose direction is near its own
relative direction; how near is enough grows with the distance, as skin stretches. A second word of
the same shape says which cells were seen at all: what lies outside the print is unknown, not empty.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

SLICES = 8  # directions told apart in a cell
STEP = 12.5  # px between rings, and length of a sector
RINGS = 6
REACH = STEP * RINGS + 6.0  # px: a neighbour farther than this says nothing here
NEAR = 9.5  # px, how far a neighbour still fills a cell at the centre
STRETCH = 0.06  # how much farther for each px of distance from the centre
TURN = math.radians(33.0)  # how far a direction may differ and still fill a slice


def _cells() -> NDArray[np.float32]:
    """Centres of the cells (cells, 2) in px, in the frame of the minutia."""
    centres: list[tuple[float, float]] = []
    for ring in range(RINGS):
        radius = STEP * (ring + 0.75)
        sectors = round(2 * math.pi * radius / STEP)
        centres += [
            (
                radius * math.cos(2 * math.pi * (k + 0.5 * (ring % 2)) / sectors),
                radius * math.sin(2 * math.pi * (k + 0.5 * (ring % 2)) / sectors),
            )
            for k in range(sectors)
        ]
    return np.array(centres, dtype=np.float32)


CELLS = _cells()
PLANES = -(-len(CELLS) // 64)  # words of one slice
WORDS = PLANES * SLICES


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def describe(
    xy: NDArray[np.float32],
    angle: NDArray[np.float32],
    trust: NDArray[np.float32],
    region: NDArray[np.bool_],
    pitch: float,
    cells: NDArray[np.float32],
    slices: int,
    planes: int,
    near: float,
    stretch: float,
    turn: float,
    reach: float,
    floor: float,
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Bits and masks (n, words) of n minutiae.

    `xy` (n, 2) in px, y up; `angle` in radians; `trust` 0..1 of each minutia; `region` is where the
    print was seen, in squares of `pitch` px whose row 0 is at y = 0.
    A minutia trusted less than `floor` fills nothing.
    """
    n = xy.shape[0]
    bits = np.zeros((n, planes * slices), dtype=np.uint64)
    seen = np.zeros((n, planes * slices), dtype=np.uint64)
    rows, columns = region.shape
    for i in range(n):
        c, s = math.cos(angle[i]), math.sin(angle[i])
        for k in range(cells.shape[0]):
            x = xy[i, 0] + c * cells[k, 0] - s * cells[k, 1]
            y = xy[i, 1] + s * cells[k, 0] + c * cells[k, 1]
            column, row = math.floor(x / pitch), math.floor(y / pitch)
            if 0 <= row < rows and 0 <= column < columns and region[row, column]:
                bit = np.uint64(1) << np.uint64(k & 63)
                for d in range(slices):
                    seen[i, d * planes + (k >> 6)] |= bit
        for j in range(n):
            if j == i or trust[j] < floor:
                continue
            dx, dy = xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1]
            away = dx * dx + dy * dy
            if away > reach * reach:
                continue
            px, py = c * dx + s * dy, -s * dx + c * dy
            radius = near + stretch * math.sqrt(away)
            relative = angle[j] - angle[i]
            for k in range(cells.shape[0]):
                ex, ey = cells[k, 0] - px, cells[k, 1] - py
                far = (ex * ex + ey * ey) / (radius * radius)
                if far >= 1.0:
                    continue
                # Nearer in place, freer in direction: an ellipsoid, not a box.
                allowed = turn * math.sqrt(1.0 - far)
                bit = np.uint64(1) << np.uint64(k & 63)
                for d in range(slices):
                    off = relative - d * (2.0 * math.pi / slices)
                    off -= 2.0 * math.pi * math.floor(off / (2.0 * math.pi) + 0.5)
                    if abs(off) <= allowed + math.pi / slices * 0.0:
                        bits[i, d * planes + (k >> 6)] |= bit
        for w in range(planes * slices):
            bits[i, w] &= seen[i, w]
    return bits, seen
