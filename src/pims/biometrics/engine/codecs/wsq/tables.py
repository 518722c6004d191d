"""The head of a WSQ file: its markers, filters, quantisers, codes and size, each within bounds."""

import math
import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.bounds import (
    MOST_SIDE,
    MOST_WSQ_BYTES,
    MOST_WSQ_PIXELS,
    MOST_WSQ_PIXELS_PER_BYTE,
)
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.codecs.wsq.tree import SUBBANDS
from pims.biometrics.engine.reasons import Unusable

__all__ = ["Codes", "Frame", "Head", "read_head", "read_segments"]

SOI, EOI, SOF, SOB = 0xFFA0, 0xFFA1, 0xFFA2, 0xFFA3
DTT, DQT, DHT, DRT, COM = 0xFFA4, 0xFFA5, 0xFFA6, 0xFFA7, 0xFFA8
# Below, a subband would be empty; no sensor of fingers is so small.
LEAST_SIDE = 64
MOST_TAPS = 31
MOST_TABLES = 8
LONGEST_CODE = 16
# A block begins with a marker, a size and a table.
MOST_SEGMENTS = 1_000
PPI = re.compile(rb"(?:^|\n)PPI[ \t]+(\d{1,5})[ \t]*(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Frame:
    width: int
    height: int
    shift: float
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """A Huffman table by length of code (1..16): the least and the greatest code of each length (-1
    where there is none), and where its values begin."""

    least: NDArray[np.int32]
    most: NDArray[np.int32]
    first: NDArray[np.int32]
    values: NDArray[np.uint8]


@dataclass(slots=True)
class Head:
    """What the segments said so far."""

    frame: Frame | None = None
    low: NDArray[np.float32] | None = None  # synthesis filters, odd and symmetric
    high: NDArray[np.float32] | None = None
    centre: float = 0.0
    steps: NDArray[np.float32] | None = None  # of each of the 60 subbands; 0 = left out
    zeros: NDArray[np.float32] | None = None
    codes: dict[int, Codes] = field(default_factory=dict)
    ppi: int | None = None
    segments: int = 0


def read_head(data: bytes) -> tuple[Head, Cursor, int]:
    """What stands before the first block; the cursor is at its bits and the number is that of its
    table. Raises Unusable ``biometrics.codec.wsq_*`` and ``.truncated``."""
    if len(data) > MOST_WSQ_BYTES:
        raise Unusable("biometrics.codec.too_large", count=len(data), most=MOST_WSQ_BYTES)
    cursor = Cursor(data)
    if cursor.left < 4 or cursor.u16() != SOI:
        raise Unusable("biometrics.codec.not_wsq")
    head = Head()
    table = read_segments(cursor, head)
    if head.frame is None or head.low is None or head.steps is None or table is None:
        raise Unusable("biometrics.codec.wsq_incomplete")
    return head, cursor, table


def read_segments(cursor: Cursor, head: Head) -> int | None:
    """Takes segments up to the bits of a block; the number of its table, None at the end."""
    while True:
        marker = cursor.u16()
        if marker == EOI:
            return None
        head.segments += 1
        if head.segments > MOST_SEGMENTS or not SOF <= marker <= COM:
            raise Unusable("biometrics.codec.wsq_marker", at=cursor.at - 2, marker=f"{marker:04X}")
        part = cursor.part(cursor.u16() - 2)
        if marker == SOB:
            return part.u8()
        _segment(marker, part, head, len(cursor.data))


def _segment(marker: int, part: Cursor, head: Head, size: int) -> None:
    if marker == SOF:
        if head.frame is not None:
            raise Unusable("biometrics.codec.wsq_marker", at=part.at, marker="FFA2")
        head.frame = _frame(part, size)
    elif marker == DTT:
        high, low = part.u8(), part.u8()
        for taps in (high, low):
            if taps % 2 == 0 or taps > MOST_TAPS:
                raise Unusable("biometrics.codec.wsq_filter", taps=taps)
        # The file has the analysis filters' right halves; the synthesis ones alternate their signs.
        head.high = _filter(part, high)
        head.low = _filter(part, low)
    elif marker == DQT:
        head.centre = _decimal(part, 2)
        bins = [(_decimal(part, 2), _decimal(part, 2)) for _ in range(SUBBANDS)]
        steps, zeros = np.array(bins, dtype=np.float32).T
        head.steps, head.zeros = np.ascontiguousarray(steps), np.ascontiguousarray(zeros)
    elif marker == DHT:
        while part.left:
            number = part.u8()
            if number >= MOST_TABLES:
                raise Unusable("biometrics.codec.wsq_table", table=number)
            head.codes[number] = _codes(part)
    elif marker == COM:
        found = PPI.search(part.take(part.left))
        if found and head.ppi is None:
            head.ppi = int(found[1]) or None


def _frame(part: Cursor, size: int) -> Frame:
    part.take(2)  # the darkest and the lightest grey, for information
    height, width = part.u16(), part.u16()
    if not (LEAST_SIDE <= width <= MOST_SIDE and LEAST_SIDE <= height <= MOST_SIDE):
        raise Unusable(
            "biometrics.codec.image_size", width=width, height=height,
            least=LEAST_SIDE, most=MOST_SIDE,
        )  # fmt: skip
    most = min(MOST_WSQ_PIXELS, MOST_WSQ_PIXELS_PER_BYTE * size)
    if width * height > most:
        raise Unusable("biometrics.codec.bomb", pixels=width * height, bytes=size)
    return Frame(width, height, _decimal(part, 2), _decimal(part, 2))


def _decimal(part: Cursor, size: int) -> float:
    """A number with its power of ten before it."""
    power = part.u8()
    value = part.number(size) / 10.0 ** min(power, 99)
    if not math.isfinite(value):
        raise Unusable("biometrics.codec.wsq_number", at=part.at)
    return value


def _filter(part: Cursor, taps: int) -> NDArray[np.float32]:
    """The right half with the middle, mirrored, with alternating signs from the middle on."""
    half = []
    for place in range((taps + 1) // 2):
        sign = -1.0 if part.u8() else 1.0
        half.append(sign * _decimal(part, 4) * (-1.0) ** place)
    return np.array([*half[:0:-1], *half], dtype=np.float32)


def _codes(part: Cursor) -> Codes:
    """A table as JPEG's: how many codes of each length, then their values in order."""
    counts = part.take(LONGEST_CODE)
    total = sum(counts)
    if total > 256:
        raise Unusable("biometrics.codec.wsq_table", table=total)
    values = np.frombuffer(part.take(total), dtype=np.uint8)
    least = np.full(LONGEST_CODE + 1, -1, dtype=np.int32)
    most = np.full(LONGEST_CODE + 1, -1, dtype=np.int32)
    first = np.zeros(LONGEST_CODE + 1, dtype=np.int32)
    code = begin = 0
    for length, count in enumerate(counts, 1):
        code <<= 1
        if count:
            least[length], most[length], first[length] = code, code + count - 1, begin
        code += count
        begin += count
        if code > 1 << length:
            raise Unusable("biometrics.codec.wsq_table", table=length)
    return Codes(least, most, first, values)
