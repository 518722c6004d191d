"""The minutiae of a clean pattern: its ridges thinned to a line, their ends and forks counted.

For the generator's own patterns, which have neither noise nor gaps; prints are for `extraction`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled

__all__ = ["read_minutiae", "thinned"]

_TRACE = 12  # px along a ridge, from which its direction is taken
_SPUR = 7  # px: a branch as short is no ridge
_MARGIN = 9  # px from the edge of the skin: what ends there was cut

_DX = np.array([1, 1, 0, -1, -1, -1, 0, 1])  # neighbours in a ring, from the right, upwards
_DY = np.array([0, -1, -1, -1, 0, 1, 1, 1])


@compiled
def thinned(ridges: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Lines one pixel wide (Zhang and Suen's thinning); the outermost pixels are cleared."""
    rows, columns = ridges.shape
    lines = np.zeros((rows, columns), np.uint8)
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            lines[r, c] = ridges[r, c]
    doomed = np.empty((rows * columns, 2), np.int32)
    changed = True
    while changed:
        changed = False
        for half in range(2):
            count = 0
            for r in range(1, rows - 1):
                for c in range(1, columns - 1):
                    if lines[r, c] and _may_go(lines, r, c, half):
                        doomed[count, 0] = r
                        doomed[count, 1] = c
                        count += 1
            for i in range(count):
                lines[doomed[i, 0], doomed[i, 1]] = 0
            changed = changed or count > 0
    return _without_corners(lines)


@compiled
def _may_go(lines: NDArray[np.uint8], r: int, c: int, half: int) -> bool:
    east = lines[r, c + 1]
    north = lines[r - 1, c]
    west = lines[r, c - 1]
    south = lines[r + 1, c]
    if half == 0 and (north * east * south or east * south * west):
        return False
    if half == 1 and (north * east * west or north * south * west):
        return False
    there, changes = _about(lines, r, c)
    return 2 <= there <= 6 and changes == 1


@compiled
def _about(lines: NDArray[np.uint8], r: int, c: int) -> tuple[int, int]:
    """How many neighbours are ridge, and how often the ring goes from none to ridge."""
    there = 0
    changes = 0
    last = lines[r + _DY[7], c + _DX[7]]
    for i in range(8):
        now = lines[r + _DY[i], c + _DX[i]]
        there += now
        if now and not last:
            changes += 1
        last = now
    return there, changes


@compiled
def _without_corners(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Steps of a line lose the pixel that makes the corner, or forks would be seen in them."""
    rows, columns = lines.shape
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            if not lines[r, c]:
                continue
            beside = lines[r, c - 1] or lines[r, c + 1]
            upright = lines[r - 1, c] or lines[r + 1, c]
            if beside and upright and _joined(lines, r, c):
                lines[r, c] = 0
    return lines


@compiled
def _joined(lines: NDArray[np.uint8], r: int, c: int) -> bool:
    """Whether the neighbours, two at least, hang together without the pixel itself."""
    pieces = 0
    there = 0
    for i in range(8):
        if not lines[r + _DY[i], c + _DX[i]]:
            continue
        there += 1
        before = (i + 7) % 8
        touches = lines[r + _DY[before], c + _DX[before]]
        if i % 2 == 0:  # the two beside a corner touch across it
            before = (i + 6) % 8
            touches = touches or lines[r + _DY[before], c + _DX[before]]
        if not touches:
            pieces += 1
    return there > 1 and pieces <= 1


@compiled
def _walk(lines: NDArray[np.uint8], r: int, c: int, first: int, steps: int) -> tuple[int, int, int]:
    """Along a line from (r, c) to its neighbour `first` and on: where it got to, in how many
    steps. It stops where the line ends or forks."""
    last_r = r
    last_c = c
    r += _DY[first]
    c += _DX[first]
    taken = 1
    while taken < steps:
        next_r = -1
        next_c = -1
        ways = 0
        for i in range(8):
            near_r = r + _DY[i]
            near_c = c + _DX[i]
            if not lines[near_r, near_c] or (near_r == last_r and near_c == last_c):
                continue
            # Not back beside the pixel just left.
            if max(abs(near_r - last_r), abs(near_c - last_c)) <= 1:
                continue
            ways += 1
            next_r = near_r
            next_c = near_c
        if ways != 1:
            break
        last_r = r
        last_c = c
        r = next_r
        c = next_c
        taken += 1
    return r, c, taken


@compiled
def read_minutiae(
    pattern: NDArray[np.float32], skin: NDArray[np.bool_], found: NDArray[np.float64]
) -> int:
    """Fill rows of `found` with column, row, angle, kind (0.0 for what shows); give their number.

    `pattern` has ridges above 0; `skin` where there is any. Angles as in a template: of an ending,
    into its ridge; of a bifurcation, into the valley between its branches.
    """
    lines = thinned((pattern > 0.0) & skin)
    rows, columns = lines.shape
    count = 0
    for r in range(_MARGIN, rows - _MARGIN):
        for c in range(_MARGIN, columns - _MARGIN):
            if not lines[r, c] or count >= len(found):
                continue
            ways = _about(lines, r, c)[1]
            if ways != 1 and ways != 3:
                continue
            inside = True
            for i in range(8):
                inside = inside and skin[r + _MARGIN * _DY[i], c + _MARGIN * _DX[i]]
            if not inside:
                continue
            angle = _direction(lines, r, c, ways)
            if angle < 0.0:
                continue
            found[count, 0] = c
            found[count, 1] = r
            found[count, 2] = angle
            found[count, 3] = 1.0 if ways == 1 else 2.0
            count += 1
    return count


@compiled
def _direction(lines: NDArray[np.uint8], r: int, c: int, ways: int) -> float:
    """Of the minutia at (r, c): radians; negative if it is a spur and no minutia."""
    angles = np.empty(3)
    branch = 0
    last = lines[r + _DY[7], c + _DX[7]]
    for i in range(8):
        now = lines[r + _DY[i], c + _DX[i]]
        if now and not last and branch < 3:
            # Of the pixels of one branch that touch, the straight one leads on.
            first = i
            after = (i + 1) % 8
            if i % 2 == 1 and lines[r + _DY[after], c + _DX[after]]:
                first = after
            to_r, to_c, taken = _walk(lines, r, c, first, _TRACE)
            if taken < _SPUR:
                return -1.0
            angles[branch] = math.atan2(float(r - to_r), float(to_c - c))
            branch += 1
        last = now
    if branch != ways:
        return -1.0
    if ways == 1:
        return float(angles[0] % (2.0 * math.pi))
    # The valley lies between the two branches that are nearest to one another.
    best = 10.0
    angle = -1.0
    for i in range(3):
        a = angles[i]
        b = angles[(i + 1) % 3]
        between = (b - a + math.pi) % (2.0 * math.pi) - math.pi
        if abs(between) < best:
            best = abs(between)
            angle = a + 0.5 * between
    return float(angle % (2.0 * math.pi))
