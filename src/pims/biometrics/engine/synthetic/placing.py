"""The master minutiae of a finger, placed without growing its ridges.

A point process: as many minutiae as the flow demands (`begin_rate`), and others by chance; no two
nearer than about a ridge, few nearer than two. Which way each points keeps the balance: over some
six ridges, as many begin as the flow demands, or the ridges could not stay as far apart as they do.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.dice import key_of, normal, stream, uniform
from pims.biometrics.engine.synthetic.flow import STEP, direction_at, nodes_of, on_skin, period_at

__all__ = ["MASTER", "MOST", "place_minutiae"]

MOST = 160
MASTER = 5  # columns: x, y, angle, kind, how well it shows

_ENDINGS = 0.70
_DEMANDED = 0.75
_AROUND = 4000.0  # square px within which those that begin and those that end balance
_BALANCE = 1.8


@compiled
def _first_above(heap: NDArray[np.float64], value: float) -> int:
    low = 0
    high = len(heap)
    while low < high:
        middle = (low + high) // 2
        if heap[middle] > value:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def place_minutiae(one: Any, placed: NDArray[np.float64]) -> int:
    """Fill the rows of `placed` (`MOST`, `MASTER`) and give their number.

    Angles are those of the standard (radians, y up); the last column, uniform in [0, 1), is how
    well the minutia shows: the same one is faint in impression after impression.
    """
    nodes = nodes_of(one)
    rows, columns = nodes.shape[:2]
    state = stream(key_of(one.key, np.uint64(1)))
    heap = np.zeros(rows * columns)
    total = 0.0
    for r in range(rows):
        y = (r - (rows - 1) / 2) * STEP
        for c in range(columns):
            x = (c - (columns - 1) / 2) * STEP
            if on_skin(one, x, y) < 1.1:
                demanded = min(_DEMANDED * abs(nodes[r, c, 3]), 0.004)
                total += (one.density + demanded) * STEP * STEP
            heap[r * columns + c] = total
    wanted = min(MOST, int(total + math.sqrt(0.5 * total) * normal(state) + uniform(state)))
    count = 0
    for _ in range(20 * wanted):
        if count >= wanted:
            break
        cell = _first_above(heap, uniform(state) * total)
        r = cell // columns
        c = cell % columns
        x = (c - (columns - 1) / 2 + uniform(state) - 0.5) * STEP
        y = (r - (rows - 1) / 2 + uniform(state) - 0.5) * STEP
        if on_skin(one, x, y) >= 1.0:
            continue
        period = period_at(one, x, y)
        apart = period * (0.95 + 1.6 * uniform(state) ** 0.7)
        free = True
        for i in range(count):
            if math.hypot(placed[i, 0] - x, placed[i, 1] - y) < apart:
                free = False
                break
        if not free:
            continue
        angle = direction_at(one, x, y)
        # The node's own direction says which of the two the rate was counted along.
        half = 0.5 * math.atan2(nodes[r, c, 1], nodes[r, c, 0])
        if math.cos(angle - half) < 0.0:
            angle += math.pi
        # What the flow demands hereabouts, less what is there already: else gaps would open.
        missing = _AROUND * nodes[r, c, 3]
        for i in range(count):
            away = (placed[i, 0] - x) ** 2 + (placed[i, 1] - y) ** 2
            share = 1.0 / (1.0 + away * math.pi / _AROUND) ** 2
            missing -= share if math.cos(placed[i, 2] - angle) >= 0.0 else -share
        if uniform(state) * (1.0 + math.exp(-_BALANCE * missing)) >= 1.0:
            angle += math.pi
        placed[count, 0] = x
        placed[count, 1] = y
        placed[count, 2] = angle % (2.0 * math.pi)
        placed[count, 3] = 1.0 if uniform(state) < _ENDINGS else 2.0
        placed[count, 4] = uniform(state)
        count += 1
    return count
