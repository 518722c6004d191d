"""A template as few bytes: eight for each minutia, three for each block that has ridges.

Of a block go the direction and the phase as they are, the period in 31 steps (0: not measured) and
the coherence in 8; a bit for each block says which have any.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching.ridges import halved
from pims.biometrics.engine.template import Position, RidgeMap, Template

__all__ = ["Joined", "joined", "pack", "unpack"]

_HEAD = struct.Struct("<HHHBHHB")  # width, height, minutiae, position, rows, columns, step
_FINE = 32  # parts of a pixel
_ROUND = 65536 / (2 * np.pi)
KEPT_STEP = 16  # px: finer ridge maps are kept by every other block
# In eighths of a pixel: the shortest period kept, and from one step to the next.
PERIOD_FROM, PERIOD_STEP = 33.0, 2.75


def pack(template: Template) -> bytes:
    """Without what no comparison uses. Places are kept to 1/32 px, ridges on squares of 16 px."""
    count = len(template)
    rows = np.empty((count, 3), dtype="<u2")
    rows[:, 0] = np.clip(np.rint(template.x * _FINE), 0, 65535)
    rows[:, 1] = np.clip(np.rint(template.y * _FINE), 0, 65535)
    rows[:, 2] = np.rint(template.angle * _ROUND).astype(np.int64) & 65535
    parts = [rows.tobytes(), template.quality.tobytes(), template.kind.tobytes()]
    ridges = template.ridges
    shape, step = (0, 0), 0
    if ridges is not None and ridges.phase is not None:
        if ridges.step < KEPT_STEP:
            ridges = halved(ridges)
        shape, step = ridges.orientation.shape, ridges.step
        parts += _packed(ridges)
    head = _HEAD.pack(template.width, template.height, count, int(template.position), *shape, step)
    return head + b"".join(parts)


def _packed(ridges: RidgeMap) -> list[bytes]:
    known = ridges.coherence > 0
    assert ridges.phase is not None
    period = ridges.period[known].astype(np.float32)
    steps = np.clip(np.rint((period - PERIOD_FROM) / PERIOD_STEP) + 1, 1, 31)
    coherence = (ridges.coherence[known] - 1) >> 5
    both = np.where(period > 0, steps, 0).astype(np.uint8) << 3 | coherence
    layers = (np.packbits(known), ridges.orientation[known], ridges.phase[known], both)
    return [layer.astype(np.uint8).tobytes() for layer in layers]


def _ridges(data: bytes, rows: int, columns: int, step: int) -> RidgeMap:
    size = -(-rows * columns // 8)
    known = np.unpackbits(np.frombuffer(data, np.uint8, size), count=rows * columns)
    where = np.flatnonzero(known)
    count = len(where)
    orientation, phase, both = np.frombuffer(data, np.uint8, 3 * count, size).reshape(3, count)
    layers = np.zeros((4, rows * columns), np.uint8)
    steps = both >> 3
    layers[0, where], layers[3, where] = orientation, phase
    layers[1, where] = np.where(steps > 0, np.rint(PERIOD_FROM + PERIOD_STEP * (steps - 1.0)), 0)
    layers[2, where] = (both & 7) * 32 + 16
    maps = layers.reshape(4, rows, columns)
    return RidgeMap(maps[0], maps[1], maps[2], step, maps[3])


def unpack(data: bytes) -> Template:
    """What `pack` made. Raises `struct.error` or ValueError of anything else."""
    width, height, count, position, rows, columns, step = _HEAD.unpack_from(data)
    at = _HEAD.size
    told = np.frombuffer(data, dtype="<u2", count=3 * count, offset=at).reshape(count, 3)
    at += 6 * count
    quality = np.frombuffer(data, dtype=np.uint8, count=count, offset=at)
    kind = np.frombuffer(data, dtype=np.uint8, count=count, offset=at + count)
    at += 2 * count
    ridges = _ridges(data[at:], rows, columns, step) if step else None
    return _template(told, quality, kind, width, height, Position(position), ridges)


def _template(
    told: NDArray[np.uint16], quality: NDArray[np.uint8], kind: NDArray[np.uint8], width: int,
    height: int, position: Position, ridges: RidgeMap | None,
) -> Template:  # fmt: skip
    return Template(
        x=(told[:, 0] / np.float32(_FINE)).astype(np.float32),
        y=(told[:, 1] / np.float32(_FINE)).astype(np.float32),
        angle=(told[:, 2] / np.float32(_ROUND)).astype(np.float32),
        kind=kind, quality=quality, width=width, height=height,
        position=position, ridges=ridges,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The minutiae of many packed templates end to end."""

    template: Template  # all of them, as if of one finger
    firsts: NDArray[np.int64]  # one more than there are templates
    shapes: NDArray[np.int64]  # (templates, 2) width and height
    ridged: NDArray[np.bool_]  # whether ridges are there as well


def joined(data: Sequence[bytes]) -> Joined:
    """What `unpack` gives of each, but for the ridges. Raises `struct.error` or ValueError."""
    heads = [_HEAD.unpack_from(one) for one in data]
    rows, qualities, kinds = [], [], []
    for one, head in zip(data, heads, strict=True):
        first = _HEAD.size + 6 * head[2]
        rows.append(one[_HEAD.size : first])
        qualities.append(one[first : first + head[2]])
        kinds.append(one[first + head[2] : first + 2 * head[2]])
    told = np.frombuffer(b"".join(rows), dtype="<u2").reshape(-1, 3)
    quality = np.frombuffer(b"".join(qualities), dtype=np.uint8)
    kind = np.frombuffer(b"".join(kinds), dtype=np.uint8).copy()
    firsts = np.zeros(len(heads) + 1, np.int64)
    np.cumsum([head[2] for head in heads], out=firsts[1:])
    return Joined(
        _template(told, quality, kind, 0, 0, Position.UNKNOWN, None),
        firsts,
        np.array([head[:2] for head in heads], np.int64).reshape(-1, 2),
        np.array([head[6] > 0 for head in heads], np.bool_),
    )
