"""The neighbourhood of each minutia as masked bits, free of shift and rotation.

Around a minutia, in the frame of its own direction, lies a fan of cells: rings a constant step
apart, each cut into sectors about as long as the step. A cell has one bit for each of `SLICES`
directions. A neighbour sets the bits of cells near its place whose direction is near its own
relative direction; how near is enough grows with the distance, as skin stretches. A second word of
the same shape says which cells were seen at all: what lies outside the print is unknown, not empty.
"""

import math
from typing import Any

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
ACROSS, DOWN = np.ascontiguousarray(CELLS[:, 0]), np.ascontiguousarray(CELLS[:, 1])
PLANES = -(-len(CELLS) // 64)  # words of one slice
WORDS = PLANES * SLICES
SQUARE = 6.0  # px, side of the squares of `NEARBY`


def _nearby() -> NDArray[np.int16]:
    """(side, side, most) cells that a neighbour in each square around the minutia may fill; -1."""
    side = 2 * math.ceil(REACH / SQUARE)
    middle = (np.arange(side) - side / 2 + 0.5) * SQUARE
    x, y = np.meshgrid(middle, middle)
    away = np.hypot(x[..., None] - CELLS[:, 0], y[..., None] - CELLS[:, 1])
    fills = away <= NEAR + STRETCH * (np.hypot(x, y) + SQUARE)[..., None] + SQUARE
    out = np.full((side, side, int(fills.sum(axis=2).max())), -1, dtype=np.int16)
    for row in range(side):
        for column in range(side):
            found = np.flatnonzero(fills[row, column])
            out[row, column, : len(found)] = found
    return out


NEARBY = _nearby()


@njit(cache=True, nogil=True, error_model="numpy")
def describe(
    xy: NDArray[np.float32],
    angle: NDArray[np.float32],
    trust: NDArray[np.float32],
    region: NDArray[np.bool_],
    pitch: float,
    floor: float,
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Bits and masks (n, WORDS) of n minutiae.

    `xy` (n, 2) in px and `angle` in radians, in one frame of either hand; `region` is where the
    print was seen, in squares of `pitch` px from the origin. A minutia trusted less than `floor`
    fills nothing.
    """
    n = xy.shape[0]
    bits = np.zeros((n, WORDS), dtype=np.uint64)
    seen = np.zeros((n, WORDS), dtype=np.uint64)
    rows, columns = np.int32(region.shape[0]), np.int32(region.shape[1])
    side, cells = NEARBY.shape[0], CELLS.shape[0]
    # With an edge about it, where nothing was seen.
    edged = np.zeros((rows + 2) * (columns + 2), dtype=np.uint8)
    for row in range(rows):
        for column in range(columns):
            edged[(row + 1) * (columns + 2) + column + 1] = region[row, column]
    places = np.empty(cells, dtype=np.int32)
    slice_ = 2.0 * math.pi / SLICES
    squares = 1.0 / pitch
    for i in range(n):
        c, s = math.cos(angle[i]), math.sin(angle[i])
        # Without a branch, so that many cells are worked out at a time.
        cosine, sine = np.float32(c * squares), np.float32(s * squares)
        left, top = np.float32(xy[i, 0] * squares), np.float32(xy[i, 1] * squares)
        for k in range(cells):
            x: Any = np.int32(np.floor(left + cosine * ACROSS[k] - sine * DOWN[k]))
            y: Any = np.int32(np.floor(top + sine * ACROSS[k] + cosine * DOWN[k]))
            x, y = min(max(x, np.int32(-1)), columns), min(max(y, np.int32(-1)), rows)
            places[k] = (y + np.int32(1)) * (columns + np.int32(2)) + x + np.int32(1)
        for k in range(cells):
            seen[i, k >> 6] |= np.uint64(edged[places[k]]) << np.uint64(k & 63)
        for w in range(PLANES, WORDS):
            seen[i, w] = seen[i, w - PLANES]
        for j in range(n):
            if j == i or trust[j] < floor:
                continue
            dx, dy = xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1]
            away = dx * dx + dy * dy
            if away >= REACH * REACH:
                continue
            px, py = c * dx + s * dy, -s * dx + c * dy
            radius = NEAR + STRETCH * math.sqrt(away)
            # The slice nearest to its direction, and the next: no third is ever near enough. The
            # nearer in place, the freer in direction: an ellipsoid, not a box.
            relative = (angle[j] - angle[i]) / slice_
            nearest = math.floor(relative + 0.5)
            off = slice_ * (relative - nearest) / TURN
            beyond = slice_ / TURN - abs(off)
            first = (nearest % SLICES) * PLANES
            second = ((nearest + (1 if off > 0.0 else -1)) % SLICES) * PLANES
            reach_first = radius * radius * (1.0 - off * off)
            reach_second = radius * radius * (1.0 - beyond * beyond)
            column = min(side - 1, max(0, math.floor(px / SQUARE) + side // 2))
            row = min(side - 1, max(0, math.floor(py / SQUARE) + side // 2))
            for at in range(NEARBY.shape[2]):
                k = NEARBY[row, column, at]
                if k < 0:
                    break
                ex, ey = CELLS[k, 0] - px, CELLS[k, 1] - py
                far = ex * ex + ey * ey
                bit = np.uint64(1) << np.uint64(k & 63)
                if far <= reach_first:
                    bits[i, first + (k >> 6)] |= bit
                if far <= reach_second:
                    bits[i, second + (k >> 6)] |= bit
        for w in range(WORDS):
            bits[i, w] &= seen[i, w]
    return bits, seen
