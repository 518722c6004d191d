"""WSQ, the compression of fingerprints at 500 ppi (FBI IAFIS-IC-0110, version 3.1).

Reading is ours, for files come from strangers and the reference decoder, in C, can be made to write
outside its memory (an image said to be 60,000 pixels high and 10 wide ends the process). Writing
uses the reference encoder of the `wsq` package, whose input is our own pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.bounds import MOST_SIDE, MOST_WSQ_PIXELS
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.codecs.wsq.tables import LEAST_SIDE, Head, read_head, read_segments
from pims.biometrics.engine.codecs.wsq.tree import Leaf, Split, leaves, plane
from pims.biometrics.engine.reasons import Unusable

__all__ = ["Header", "header", "is_wsq", "read", "write"]

Plane = NDArray[np.float32]
# The encoder's fixed rate: 0.75 bits a pixel, about 15:1, as the FBI asks.
RATE = 12
STRIP = 256


@dataclass(frozen=True, slots=True)
class Header:
    width: int
    height: int
    ppi: int | None  # of the comment that NIST's encoders write


def is_wsq(data: bytes) -> bool:
    return data[:2] == b"\xff\xa0"


def header(data: bytes) -> Header:
    """Size and resolution without decoding. Raises Unusable as `read`."""
    head, _, _ = read_head(data)
    assert head.frame is not None
    return Header(head.frame.width, head.frame.height, head.ppi)


def read(data: bytes) -> tuple[NDArray[np.uint8], int | None]:
    """Pixels (height, width), 0 black, and the resolution in ppi where the file names one.

    Within one grey level of the reference decoder for images of 81 pixels a side and more; of some
    narrower ones the reference itself is wrong, by up to fifty. Raises Unusable:
    ``biometrics.codec.not_wsq``, ``.too_large``, ``.truncated``, ``.bomb``, ``.image_size``,
    ``.wsq_marker``, ``.wsq_filter``, ``.wsq_table``, ``.wsq_number``, ``.wsq_incomplete``,
    ``.wsq_bits``, ``.wsq_too_long``, ``.wsq_short``.
    """
    head, cursor, table = read_head(data)
    frame = head.frame
    assert frame is not None
    assert head.steps is not None
    tree = plane(frame.width, frame.height)
    bands = sorted(
        (leaf for leaf in leaves(tree) if leaf.number is not None and head.steps[leaf.number] > 0),
        key=lambda leaf: leaf.number or 0,
    )
    raw = np.zeros(sum(leaf.width * leaf.height for leaf in bands), dtype=np.int32)
    _decode(head, cursor, table, raw)
    coefficients = _unquantised(head, bands, raw, (frame.height, frame.width))
    del raw
    _reconstruct(tree, coefficients, head)
    with np.errstate(all="ignore"):
        grey = coefficients * np.float32(frame.scale) + np.float32(frame.shift + 0.5)
        np.nan_to_num(grey, copy=False)
        np.clip(grey, 0, 255, out=grey)
    return grey.astype(np.uint8), head.ppi


def write(pixels: NDArray[np.uint8]) -> bytes:
    """Compressed about 15:1, for an image at 500 ppi: ANSI/NIST-ITL allows WSQ for no other.

    Raises Unusable ``biometrics.codec.image_size``.
    """
    import _wsq  # type: ignore[import-not-found]

    height, width = pixels.shape
    if (
        min(width, height) < LEAST_SIDE
        or max(width, height) > MOST_SIDE
        or width * height > MOST_WSQ_PIXELS
    ):
        raise Unusable(
            "biometrics.codec.image_size", width=width, height=height,
            least=LEAST_SIDE, most=MOST_SIDE,
        )  # fmt: skip
    written: bytes = _wsq.compress(np.ascontiguousarray(pixels).tobytes(), height, width, RATE)
    return written


def _decode(head: Head, cursor: Cursor, table: int | None, raw: NDArray[np.int32]) -> None:
    """Fills `raw` from all the blocks."""
    # Numba takes half a second to import, and most files have no image.
    from pims.biometrics.engine.codecs.wsq.bits import BAD_CODE, ENDED, TOO_MANY, decode_block

    data = np.frombuffer(cursor.data, dtype=np.uint8)
    filled = 0
    while table is not None:
        codes = head.codes.get(table)
        if codes is None:
            raise Unusable("biometrics.codec.wsq_table", table=table)
        ended, cursor.at, filled = decode_block(
            data, cursor.at, cursor.end, codes.least, codes.most, codes.first, codes.values,
            raw, filled,
        )  # fmt: skip
        if ended == BAD_CODE:
            raise Unusable("biometrics.codec.wsq_bits", at=cursor.at)
        if ended == TOO_MANY:
            raise Unusable("biometrics.codec.wsq_too_long", most=len(raw))
        if ended != ENDED:
            raise Unusable("biometrics.codec.truncated", at=cursor.at, needed=1, left=0)
        table = read_segments(cursor, head)
    if filled != len(raw):
        raise Unusable("biometrics.codec.wsq_short", found=filled, needed=len(raw))


def _unquantised(
    head: Head, bands: list[Leaf], raw: NDArray[np.int32], shape: tuple[int, int]
) -> Plane:
    """The plane of coefficients: each bin's point as the file's quantiser says."""
    assert head.steps is not None
    assert head.zeros is not None
    coefficients = np.zeros(shape, dtype=np.float32)
    at = 0
    for leaf in bands:
        assert leaf.number is not None
        size = leaf.width * leaf.height
        part = raw[at : at + size].reshape(leaf.height, leaf.width).astype(np.float32)
        at += size
        step, zero = head.steps[leaf.number], head.zeros[leaf.number]
        sign = np.sign(part)
        part = sign * (step * (np.abs(part) - np.float32(head.centre)) + zero / 2)
        area = np.s_[leaf.y : leaf.y + leaf.height, leaf.x : leaf.x + leaf.width]
        coefficients[area] = part
    return coefficients


def _reconstruct(part: Split | Leaf, coefficients: Plane, head: Head) -> None:
    """Joins the four parts of a split, the innermost first, in place."""
    if isinstance(part, Leaf):
        return
    for inner in part.parts:
        _reconstruct(inner, coefficients, head)
    area = coefficients[part.y : part.y + part.height, part.x : part.x + part.width]
    # In strips, so that what is put together on the way stays small.
    for start in range(0, part.width, STRIP):
        strip = area[:, start : start + STRIP]
        strip[...] = _joined(strip, head, high_first=part.down)
    for start in range(0, part.height, STRIP):
        strip = area[start : start + STRIP]
        strip[...] = _joined(strip.T, head, high_first=part.across).T


def _joined(part: Plane, head: Head, *, high_first: bool) -> Plane:
    """One synthesis step down the columns: low frequencies at the even places, high at the odd,
    mirrored at both ends, each through its filter."""
    assert head.low is not None
    assert head.high is not None
    length = len(part)
    few, many = length // 2, (length + 1) // 2
    woven = np.empty_like(part)
    woven[0::2] = part[few:] if high_first else part[:many]
    woven[1::2] = part[:few] if high_first else part[many:]
    reach = max(len(head.low), len(head.high)) // 2
    padded = np.pad(woven, ((reach, reach), (0, 0)), mode="reflect" if length > 1 else "edge")
    joined = np.zeros_like(part)
    with np.errstate(all="ignore"):
        for parity in (0, 1):
            rows = joined[parity::2]
            for offset in range(-reach, reach + 1):
                taps = head.low if (parity + offset) % 2 == 0 else head.high
                if abs(offset) > len(taps) // 2:
                    continue
                start = parity + offset + reach
                rows += (
                    taps[len(taps) // 2 + offset] * padded[start : start + length : 2][: len(rows)]
                )
    return joined
