"""What to tell the person whose finger gave a poor print: drier, more of it, in the middle.

From the share of dark pixels between the darkest and the lightest of their surroundings. In
FVC2002, where some impressions were taken of moistened and some of dried fingers, it is 0.36 for
the ordinary ones of one sensor, 0.48 for the moistened and 0.28 for the dried; of another, 0.27
for the ordinary and 0.16 for the dried.
"""

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.extraction.ridges import STEP, Ridges
from pims.biometrics.engine.template import PPI
from pims.kernel.reasons import Reason

__all__ = ["advice", "dark_share"]

DRY, WET = 0.16, 0.50
LEAST_AREA = 100.0  # mm²; a fingertip laid flat has 150 and more
OFF_CENTRE = 0.16  # of the image's side

Float = NDArray[np.float32]


def advice(pixels: NDArray[np.uint8], ridges: Ridges) -> tuple[Reason, ...]:
    """Why the print is not better, as far as it can be seen; empty where nothing is to be said."""
    if not ridges.valid.any():
        return ()
    said = []
    share = dark_share(pixels, ridges)
    if share > WET:
        said.append(Reason("biometrics.advice_wet"))
    elif share < DRY:
        said.append(Reason("biometrics.advice_dry"))
    if float(ridges.valid.sum()) * (STEP * 25.4 / PPI) ** 2 < LEAST_AREA:
        said.append(Reason("biometrics.advice_little"))
    if _cut_off(ridges.valid):
        said.append(Reason("biometrics.advice_middle"))
    return tuple(said)


def dark_share(pixels: NDArray[np.uint8], ridges: Ridges) -> float:
    """0..1: how much of the print is ridge rather than furrow."""
    rows, columns = ridges.valid.shape
    below, right = rows * STEP - pixels.shape[0], columns * STEP - pixels.shape[1]
    image = np.pad(pixels.astype(np.float32), ((0, below), (0, right)), mode="edge")
    tiles = image.reshape(rows, STEP, columns, STEP).transpose(0, 2, 1, 3)
    blocks = tiles.reshape(rows, columns, STEP * STEP)
    ordered = np.sort(blocks, axis=2)
    # The third from each end: single pixels are noise.
    dark, light = -_highest(-ordered[..., 2]), _highest(ordered[..., -3])
    share = (blocks < ((dark + light) / 2)[..., None]).mean(axis=2)
    return float(share[ridges.valid].mean())


def _highest(values: Float) -> Float:
    """Of each block and the eight around it."""
    padded = np.pad(values, 1, mode="edge")
    rows, columns = values.shape
    around = [padded[r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
    highest: Float = np.max(around, axis=0)
    return highest


def _cut_off(valid: NDArray[np.bool_]) -> bool:
    """Whether the print lies at one side of the image and runs out of it there."""
    for axis, ends in ((0, (valid[0], valid[-1])), (1, (valid[:, 0], valid[:, -1]))):
        size = valid.shape[axis]
        middle = float(np.nonzero(valid)[axis].mean() + 0.5) / size - 0.5
        edge = ends[int(middle > 0)]
        if abs(middle) > OFF_CENTRE and edge.mean() > 0.25:
            return True
    return False
