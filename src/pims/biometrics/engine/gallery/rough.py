"""A probe laid on many fingers at once, roughly: how much of it finds a counterpart there?

Votes tell for each finger where the probe would lie on it. There its minutiae look for the nearest
of the finger's in place and direction, the move is made better by what they find, and they look
again, more strictly. Whole numbers throughout, so that sixteen are compared at a time.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.template import MOST_MINUTIAE

__all__ = ["lay"]

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

HEAD = 12  # bytes before the minutiae of a packed template: see `compact`
FINE = 32.0  # parts of a pixel in a packed template
UNIT = 64.0  # of a cosine
# Square px, with up to 2 * UNIT ** 2 for a direction: how far the nearest may be, round by round.
LIMITS = np.array([900, 560, 400], dtype=np.int32)
LEVER = 20.0  # px, as in alignment
EDGE = 12  # px inside the finger's minutiae: a minutia there should have found another
ALONE = 0.45  # what one counts that did not


@njit(cache=True, nogil=True, error_model="numpy")
def lay(
    xy: F32, way: F32, trust: F32, moves: F32, packed: U8, at: I64, slots: I32, out: F32
) -> None:
    """Fill `out` (k) with how well the probe fits the fingers in those slots, by `moves` (k, 4).

    `packed`, `at`: the templates of the segment and where each begins. A finger that was taken out
    fits by nothing.
    """
    n = xy.shape[0]
    hx, hy = np.empty(MOST_MINUTIAE, np.int32), np.empty(MOST_MINUTIAE, np.int32)
    hc, hs = np.empty(MOST_MINUTIAE, np.int32), np.empty(MOST_MINUTIAE, np.int32)
    good = np.empty(MOST_MINUTIAE, np.float32)
    nearest, price = np.empty(n, np.int32), np.empty(n, np.int32)
    cosine, sine = np.empty(256, np.int32), np.empty(256, np.int32)
    for k in range(256):
        # Directions are told with y up, and here y grows downwards.
        cosine[k] = round(UNIT * math.cos(k * math.pi / 128))
        sine[k] = -round(UNIT * math.sin(k * math.pi / 128))
    for k in range(slots.shape[0]):
        begin, end = at[slots[k]], at[slots[k] + 1]
        out[k] = 0.0
        if end - begin <= HEAD:
            continue
        m: Any = min(MOST_MINUTIAE, np.int64(packed[begin + 4]) | np.int64(packed[begin + 5]) << 8)
        if m == 0 or n == 0:
            continue
        for j in range(m):
            o = begin + HEAD + 6 * j
            hx[j] = (np.int32(packed[o]) | np.int32(packed[o + 1]) << 8) >> 5
            hy[j] = (np.int32(packed[o + 2]) | np.int32(packed[o + 3]) << 8) >> 5
            hc[j], hs[j] = cosine[packed[o + 5]], sine[packed[o + 5]]
            told = packed[begin + HEAD + 6 * m + j]
            good[j] = 0.7 if told == 0 else told * 0.01
        out[k] = _fit(
            xy, way, trust, moves[k], hx[:m], hy[:m], hc[:m], hs[:m], good, nearest, price
        )


@njit(cache=True, nogil=True, error_model="numpy")
def _fit(
    xy: F32, way: F32, trust: F32, move: F32, hx: I32, hy: I32, hc: I32, hs: I32, good: F32,
    nearest: I32, price: I32,
) -> float:  # fmt: skip
    n, m = xy.shape[0], hx.shape[0]
    c, s, x, y = move[0], move[1], move[2], move[3]
    rounds = LIMITS.shape[0]
    for round_ in range(rounds):
        limit = LIMITS[round_]
        total = ax = ay = bx = by = np.float32(0.0)
        for i in range(n):
            px = np.int32(c * xy[i, 0] - s * xy[i, 1] + x)
            py = np.int32(s * xy[i, 0] + c * xy[i, 1] + y)
            pc = np.int32(UNIT * (c * way[i, 0] - s * way[i, 1]))
            ps = np.int32(UNIT * (s * way[i, 0] + c * way[i, 1]))
            best = np.int32(2147483647)
            for j in range(m):
                dx, dy = px - hx[j], py - hy[j]
                cost = np.int32(dx * dx + dy * dy + np.int32(4096) - (pc * hc[j] + ps * hs[j]))
                told = np.int32(min(cost, np.int32(8388607)) << 8) | np.int32(j)
                best = min(best, told)
            nearest[i], price[i] = best & 255, best >> 8
            if price[i] < limit:
                j = nearest[i]
                w = np.float32(limit - price[i]) * trust[i]
                total += w
                ax += w * xy[i, 0]
                ay += w * xy[i, 1]
                bx += w * hx[j]
                by += w * hy[j]
        if total <= 0.0:
            return 0.0
        if round_ == rounds - 1:
            break
        ax, ay, bx, by = ax / total, ay / total, bx / total, by / total
        cc = ss = np.float32(0.0)
        for i in range(n):
            if price[i] < limit:
                j = nearest[i]
                w = np.float32(limit - price[i]) * trust[i]
                ux, uy = xy[i, 0] - ax, xy[i, 1] - ay
                vx, vy = hx[j] - bx, hy[j] - by
                far = np.float32(LEVER * LEVER / UNIT)
                cc += w * (ux * vx + uy * vy + far * (way[i, 0] * hc[j] + way[i, 1] * hs[j]))
                ss += w * (ux * vy - uy * vx + far * (way[i, 0] * hs[j] - way[i, 1] * hc[j]))
        size = np.float32(math.sqrt(cc * cc + ss * ss))
        if size <= 0.0:
            return 0.0
        c, s = cc / size, ss / size
        x, y = bx - (c * ax - s * ay), by - (s * ax + c * ay)
    left, right, top, bottom = hx.min() + EDGE, hx.max() - EDGE, hy.min() + EDGE, hy.max() - EDGE
    used = np.zeros(MOST_MINUTIAE, np.bool_)
    limit = LIMITS[rounds - 1]
    score = 0.0
    for i in range(n):
        j = nearest[i]
        if price[i] < limit and not used[j]:
            used[j] = True
            score += math.sqrt(trust[i] * good[j]) * (1.2 - price[i] / limit)
            continue
        px, py = c * xy[i, 0] - s * xy[i, 1] + x, s * xy[i, 0] + c * xy[i, 1] + y
        if left <= px <= right and top <= py <= bottom:
            score -= ALONE * trust[i]
    return score
