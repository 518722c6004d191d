"""Minutiae by the LEADER network (R. Cappelli, pyfing), run by onnxruntime.

The network says for each pixel how likely a minutia is there, in which direction it points and
whether it is an ending. A minutia is a local maximum of that likelihood; its place is refined to
parts of a pixel by a quadratic surface through the maximum and its neighbours.
"""

import threading
from dataclasses import dataclass
from functools import cache

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pims.biometrics.engine.models import model_bytes
from pims.biometrics.engine.reasons import Unusable

__all__ = ["THRESHOLD", "Found", "Leader", "network"]

THRESHOLD = 0.6  # as likely, it is taken for a minutia
# Less likely ones are kept as well, with their likelihood as their quality: weighed by it they help
# the matcher where a print shows few.
FAINT = 0.3
SIDE = 32  # the network halves an image five times
REACH = 3  # px: of two maxima so near, the higher is the minutia

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Minutiae, an entry each: as in `Template`, with the likelihoods as they came."""

    x: Float
    y: Float
    angle: Float
    ending: Float  # 0..1; below 0.5 a bifurcation
    likelihood: Float  # FAINT..1

    def sure(self) -> "Found":
        """Those of at least THRESHOLD."""
        kept = self.likelihood >= THRESHOLD
        return Found(
            self.x[kept], self.y[kept], self.angle[kept], self.ending[kept], self.likelihood[kept]
        )


class Leader:
    """The network, loaded. Safe to use from several threads."""

    def __init__(self, *, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # A thread that turns round and round while it waits takes a third of the others' time: on
        # a machine that does other things too, all of them would wait longer.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The memory of a run goes back: images differ in size, and a worker lives for days.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        data = model_bytes("leader")
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise Unusable("biometrics.model_unusable", file="leader.onnx") from error

    def find(self, pixels: NDArray[np.uint8]) -> Found:
        """The minutiae of an image (height, width) at 500 ppi, ridges dark."""
        height, width = pixels.shape
        top, left, framed = _framed(pixels)
        likelihood, direction, ending = self._session.run(
            ["likelihood", "direction", "ending"], {"image": framed[None, :, :, None]}
        )
        inside = (0, slice(top, top + height), slice(left, left + width))
        return _minutiae(likelihood[inside][..., 0], direction[inside], ending[inside][..., 0])


_lock = threading.Lock()


def network(threads: int = 1) -> Leader:
    """The network, loaded once in a process for each number of threads."""
    with _lock:
        return _loaded(threads)


@cache
def _loaded(threads: int) -> Leader:
    return Leader(threads=threads)


def _framed(pixels: NDArray[np.uint8]) -> tuple[int, int, Float]:
    """The image in the middle of one with sides that the network takes, and its place there."""
    height, width = pixels.shape
    tall, wide = -(-height // SIDE) * SIDE, -(-width // SIDE) * SIDE
    top, left = (tall - height) // 2, (wide - width) // 2
    framed = np.full((tall, wide), pixels[0, 0], np.float32)
    framed[top : top + height, left : left + width] = pixels
    return top, left, framed


def _minutiae(likelihood: Float, direction: Float, ending: Float) -> Found:
    rows, columns = _maxima(likelihood)
    down, across = _refined(likelihood, rows, columns)
    vector = direction[rows, columns]
    angle = np.mod(np.arctan2(vector[:, 1], vector[:, 0]), 2 * np.pi).astype(np.float32)
    # What is a hair below 0 comes out as 2 pi in single precision.
    angle[angle >= np.float32(2 * np.pi)] = 0.0
    return Found(
        x=(columns + across).astype(np.float32),
        y=(rows + down).astype(np.float32),
        angle=angle,
        ending=ending[rows, columns],
        likelihood=np.minimum(likelihood[rows, columns], np.float32(1.0)),
    )


def _maxima(likelihood: Float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels that no other near them exceeds, from the top down."""
    rows, columns = np.nonzero(likelihood >= FAINT)
    around = np.pad(likelihood, REACH, constant_values=-1.0)
    near = np.arange(2 * REACH + 1)
    patches = around[
        rows[:, None, None] + near[None, :, None], columns[:, None, None] + near[None, None, :]
    ]
    highest = likelihood[rows, columns] >= patches.max(axis=(1, 2), initial=-1.0)
    return rows[highest], columns[highest]


# Least squares through 3 x 3 values: a + bx + cy + dxx + exy + fyy.
_DY, _DX = (a.ravel().astype(np.float64) for a in np.mgrid[-1:2, -1:2])
_FIT = np.linalg.pinv(np.stack([np.ones(9), _DX, _DY, _DX**2, _DX * _DY, _DY**2], axis=1))


def _refined(
    likelihood: Float, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far, down and across, the top of the surface is from the pixel: half a pixel at most."""
    around = np.pad(likelihood, 1, mode="edge")
    near = np.arange(3)
    patches = around[
        rows[:, None, None] + near[None, :, None], columns[:, None, None] + near[None, None, :]
    ]
    _, b, c, d, e, f = _FIT @ patches.reshape(-1, 9).T.astype(np.float64)
    bent = 4 * d * f - e * e
    top = (d < 0) & (bent > 1e-9)
    safe = np.where(top, bent, 1.0)
    across = np.where(top, (c * e - 2 * b * f) / safe, 0.0)
    down = np.where(top, (b * e - 2 * c * d) / safe, 0.0)
    return np.clip(down, -0.5, 0.5), np.clip(across, -0.5, 0.5)
