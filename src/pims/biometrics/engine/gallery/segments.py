"""The index of some thousands of fingers: which of them have a code, and their templates' bytes.

A posting says of one structure of one finger: the finger's slot (15 bits), the direction of its
middle minutia (5), the square that it lies in (5 across, 5 down) and the low bits of its code (2).
Postings stand in the order of their codes, those of one finger in that of the finger's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.structures import BITS

__all__ = ["LOW", "SLOTS", "Segment", "segment", "without"]

F32 = NDArray[np.float32]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]

SLOTS = 1 << 15  # fingers of one segment
LOW = 2  # bits of a code that stand in the posting rather than in the table
ROWS = 1 << (BITS - LOW)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Up to `SLOTS` fingers; never changed, only replaced."""

    starts: U32  # (ROWS + 1): where the postings of each row of codes begin
    postings: U32
    counts: F32  # (fingers) codes of each
    packed: U8  # their templates as `compact.pack` made them, one after another
    at: I64  # (fingers + 1): where each of these begins

    @property
    def index_bytes(self) -> int:
        return self.starts.nbytes + self.postings.nbytes + self.counts.nbytes

    @property
    def template_bytes(self) -> int:
        return self.packed.nbytes + self.at.nbytes

    def __len__(self) -> int:
        return len(self.counts)

    def data(self, slot: int) -> bytes:
        """The packed template of the finger; empty where it was taken out."""
        return self.packed[self.at[slot] : self.at[slot + 1]].tobytes()


def segment(
    codes: Sequence[U32], wheres: Sequence[U32], data: Sequence[bytes],
    before: Segment | None = None,
) -> Segment:  # fmt: skip
    """The index of fingers given by their codes and packed templates, in the order of their slots,
    after those of `before`. Raises ValueError where that is more than a segment holds."""
    held = len(before) if before is not None else 0
    if held + len(codes) > SLOTS:
        raise ValueError("a segment holds fewer fingers")
    counts = np.array([len(one) for one in codes], dtype=np.int64)
    every = np.concatenate([np.empty(0, np.uint32), *codes])
    where = np.concatenate([np.empty(0, np.uint32), *wheres])
    starts = np.zeros(ROWS + 1, np.uint32)
    packed = np.frombuffer(b"".join(data), dtype=np.uint8)
    ends = np.cumsum([len(one) for one in data], dtype=np.int64)
    if before is None:
        old_starts, old = np.zeros(ROWS + 1, np.uint32), np.empty(0, np.uint32)
        sizes, at = counts.astype(np.float32), np.concatenate([np.zeros(1, np.int64), ends])
    else:
        old_starts, old = before.starts, before.postings
        sizes = np.concatenate([before.counts, counts.astype(np.float32)])
        packed = np.concatenate([before.packed, packed])
        at = np.concatenate([before.at, before.at[-1] + ends])
    postings = np.empty(len(old) + len(every), np.uint32)
    _merge(old_starts, old, every, where, counts, held, starts, postings)
    return Segment(starts, postings, sizes, packed, at)


@njit(cache=True, nogil=True)
def _merge(
    old_starts: U32, old: U32, codes: U32, where: U32, counts: I64, slot: int,
    starts: U32, postings: U32,
) -> None:  # fmt: skip
    """Fill `starts` and `postings` with the old ones and, of each row behind them, the new."""
    low = np.uint32((1 << LOW) - 1)
    for k in range(codes.shape[0]):
        starts[(codes[k] >> np.uint32(LOW)) + 1] += np.uint32(1)
    free = np.empty(starts.shape[0] - 1, np.uint32)
    for row in range(free.shape[0]):
        begin = starts[row]
        for at in range(old_starts[row], old_starts[row + 1]):
            postings[begin] = old[at]
            begin += np.uint32(1)
        free[row] = begin
        starts[row + 1] += begin
    k = 0
    for finger in range(counts.shape[0]):
        own = np.uint32(slot + finger) << np.uint32(17)
        for _ in range(counts[finger]):
            row = codes[k] >> np.uint32(LOW)
            postings[free[row]] = own | (where[k] << np.uint32(LOW)) | (codes[k] & low)
            free[row] += np.uint32(1)
            k += 1


def without(one: Segment, slot: int) -> Segment:
    """The same without a trace of that finger; its slot stays empty."""
    keep = (one.postings >> np.uint32(17)) != slot
    before = np.zeros(len(keep) + 1, dtype=np.uint32)
    np.cumsum(keep, out=before[1:], dtype=np.uint32)
    counts = one.counts.copy()
    counts[slot] = 0
    begin, end = one.at[slot : slot + 2]
    at = one.at.copy()
    at[slot + 1 :] -= end - begin
    packed = np.delete(one.packed, np.s_[begin:end])
    return Segment(before[one.starts], one.postings[keep], counts, packed, at)
