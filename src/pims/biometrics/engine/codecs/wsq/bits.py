"""The bits of a block: Huffman codes of coefficients and of runs of zeros, compiled."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["BAD_CODE", "ENDED", "TOO_MANY", "decode_block"]

ENDED, BAD_CODE, TOO_MANY, CUT = 0, 1, 2, 3
LAST_RUN = 100
PLUS_8, MINUS_8, PLUS_16, MINUS_16, RUN_8, RUN_16 = 101, 102, 103, 104, 105, 106
MIDDLE = 180
LONGEST_CODE = 16


@njit(cache=True)
def decode_block(
    data: NDArray[np.uint8], at: int, end: int,
    least: NDArray[np.int32], most: NDArray[np.int32], first: NDArray[np.int32],
    values: NDArray[np.uint8], out: NDArray[np.int32], filled: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Decodes from byte `at` to the next marker into `out` from `filled` on.

    Returns (how it ended, the place of the marker, how many are filled). Every turn of the loop
    takes a bit or stops, and `out` is never passed: the work is bounded by both.
    """
    held, left = 0, 0  # of the current byte
    code, length = 0, 0
    wanted, gathered, kind = 0, 0, 0  # bits still to come after an escape code
    while True:
        if left == 0:
            if at >= end:
                return CUT, at, filled
            held = int(data[at])
            at += 1
            left = 8
            if held == 0xFF:
                if at >= end:
                    return CUT, at, filled
                if data[at] == 0:
                    at += 1
                elif wanted:
                    return BAD_CODE, at - 1, filled
                else:
                    # A marker; bits of a code begun are the padding before it.
                    return ENDED, at - 1, filled
        left -= 1
        bit = (held >> left) & 1
        if wanted:
            gathered = gathered << 1 | bit
            wanted -= 1
            if wanted:
                continue
            if kind in (RUN_8, RUN_16):
                if filled + gathered > len(out):
                    return TOO_MANY, at, filled
                filled += gathered
            else:
                if filled >= len(out):
                    return TOO_MANY, at, filled
                out[filled] = gathered if kind in (PLUS_8, PLUS_16) else -gathered
                filled += 1
            continue
        code = code << 1 | bit
        length += 1
        if length > LONGEST_CODE:
            return BAD_CODE, at, filled
        if most[length] < 0 or code > most[length] or code < least[length]:
            continue
        value = int(values[first[length] + code - least[length]])
        code, length = 0, 0
        if value in (0, 255):
            return BAD_CODE, at, filled
        if value <= LAST_RUN:
            if filled + value > len(out):
                return TOO_MANY, at, filled
            filled += value
        elif value <= RUN_16:
            kind, gathered = value, 0
            wanted = 16 if value in (PLUS_16, MINUS_16, RUN_16) else 8
        else:
            if filled >= len(out):
                return TOO_MANY, at, filled
            out[filled] = value - MIDDLE
            filled += 1
