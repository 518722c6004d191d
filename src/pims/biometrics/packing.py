"""A template as bytes, to be sealed in its column and sent to the gallery: nothing is rounded.

Layout, little-endian: "PT" 2 | form 1 | position 1 | image quality 1 | ridges 1 | width 2 |
height 2 | count 2, then the arrays x, y, angle (float32), kind, quality (bytes), and, where there
are ridges, rows 2 | columns 2 | step 1 and their maps deflated;
"ridges" is 0 for none, 1 for orientation, period and coherence, 2 for these and the phase.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine import Position, RidgeMap, Template
from pims.biometrics.engine.template import MOST_MINUTIAE

_HEAD = struct.Struct("<2s4B3H")
_RIDGES = struct.Struct("<HHB")
_MAGIC, _FORM = b"PT", 1
# A map of the largest single print there is (1,000 px) in blocks of 4 px.
MOST_BLOCKS = 250 * 250
# What no packed template exceeds: its arrays, and maps that do not deflate at all.
MOST_BYTES = _HEAD.size + MOST_MINUTIAE * 14 + _RIDGES.size + 4 * MOST_BLOCKS + 1024


class Unpackable(ValueError):
    """The bytes are not those of a template."""


def pack(template: Template) -> bytes:
    """Raises ValueError for more minutiae than the standards count."""
    if len(template) > MOST_MINUTIAE:
        raise ValueError("too many minutiae")
    parts = [
        _HEAD.pack(
            _MAGIC, _FORM, template.position, template.image_quality,
            _ridged(template.ridges), template.width, template.height, len(template),
        )
    ]  # fmt: skip
    parts += [
        np.ascontiguousarray(a, dtype="<f4").tobytes()
        for a in (template.x, template.y, template.angle)
    ]
    parts += [
        np.ascontiguousarray(a, dtype="u1").tobytes() for a in (template.kind, template.quality)
    ]
    if (ridges := template.ridges) is not None:
        rows, columns = ridges.orientation.shape
        parts.append(_RIDGES.pack(rows, columns, ridges.step))
        maps = b"".join(np.ascontiguousarray(m, dtype="u1").tobytes() for m in _maps(ridges))
        parts.append(zlib.compress(maps, 1))
    return b"".join(parts)


def unpack(data: bytes) -> Template:
    """Raises Unpackable; takes memory in proportion to the bytes alone."""
    try:
        magic, form, position, quality, mapped, width, height, count = _HEAD.unpack_from(data)
    except struct.error:
        raise Unpackable("too short") from None
    end = _HEAD.size + 14 * count
    if (magic, form) != (_MAGIC, _FORM) or count > MOST_MINUTIAE or len(data) < end:
        raise Unpackable("not a template")
    at = _HEAD.size
    x, y, angle = (
        np.frombuffer(data, "<f4", count, at + 4 * count * n).astype(np.float32) for n in range(3)
    )
    at += 12 * count
    kind, trust = (np.frombuffer(data, "u1", count, at + count * n).copy() for n in range(2))
    if (
        not all(np.isfinite(a).all() for a in (x, y, angle))
        or position > max(Position)
        or mapped > 2
    ):
        raise Unpackable("not a template")
    return Template(
        x=x, y=y, angle=angle, kind=kind, quality=trust, width=width, height=height,
        position=Position(position), image_quality=quality,
        ridges=_ridges(data, end, phased=mapped == 2) if mapped else None,
    )  # fmt: skip


def _ridged(ridges: RidgeMap | None) -> int:
    if ridges is None:
        return 0
    return 1 if ridges.phase is None else 2


def _maps(ridges: RidgeMap) -> list[NDArray[np.uint8]]:
    maps = [ridges.orientation, ridges.period, ridges.coherence]
    return maps if ridges.phase is None else [*maps, ridges.phase]


def _ridges(data: bytes, at: int, *, phased: bool) -> RidgeMap:
    try:
        rows, columns, step = _RIDGES.unpack_from(data, at)
        size = rows * columns
        if not 0 < size <= MOST_BLOCKS or not step:
            raise Unpackable("not a map of ridges")
        inflating = zlib.decompressobj()
        count = 4 if phased else 3
        maps = inflating.decompress(data[at + _RIDGES.size :], count * size + 1)
    except (struct.error, zlib.error):
        raise Unpackable("not a map of ridges") from None
    if len(maps) != count * size:
        raise Unpackable("not a map of ridges")
    orientation, period, coherence, *phase = (_map(maps, n, rows, columns) for n in range(count))
    return RidgeMap(orientation, period, coherence, step, *phase)


def _map(maps: bytes, number: int, rows: int, columns: int) -> NDArray[np.uint8]:
    size = rows * columns
    return np.frombuffer(maps, "u1", size, number * size).reshape(rows, columns).copy()
