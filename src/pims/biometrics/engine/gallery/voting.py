"""Who shares structures with a probe: votes for whoever has the codes that it asks for.

Each structure that a probe and a finger have in common is a vote for the finger. Votes count
together where they ask for the same turn of the print; of those at the turn that has most, where
they ask for the same shift. How many different minutiae of the probe are behind these, and how they
would lay it on the finger, goes on to the next stage.

What takes time is waiting for memory: asked codes come sorted, and the places where a block of them
leads are touched together before any of them is needed.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.segments import LOW
from pims.biometrics.engine.gallery.structures import DIRECTIONS, SPOT
from pims.biometrics.engine.matching.bits import popcount as _popcount

F32 = NDArray[np.float32]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]

# Compiled, it takes the word alone; the compiler's own argument is its business.
popcount: Any = _popcount

TURNS = DIRECTIONS // 2
SHIFT = 32.0  # px, side of the squares in which shifts are counted
SHIFTS = 32  # squares each way; shifts farther apart than these fall together
BLOCK = 64  # codes whose postings are touched together


@njit(cache=True, nogil=True)
def answers(codes: U32, starts: U32) -> int:
    """At most so many postings have the codes."""
    total = 0
    for q in range(codes.shape[0]):
        row = codes[q] >> np.uint32(LOW)
        total += starts[row + np.uint32(1)] - starts[row]
    return total


@njit(cache=True, nogil=True)
def gather(codes: U32, starts: U32, postings: U32, told: U32, whose: U16) -> tuple[int, int]:
    """Fill `told` with the postings that have the codes, and `whose` with which code each has.

    How many; the second number means nothing. Both arrays are one longer than `answers`.
    """
    begin, end = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    n, last = codes.shape[0], postings.shape[0] - 1
    total, touched = 0, np.uint32(0)
    mask = np.uint32((1 << LOW) - 1)
    if last < 0:
        return 0, 0
    for base in range(0, n, BLOCK):
        size = min(BLOCK, n - base)
        for k in range(size):
            row = codes[base + k] >> np.uint32(LOW)
            begin[k], end[k] = starts[row], starts[row + np.uint32(1)]
        for k in range(size):
            touched ^= postings[min(begin[k], last)] ^ postings[max(0, end[k] - 1)]
        for k in range(size):
            low = codes[base + k] & mask
            for at in range(begin[k], end[k]):
                value = postings[at]
                told[total], whose[total] = value, base + k
                total += int((value & mask) == low)
    return total, int(touched)


@njit(cache=True, nogil=True)
def count_turns(told: U32, whose: U16, total: int, turned: U8, tally: U8) -> None:
    """Add the votes to `tally` (fingers * TURNS)."""
    for e in range(total):
        value = told[e]
        turn = ((value >> np.uint32(12)) - np.uint32(turned[whose[e]])) & np.uint32(31)
        at = ((value >> np.uint32(17)) << np.uint32(4)) | (turn >> np.uint32(1))
        votes = tally[at]
        tally[at] = votes + np.uint8(votes < 255)


@njit(cache=True, nogil=True)
def most_at(tally: U8, turn: I32) -> None:
    """Fill `turn` with the first of the two turns, side by side, at which a finger has most."""
    last = TURNS - 1
    for f in range(turn.shape[0]):
        base = f * TURNS
        most = (np.int32(tally[base + last]) + np.int32(tally[base])) << 4
        for d in range(last):
            votes = np.int32(tally[base + d]) + np.int32(tally[base + d + 1])
            most = max(most, (votes << 4) | np.int32(last - d))
        turn[f] = last - (most & 15)


@njit(cache=True, nogil=True)
def sift(
    told: U32, whose: U16, total: int, turned: U8, turn: I32, firsts: I32, kept: U32, askers: U16
) -> int:
    """The votes of each finger at its turn, finger by finger; how many.

    `turn` as `most_at` gave it. Fills `firsts` (fingers + 1), where each begins in `kept` and
    `askers` (as long as `told`, which is used up).
    """
    count = 0
    firsts[:] = 0
    for e in range(total):
        value, asker = told[e], whose[e]
        slot = value >> np.uint32(17)
        off = ((value >> np.uint32(12)) - np.uint32(turned[asker])) & np.uint32(31)
        apart = (np.int32(off >> np.uint32(1)) - turn[slot]) & (TURNS - 1)
        told[count], whose[count] = value, asker
        good = np.int32(apart <= 1)
        firsts[slot + 1] += good
        count += int(good)
    for f in range(turn.shape[0]):
        firsts[f + 1] += firsts[f]
    free = firsts[:-1].copy()
    for e in range(count):
        slot = told[e] >> np.uint32(17)
        kept[free[slot]], askers[free[slot]] = told[e], whose[e]
        free[slot] += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def agree(
    firsts: I32, kept: U32, askers: U16, middle: U8, xy: F32, way: F32,
    votes: F32, different: F32, moves: F32,
) -> None:  # fmt: skip
    """Of each finger the most votes that agree in shift (in four squares together), how many
    minutiae of the probe are behind these, and the move (cosine, sine, x, y) of the probe onto the
    finger that they mean on average.

    `middle`: which minutia of the probe, at `xy` with the direction `way`, each code is of.
    """
    cosine, sine = np.empty(DIRECTIONS, np.float32), np.empty(DIRECTIONS, np.float32)
    for d in range(DIRECTIONS):
        cosine[d] = math.cos((d + 0.5) * 2.0 * math.pi / DIRECTIONS)
        sine[d] = math.sin((d + 0.5) * 2.0 * math.pi / DIRECTIONS)
    board = np.zeros(SHIFTS * SHIFTS, np.int32)
    longest = 0
    for number in range(firsts.shape[0] - 1):
        longest = max(longest, firsts[number + 1] - firsts[number])
    cells = np.empty(longest, np.int32)
    seen, sums = np.empty(4, np.uint64), np.empty(6, np.float32)
    spot, shift = np.float32(SPOT), np.float32(1.0 / SHIFT)
    for number in range(firsts.shape[0] - 1):
        begin, end = firsts[number], firsts[number + 1]
        peak, best = 0, 0
        if begin == end:
            votes[number] = different[number] = 0.0
            moves[number, 0], moves[number, 1], moves[number, 2], moves[number, 3] = 1, 0, 0, 0
            continue
        for e in range(begin, end):
            value, i = kept[e], middle[askers[e]]
            d = (value >> np.uint32(12)) & np.uint32(31)
            # Turned by the held direction, less the asked one.
            c = cosine[d] * way[i, 0] + sine[d] * way[i, 1]
            s = sine[d] * way[i, 0] - cosine[d] * way[i, 1]
            across = (np.float32((value >> np.uint32(7)) & np.uint32(31)) + np.float32(0.5)) * spot
            down = (np.float32((value >> np.uint32(2)) & np.uint32(31)) + np.float32(0.5)) * spot
            column = math.floor((across - (c * xy[i, 0] - s * xy[i, 1])) * shift) & 31
            line = math.floor((down - (s * xy[i, 0] + c * xy[i, 1])) * shift) & 31
            cells[e - begin] = line << 5 | column
            for k in range(4):
                at = ((line - (k >> 1)) & 31) << 5 | ((column - (k & 1)) & 31)
                board[at] += 1
                if board[at] > peak:
                    peak, best = board[at], at
        top, left = best >> 5, best & 31
        seen[:], sums[:] = np.uint64(0), np.float32(0.0)
        for e in range(begin, end):
            line, column = cells[e - begin] >> 5, cells[e - begin] & 31
            for k in range(4):
                board[((line - (k >> 1)) & 31) << 5 | ((column - (k & 1)) & 31)] = 0
            if ((line - top) & 31) > 1 or ((column - left) & 31) > 1:
                continue
            value, i = kept[e], middle[askers[e]]
            d = (value >> np.uint32(12)) & np.uint32(31)
            seen[i >> 6] |= np.uint64(1) << np.uint64(i & 63)
            sums[0] += cosine[d] * way[i, 0] + sine[d] * way[i, 1]
            sums[1] += sine[d] * way[i, 0] - cosine[d] * way[i, 1]
            sums[2] += (np.float32((value >> np.uint32(7)) & np.uint32(31)) + 0.5) * spot
            sums[3] += (np.float32((value >> np.uint32(2)) & np.uint32(31)) + 0.5) * spot
            sums[4] += xy[i, 0]
            sums[5] += xy[i, 1]
        votes[number] = peak
        minutiae = 0
        for k in range(4):
            minutiae += popcount(seen[k])
        different[number] = minutiae
        size = math.sqrt(sums[0] * sums[0] + sums[1] * sums[1])
        if peak == 0 or size == 0.0:
            moves[number, 0], moves[number, 1], moves[number, 2], moves[number, 3] = 1, 0, 0, 0
            continue
        c, s = sums[0] / size, sums[1] / size
        moves[number, 0], moves[number, 1] = c, s
        moves[number, 2] = (sums[2] - (c * sums[4] - s * sums[5])) / peak
        moves[number, 3] = (sums[3] - (s * sums[4] + c * sums[5])) / peak
