"""A template as few bytes: eight for each minutia, four for each block of ridges."""

import struct

import numpy as np

from pims.biometrics.engine.matching.ridges import halved
from pims.biometrics.engine.template import Position, RidgeMap, Template

__all__ = ["pack", "unpack"]

_HEAD = struct.Struct("<HHHBHHB")  # width, height, minutiae, position, rows, columns, step
_FINE = 32  # parts of a pixel
_ROUND = 65536 / (2 * np.pi)
KEPT_STEP = 16  # px: finer ridge maps are kept by every other block


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
        for layer in (ridges.orientation, ridges.period, ridges.coherence, ridges.phase):
            assert layer is not None
            parts.append(np.ascontiguousarray(layer, dtype=np.uint8).tobytes())
    head = _HEAD.pack(template.width, template.height, count, int(template.position), *shape, step)
    return head + b"".join(parts)


def unpack(data: bytes) -> Template:
    """What `pack` made. Raises `struct.error` or ValueError of anything else."""
    width, height, count, position, rows, columns, step = _HEAD.unpack_from(data)
    at = _HEAD.size
    told = np.frombuffer(data, dtype="<u2", count=3 * count, offset=at).reshape(count, 3)
    at += 6 * count
    quality = np.frombuffer(data, dtype=np.uint8, count=count, offset=at)
    kind = np.frombuffer(data, dtype=np.uint8, count=count, offset=at + count)
    at += 2 * count
    ridges = None
    if step:
        layers = np.frombuffer(data, dtype=np.uint8, count=4 * rows * columns, offset=at)
        layers = layers.reshape(4, rows, columns)
        ridges = RidgeMap(layers[0], layers[1], layers[2], step, layers[3])
    return Template(
        x=(told[:, 0] / np.float32(_FINE)).astype(np.float32),
        y=(told[:, 1] / np.float32(_FINE)).astype(np.float32),
        angle=(told[:, 2] / np.float32(_ROUND)).astype(np.float32),
        kind=kind, quality=quality, width=width, height=height,
        position=Position(position), ridges=ridges,
    )  # fmt: skip
