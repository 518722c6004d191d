"""Small structures of minutiae as short codes: what a gallery is searched by first.

A structure is a minutia and two of its neighbours, told in the frame of the minutia's direction, so
that neither shift nor rotation of the print matters: how far each neighbour is, in which bearing
and how turned. Each of these falls in a bin; the six bins together are mixed into one short code.
Where a value lies near the edge of its bin, a probe also asks for the bin beyond.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U32 = NDArray[np.uint32]

BITS = 22  # of a code
NEAREST, FARTHEST = 8.0, 110.0  # px: where a neighbour may be
FAR_BINS = 11.0  # bins of the distance's logarithm in each factor e
BEARINGS = 24
TURNS = 12
HELD_NEIGHBOURS = 5  # of each minutia in the gallery
# Of each minutia of a probe, as some are missing in the gallery and some are false: more, the fewer
# minutiae there are, up to so many of them.
ASKED_NEIGHBOURS = ((14, 11), (24, 9), (255, 7))
MOST_NEIGHBOURS = 11
TRUSTED = 0.35
# Of a bin's width: nearer to its edge, the bin beyond is asked for as well.
EDGE, EDGE_OF_FEW = 0.4, 0.5
MOST_HELD = 480  # codes of one finger
MOST_ASKED_OF = 60_000  # codes of one probe
DIRECTIONS = 32
SPOT = 20.0  # px, side of the squares in which the middle minutia of a structure is kept
SPOTS = 32  # squares each way
MOST_ASKED, MOST_ASKED_OF_FEW = 36, 64


@njit(cache=True, nogil=True, error_model="numpy")
def _neighbours(xy: F32, trust: F32, i: int, most: int, chosen: NDArray[np.int32]) -> int:
    """Fill `chosen` with the nearest trusted minutiae, the nearest first; how many."""
    count = 0
    away = np.empty(most, dtype=np.float32)
    for j in range(xy.shape[0]):
        if j == i or trust[j] < TRUSTED:
            continue
        dx, dy = xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1]
        far = dx * dx + dy * dy
        if far < NEAREST * NEAREST or far > FARTHEST * FARTHEST:
            continue
        if count == most and far >= away[most - 1]:
            continue
        at = min(count, most - 1)
        while at > 0 and away[at - 1] > far:
            away[at], chosen[at] = away[at - 1], chosen[at - 1]
            at -= 1
        away[at], chosen[at] = far, j
        count = min(most, count + 1)
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _bins(xy: F32, way: F32, i: int, j: int, out: F32) -> None:
    """Fill `out` (3) with distance, bearing and turn of j seen from i, in bins and parts of one."""
    dx, dy = xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1]
    c, s = way[i, 0], way[i, 1]
    whole = 2.0 * math.pi
    bearing = math.atan2(-s * dx + c * dy, c * dx + s * dy) / whole
    turn = math.atan2(c * way[j, 1] - s * way[j, 0], c * way[j, 0] + s * way[j, 1]) / whole
    out[0] = FAR_BINS * math.log(math.sqrt(dx * dx + dy * dy) / NEAREST)
    out[1] = (bearing - math.floor(bearing)) * BEARINGS
    out[2] = (turn - math.floor(turn)) * TURNS


@njit(cache=True, nogil=True)
def _direction(cosine: float, sine: float) -> int:
    turn = math.atan2(sine, cosine) / (2.0 * math.pi)
    return math.floor((turn - math.floor(turn)) * DIRECTIONS) % DIRECTIONS


@njit(cache=True, nogil=True)
def _cell(far: int, bearing: int, turn: int) -> np.uint32:
    return np.uint32((far * BEARINGS + bearing % BEARINGS) * TURNS + turn % TURNS)


@njit(cache=True, nogil=True)
def _mixed(one: np.uint32, two: np.uint32) -> np.uint32:
    """The two cells, whichever comes first, spread evenly over the codes."""
    low, high = min(one, two), max(one, two)
    value = np.uint64(low) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(high)
    value ^= value >> np.uint64(32)
    value *= np.uint64(0xD6E8FEB86659FD93)
    value ^= value >> np.uint64(29)
    return np.uint32(value & np.uint64((1 << BITS) - 1))


@njit(cache=True, nogil=True, error_model="numpy")
def held_codes(xy: F32, way: F32, trust: F32, out: U32, where: U32) -> int:
    """Fill `out` (`MOST_HELD`) with the codes that a gallery keeps of a print; how many.

    `where` gets, of the middle minutia of each, in which of `DIRECTIONS` it points (5 bits) and in
    which square it lies (5 bits across, 5 down).
    """
    n, most = xy.shape[0], HELD_NEIGHBOURS
    count = 0
    chosen = np.empty(most, dtype=np.int32)
    cells = np.empty((n, most), dtype=np.uint32)
    found = np.zeros(n, dtype=np.int32)
    places = np.empty(n, dtype=np.uint32)
    told = np.empty(3, dtype=np.float32)
    for i in range(n):
        if trust[i] < TRUSTED:
            continue
        across = min(SPOTS - 1, max(0, math.floor(xy[i, 0] / SPOT)))
        down = min(SPOTS - 1, max(0, math.floor(xy[i, 1] / SPOT)))
        places[i] = np.uint32(_direction(way[i, 0], way[i, 1]) << 10 | across << 5 | down)
        found[i] = _neighbours(xy, trust, i, most, chosen)
        for k in range(found[i]):
            _bins(xy, way, i, chosen[k], told)
            cells[i, k] = _cell(math.floor(told[0]), math.floor(told[1]), math.floor(told[2]))
    # Where there is no room for all, every minutia gives those of its nearest neighbours.
    for k in range(most):
        for j in range(k):
            for i in range(n):
                if k < found[i] and count < out.shape[0]:
                    out[count] = _mixed(cells[i, k], cells[i, j])
                    where[count] = places[i]
                    count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def asked_codes(
    xy: F32, way: F32, trust: F32, out: U32, turned: NDArray[np.uint8], middle: NDArray[np.uint8]
) -> int:
    """Fill `out` with the codes that a probe asks for; how many.

    `turned` gets in which of `DIRECTIONS` the middle minutia of each points, and `middle` which
    minutia that is.

    A structure asks for up to `MOST_ASKED` codes, of many minutiae for fewer: its own, and those
    with the values nearest to the edges of their bins moved over.
    """
    most = out.shape[0]
    count = trusted = 0
    for i in range(xy.shape[0]):
        trusted += int(trust[i] >= TRUSTED)
    variants, edge = MOST_ASKED, EDGE
    neighbours = 0
    for few, wanted in ASKED_NEIGHBOURS:
        if trusted <= few and neighbours == 0:
            neighbours = wanted
    if neighbours > ASKED_NEIGHBOURS[2][1]:
        variants, edge = MOST_ASKED_OF_FEW, EDGE_OF_FEW
    pairs = neighbours * (neighbours - 1) // 2
    each = min(variants, most // max(1, trusted * pairs))
    chosen = np.empty(MOST_NEIGHBOURS, dtype=np.int32)
    told = np.empty((MOST_NEIGHBOURS, 3), dtype=np.float32)
    cells = np.empty((MOST_NEIGHBOURS, 8), dtype=np.uint32)
    kinds = np.empty(MOST_NEIGHBOURS, dtype=np.int32)
    for i in range(xy.shape[0]):
        if trust[i] < TRUSTED:
            continue
        direction = _direction(way[i, 0], way[i, 1])
        found = _neighbours(xy, trust, i, neighbours, chosen)
        for k in range(found):
            _bins(xy, way, i, chosen[k], told[k])
            kinds[k] = 0
            for variant in range(8):
                at = np.empty(3, dtype=np.int32)
                wanted = True
                for v in range(3):
                    low = math.floor(told[k, v])
                    part = told[k, v] - low
                    at[v] = low
                    if variant >> v & 1:
                        if part < edge:
                            at[v] = low - 1
                        elif part > 1.0 - edge:
                            at[v] = low + 1
                        else:
                            wanted = False
                if wanted and at[0] >= 0:
                    cells[k, kinds[k]] = _cell(at[0], at[1] + BEARINGS, at[2] + TURNS)
                    kinds[k] += 1
        for k in range(found):
            for j in range(k):
                asked = 0
                # The own code first, then those with the fewest values moved over.
                for total in range(kinds[k] + kinds[j] - 1):
                    for a in range(max(0, total - kinds[j] + 1), min(total + 1, kinds[k])):
                        if asked < each:
                            out[count] = _mixed(cells[k, a], cells[j, total - a])
                            turned[count] = direction
                            middle[count] = i
                            count += 1
                            asked += 1
    return count
