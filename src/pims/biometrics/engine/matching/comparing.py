"""The whole comparison of two prepared prints, compiled.

It stops early where a pair is hopeless, and such a pair has the score it stops with: searching a
gallery and comparing one to one give the same answer.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.matching.alignment import bent, laid, paired, rigid
from pims.biometrics.engine.matching.consensus import agreements, rise, strongest
from pims.biometrics.engine.matching.evidence import ALONE, CONSENSUS, PLACE, ROWS, TURN, weigh
from pims.biometrics.engine.matching.prepared import PITCH
from pims.biometrics.engine.matching.ridges import agree
from pims.biometrics.engine.matching.scoring import minutiae_score, ridge_score
from pims.biometrics.engine.matching.similarity import similarities

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

MOST = 64  # likely pairs weighed against each other
LEAST = 0.05  # how alike two neighbourhoods must be at all
DOUBT = 10.0  # bits
HYPOTHESES = 3
SLACK = np.array([6.0, 0.07, math.radians(24), math.radians(24)], dtype=np.float32)
# Below these a pair is hopeless: of pairs of one finger about one in 1000 each.
HOPELESS_CONSENSUS = 0.5
HOPELESS_MINUTIAE = -4.5
LOWEST = -8.0  # no evidence against is stronger
LEVER, LEVER_LATER = 20.0, 15.0  # px
REACH, STIFF = 60.0, 0.7  # of bending
ROUNDS = 3
TURN_FIRST, TURN_LATER = 0.86, 0.87  # cosine of the most a direction may be off


@njit(cache=True, nogil=True)
def compare_prints(
    one: Any, two: Any, weights: F32, ridge_weights: F32,
    features: F32, ridges: F32, best_a: I32, best_b: I32, best_move: F32, full: bool,
) -> tuple[float, int]:  # fmt: skip
    """Score and how many pairs; fills the evidence, the pairs and the move of `one` onto `two`.

    `full` stops nowhere, so that all evidence is measured; the score is the same.
    """
    features[:] = 0.0
    ridges[:] = 0.0
    n, m = one.xy.shape[0], two.xy.shape[0]
    if n == 0 or m == 0:
        return LOWEST - 1.0, 0
    alike = np.empty((n, m), dtype=np.float32)
    similarities(one.bits, one.seen, two.bits, two.seen, DOUBT, alike)
    a, b = np.empty(MOST, dtype=np.int32), np.empty(MOST, dtype=np.int32)
    weight = np.empty(MOST, dtype=np.float32)
    count = strongest(alike, MOST, LEAST, a, b, weight)
    if count < 2:
        return LOWEST - 1.0, 0
    table = np.empty((count, count), dtype=np.float32)
    agreements(count, a, b, weight, one.xy, one.way, two.xy, two.way, SLACK, table)
    risen = np.empty(count, dtype=np.float32)
    size = rise(count, table, weight, 8, risen)
    features[CONSENSUS] = size
    stopped = size < HOPELESS_CONSENSUS
    if stopped and not full:
        return LOWEST - 1.0 + size, 0
    found = _best(
        one, two, alike, count, a, b, weight, table, risen, features, best_a, best_b, best_move
    )
    features[CONSENSUS] = size
    if found == 0:
        return (LOWEST - 1.0 + size if stopped else LOWEST), 0
    score = minutiae_score(features, weights)
    hopeless = score < HOPELESS_MINUTIAE
    if (not hopeless or full) and one.ridges.shape[0] > 0 and two.ridges.shape[0] > 0:
        agree(
            one.ridges, two.ridges, one.step, two.step, best_move, found, best_a, best_b,
            one.xy, two.xy, ridges,
        )  # fmt: skip
        if not hopeless:
            score = ridge_score(features, ridges, ridge_weights)
    if stopped:
        return LOWEST - 1.0 + size, found
    return max(LOWEST, score), found


@njit(cache=True, nogil=True)
def _best(
    one: Any, two: Any, alike: F32, count: int, a: I32, b: I32, weight: F32, table: F32, risen: F32,
    features: F32, best_a: I32, best_b: I32, best_move: F32,
) -> int:  # fmt: skip
    """How many pairs the best hypothesis has; fills its evidence, pairs and move."""
    n, m = one.xy.shape[0], two.xy.shape[0]
    support = np.zeros(count, dtype=np.float32)
    for p in range(count):
        for q in range(count):
            support[p] += table[p, q]
    barred = np.zeros(count, dtype=np.bool_)
    pairs_a, pairs_b = np.empty(max(n, m), dtype=np.int32), np.empty(max(n, m), dtype=np.int32)
    even = np.ones(max(n, m), dtype=np.float32)
    near_a, near_b = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    near_w = np.empty(count, dtype=np.float32)
    move = np.empty(4, dtype=np.float32)
    xy, way = np.empty((n, 2), dtype=np.float32), np.empty((n, 2), dtype=np.float32)
    smooth = np.empty((n, 2), dtype=np.float32)
    free = np.empty(n, dtype=np.float32)
    now = np.empty(ROWS, dtype=np.float32)
    best, best_count = -np.inf, 0
    for hypothesis in range(HYPOTHESES):
        # First what rose highest, then the best supported that no earlier seed agrees with.
        seed, height = -1, np.float32(0.0)
        for p in range(count):
            value = risen[p] if hypothesis == 0 else support[p]
            if not barred[p] and value > height:
                seed, height = p, value
        if seed < 0:
            break
        size = 0
        for p in range(count):
            if p == seed or table[seed, p] > 0.0:
                near_a[size], near_b[size] = a[p], b[p]
                near_w[size] = weight[seed] if p == seed else table[seed, p]
                size += 1
                if p == seed or table[seed, p] > 0.5 * weight[seed]:
                    barred[p] = True
        if not rigid(size, near_a, near_b, near_w, one.xy, two.xy, one.way, two.way, LEVER, move):
            continue
        laid(move, one.xy, one.way, xy, way)
        for i in range(n):
            dx, dy = one.xy[i, 0] - one.xy[a[seed], 0], one.xy[i, 1] - one.xy[a[seed], 1]
            free[i] = 12.0 + 0.05 * math.sqrt(dx * dx + dy * dy)
        found = paired(xy, way, two.xy, two.way, free, TURN_FIRST, pairs_a, pairs_b)
        for round_ in range(ROUNDS):
            if found < 2:
                break
            rigid(
                found, pairs_a, pairs_b, even, one.xy, two.xy, one.way, two.way, LEVER_LATER, move
            )
            laid(move, one.xy, one.way, xy, way)
            bent(xy, found, pairs_a, pairs_b, two.xy, REACH, STIFF, smooth)
            free[:] = 13.0 - 1.0 * round_
            found = paired(smooth, way, two.xy, two.way, free, TURN_LATER, pairs_a, pairs_b)
        if found < 2:
            continue
        bent(xy, found, pairs_a, pairs_b, two.xy, REACH, STIFF, smooth)
        weigh(
            xy, way, smooth, one.trust, one.kind, two.xy, two.way, two.trust, two.kind,
            one.region, two.region, PITCH, move, found, pairs_a, pairs_b, alike, now,
        )  # fmt: skip
        value = now[PLACE] + now[TURN] - 0.7 * now[ALONE]
        if value > best:
            best, best_count = value, found
            best_a[:found] = pairs_a[:found]
            best_b[:found] = pairs_b[:found]
            best_move[:] = move
            features[:] = now
    return best_count
