"""The ridges of a finger: a wave in the step that its minutiae agreed on, drawn out by filtering.

`phase` gives a wave that has exactly the finger's minutiae; filters of the local direction and
period then pull its ridges straight, as often as it takes for them to look like skin and not so
often that minutiae wander off or swallow one another. All this on a grid of 250 ppi, on which a
ridge is a smooth wave; `finer` brings it to 500.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled, compiled_loosely
from pims.biometrics.engine.synthetic.flow import direction_at, on_skin, period_at
from pims.biometrics.engine.synthetic.phase import agreed_phase

__all__ = ["finer", "grow_ridges"]

_COARSE = 2  # px of 500 ppi in one of the growing grid
_RADIUS = 5
_SIDE = 2 * _RADIUS + 1
_ANGLES = 64
_PERIODS = 14
_LEAST, _RATIO = 2.8, 1.065  # px of the growing grid: the periods of the filters
_BEYOND = 1.12  # of the skin's half width and height: its outline is not to be seen
_PASSES = 1
_BELL = 0.38  # of the period: wider filters straighten more and keep less


@cache
def _filters() -> NDArray[np.float32]:
    """(periods, angles, side, side + 1): waves under a bell, without mean, of gain 1. The last
    column is empty: rows of an even length are quicker."""
    bank = np.zeros((_PERIODS, _ANGLES, _SIDE, _SIDE + 1), np.float32)
    y, x = np.mgrid[-_RADIUS : _RADIUS + 1, -_RADIUS : _RADIUS + 1].astype(float)
    for p in range(_PERIODS):
        period = _LEAST * _RATIO**p
        spread = _BELL * period
        bell = np.exp(-(x * x + y * y) / (2.0 * spread * spread))
        for a in range(_ANGLES):
            angle = math.pi * a / _ANGLES
            # Along the normal of a ridge of this direction; y of the grid points down.
            across = x * math.sin(angle) + y * math.cos(angle)
            wave = np.cos(2.0 * math.pi * across / period)
            kernel = bell * wave
            kernel -= bell * kernel.sum() / bell.sum()
            kernel /= (kernel * wave).sum()
            bank[p, a, :, :_SIDE] = kernel
    return bank


@compiled
def _choose_filters(finger: Any, which: NDArray[np.int16], skin: NDArray[np.bool_]) -> None:
    rows, columns = which.shape
    for r in range(rows):
        y = (r - (rows - 1) / 2) * _COARSE
        for c in range(columns):
            x = (c - (columns - 1) / 2) * _COARSE
            share = direction_at(finger, x, y) / math.pi
            a = int((share - math.floor(share)) * _ANGLES + 0.5) % _ANGLES
            period = period_at(finger, x, y) / _COARSE
            p = int(math.log(period / _LEAST) / math.log(_RATIO) + 0.5)
            which[r, c] = max(0, min(_PERIODS - 1, p)) * _ANGLES + a
            skin[r, c] = on_skin(finger, x, y) < 1.2


@compiled_loosely
def _filtered(
    grid: NDArray[np.float32], bank: NDArray[np.float32], which: NDArray[np.int16],
    skin: NDArray[np.bool_], out: NDArray[np.float32],
) -> None:  # fmt: skip
    """One step: `grid` and `out` have a margin of `_RADIUS` (and one column more)."""
    rows, columns = which.shape
    for r in range(rows):
        for c in range(columns):
            if not skin[r, c]:
                continue
            kernel = bank[which[r, c]]
            total = np.float32(0.0)
            for i in range(_SIDE):
                for j in range(_SIDE + 1):
                    total += kernel[i, j] * grid[r + i, c + j]
            out[r + _RADIUS, c + _RADIUS] = math.tanh(2.0 * total)


def grow_ridges(finger: Any, minutiae: NDArray[np.float64]) -> NDArray[np.float32]:
    """The pattern at 250 ppi: float32 in (-1, 1), ridges above 0; the pad's middle in its own."""
    columns = 2 * int(_BEYOND * float(finger["half_width"]) / _COARSE) + 1
    rows = 2 * int(_BEYOND * float(finger["half_height"]) / _COARSE) + 1
    which = np.empty((rows, columns), np.int16)
    skin = np.empty((rows, columns), np.bool_)
    _choose_filters(finger, which, skin)
    bank = _filters().reshape(-1, _SIDE, _SIDE + 1)
    inner = (slice(_RADIUS, _RADIUS + rows), slice(_RADIUS, _RADIUS + columns))
    grid = np.zeros((rows + 2 * _RADIUS, columns + 2 * _RADIUS + 1), np.float32)
    grid[inner] = np.where(skin, np.cos(agreed_phase(finger, minutiae, rows, columns, _COARSE)), 0)
    for _ in range(_PASSES):
        other = np.zeros_like(grid)
        _filtered(grid, bank, which, skin, other)
        grid = other
    return grid[inner].copy()


@compiled
def finer(coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """The pattern at 500 ppi (2 rows - 1, 2 columns - 1), cubic between the points."""
    rows, columns = coarse.shape
    wide = np.zeros((rows, 2 * columns - 1), np.float32)
    for r in range(rows):
        for c in range(columns):
            wide[r, 2 * c] = coarse[r, c]
            if c + 1 < columns:
                near = coarse[r, c] + coarse[r, c + 1]
                far = coarse[r, max(c - 1, 0)] + coarse[r, min(c + 2, columns - 1)]
                wide[r, 2 * c + 1] = np.float32(0.5625) * near - np.float32(0.0625) * far
    fine = np.zeros((2 * rows - 1, 2 * columns - 1), np.float32)
    for r in range(rows):
        for c in range(2 * columns - 1):
            fine[2 * r, c] = wide[r, c]
            if r + 1 < rows:
                near = wide[r, c] + wide[r + 1, c]
                far = wide[max(r - 1, 0), c] + wide[min(r + 2, rows - 1), c]
                fine[2 * r + 1, c] = np.float32(0.5625) * near - np.float32(0.0625) * far
    return fine
