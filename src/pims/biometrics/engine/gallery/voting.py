"""Who shares structures with a probe: an inverted index of short codes, and votes.

Each structure that a probe and a finger have in common is a vote for the finger; votes count
together where they ask for the same turn of the print (first count, over everybody) and then for
the same turn and shift (second count, over those that came out best). A search touches only the
fingers that share a code, so it is fast, and strangers' chance votes do not agree on a turn.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.structures import BITS, DIRECTIONS, SPOT

F32 = NDArray[np.float32]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]

SLOTS = 1 << 15  # fingers of one segment
LOW = 2  # bits of a code that stand in the posting rather than in the table
TURNS = DIRECTIONS // 2
SHIFT = 32.0  # px, side of the squares in which shifts are counted
SHIFTS = 32  # squares each way; shifts farther apart than these fall together


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Up to `SLOTS` fingers. A posting has slot, direction, square and low bits of the code."""

    starts: U32  # (2 ** (BITS - LOW) + 1): where the postings of each code begin
    postings: U32
    counts: F32  # (fingers) codes of each

    @property
    def nbytes(self) -> int:
        return self.starts.nbytes + self.postings.nbytes + self.counts.nbytes

    def __len__(self) -> int:
        return len(self.counts)


def segment(codes: list[U32], wheres: list[U32], before: Segment | None = None) -> Segment:
    """The index of fingers given by their codes, in the order of their slots, after those of
    `before`. Raises ValueError where that is more than a segment holds."""
    held = len(before) if before is not None else 0
    if held + len(codes) > SLOTS:
        raise ValueError("a segment holds fewer fingers")
    counts = np.array([len(one) for one in codes], dtype=np.int64)
    every = np.concatenate([np.empty(0, np.uint32), *codes])
    where = np.concatenate([np.empty(0, np.uint32), *wheres])
    slot = np.repeat(np.arange(held, held + len(codes), dtype=np.uint32), counts)
    low = np.uint32((1 << LOW) - 1)
    postings = (slot << np.uint32(17)) | (where << np.uint32(LOW)) | (every & low)
    sizes = counts.astype(np.float32)
    if before is not None:
        rows = np.repeat(np.arange(len(before.starts) - 1, dtype=np.uint32), np.diff(before.starts))
        every = np.concatenate([(rows << np.uint32(LOW)) | (before.postings & low), every])
        postings = np.concatenate([before.postings, postings])
        sizes = np.concatenate([before.counts, sizes])
    order = np.argsort(every, kind="stable")
    starts = np.zeros((1 << (BITS - LOW)) + 1, dtype=np.uint32)
    tally = np.bincount(every >> np.uint32(LOW), minlength=1 << (BITS - LOW))
    np.cumsum(tally, out=starts[1:], dtype=np.uint32)
    return Segment(starts, postings[order], sizes)


def without(one: Segment, slot: int) -> Segment:
    """The same without a trace of that finger; its slot stays empty."""
    keep = (one.postings >> np.uint32(17)) != slot
    before = np.zeros(len(keep) + 1, dtype=np.uint32)
    np.cumsum(keep, out=before[1:], dtype=np.uint32)
    counts = one.counts.copy()
    counts[slot] = 0
    return Segment(before[one.starts], one.postings[keep], counts)


@njit(cache=True, nogil=True)
def count_turns(
    codes: U32, turned: I32, starts: U32, postings: U32, tally: NDArray[np.uint8]
) -> int:
    """Add the votes to `tally` (fingers * TURNS); how many there were."""
    total = 0
    for q in range(codes.shape[0]):
        low, row = codes[q] & np.uint32(3), codes[q] >> np.uint32(2)
        for k in range(starts[row], starts[row + np.uint32(1)]):
            told = postings[k]
            if told & np.uint32(3) != low:
                continue
            turn = ((np.int32(told >> np.uint32(12)) & 31) - turned[q]) & 31
            at = (np.int32(told >> np.uint32(17)) << 4) | (turn >> 1)
            if tally[at] < 255:
                tally[at] += 1
            total += 1
    return total


@njit(cache=True, nogil=True)
def heights(tally: NDArray[np.uint8], each: float, counts: F32, out: F32, turn: I32) -> None:
    """Fill `out` with the most votes of a finger at two turns side by side, beyond what chance
    gives (`each` for each code of the finger), and `turn` with the first of the two."""
    for f in range(counts.shape[0]):
        most, at = -1, 0
        for d in range(TURNS):
            votes = np.int32(tally[f * TURNS + d]) + np.int32(
                tally[f * TURNS + ((d + 1) & (TURNS - 1))]
            )
            if votes > most:
                most, at = int(votes), d
        out[f] = most - each * counts[f] * (2.0 / TURNS)
        turn[f] = at


@njit(cache=True, nogil=True)
def count_shifts(
    codes: U32, turned: I32, x: F32, y: F32, starts: U32, postings: U32, chosen: I32, turn: I32,
    tally: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Add to `tally` (chosen * SHIFTS * SHIFTS) the votes of chosen fingers that agree in turn.

    `x`, `y`: where the middle of each asked structure is; `chosen` (fingers): a number or -1;
    `turn` as `heights` gave it.
    """
    cosine, sine = np.empty(DIRECTIONS, np.float32), np.empty(DIRECTIONS, np.float32)
    for d in range(DIRECTIONS):
        cosine[d] = math.cos(d * 2.0 * math.pi / DIRECTIONS)
        sine[d] = math.sin(d * 2.0 * math.pi / DIRECTIONS)
    for q in range(codes.shape[0]):
        low, row = codes[q] & np.uint32(3), codes[q] >> np.uint32(2)
        for k in range(starts[row], starts[row + np.uint32(1)]):
            told = postings[k]
            if told & np.uint32(3) != low:
                continue
            slot = np.int32(told >> np.uint32(17))
            number = chosen[slot]
            if number < 0:
                continue
            d = ((np.int32(told >> np.uint32(12)) & 31) - turned[q]) & 31
            if ((d >> 1) - turn[slot]) & (TURNS - 1) > 1:
                continue
            across = (np.int32(told >> np.uint32(7)) & 31) * SPOT + 0.5 * SPOT
            down = (np.int32(told >> np.uint32(2)) & 31) * SPOT + 0.5 * SPOT
            dx = across - (cosine[d] * x[q] - sine[d] * y[q])
            dy = down - (sine[d] * x[q] + cosine[d] * y[q])
            column, line = math.floor(dx / SHIFT) & 31, math.floor(dy / SHIFT) & 31
            at = (number << 10) | (line << 5) | column
            if tally[at] < 255:
                tally[at] += 1


@njit(cache=True, nogil=True)
def peaks(tally: NDArray[np.uint8], out: F32) -> None:
    """Fill `out` with the most votes of each chosen finger in four squares of shift together."""
    for f in range(out.shape[0]):
        base, most = f << 10, 0
        for line in range(SHIFTS):
            below = (line + 1) & 31
            for column in range(SHIFTS):
                beside = (column + 1) & 31
                votes = (
                    np.int32(tally[base | line << 5 | column])
                    + np.int32(tally[base | line << 5 | beside])
                    + np.int32(tally[base | below << 5 | column])
                    + np.int32(tally[base | below << 5 | beside])
                )
                most = max(most, int(votes))
        out[f] = most
