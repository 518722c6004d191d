"""Where in the wave of ridges the middle of each block lies.

One byte a block beside direction and period is enough to redraw the ridges near it (the wave model
of Larkin and Fletcher 2007), so two prints laid on each other can be compared ridge by ridge.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.template import RidgeMap

__all__ = ["with_phase"]

REACH = 10  # px each way from the middle of the block
ACROSS, ALONG = 4.5, 5.0  # px, of the Gaussian window across and along the ridges
SHORTEST, LONGEST = 4.0, 20.0  # px: a period beyond is taken for the print's middle one
USUAL = 9.0  # px, where no period was measured at all
AT_ONCE = 512  # blocks, so that memory stays small


def with_phase(ridges: RidgeMap, pixels: NDArray[np.uint8]) -> RidgeMap:
    """The same map with the phase of the dark ridges of `pixels` (height, width)."""
    phase = np.zeros(ridges.orientation.shape, np.uint8)
    rows, columns = np.nonzero(ridges.coherence)
    angle = (ridges.orientation[rows, columns] * (np.pi / 256)).astype(np.float32)
    period = usable_periods(ridges)[rows, columns]
    padded = np.pad(pixels, REACH + ridges.step, mode="edge")
    offset = np.arange(-REACH, REACH + 1)
    down, across = (
        a.ravel().astype(np.float32) for a in np.meshgrid(offset, offset, indexing="ij")
    )
    for start in range(0, len(rows), AT_ONCE):
        here = slice(start, start + AT_ONCE)
        middle_row = ((rows[here] + 0.5) * ridges.step).astype(np.intp) + REACH + ridges.step
        middle_column = ((columns[here] + 0.5) * ridges.step).astype(np.intp) + REACH + ridges.step
        grey = padded[
            middle_row[:, None] + down.astype(np.intp),
            middle_column[:, None] + across.astype(np.intp),
        ].astype(np.float32)
        cos, sin = np.cos(angle[here])[:, None], np.sin(angle[here])[:, None]
        # The ridge runs (cos, -sin) in rows that count downwards; its normal is (-sin, -cos).
        along, normal = cos * across - sin * down, -sin * across - cos * down
        window = np.exp(-0.5 * ((normal / ACROSS) ** 2 + (along / ALONG) ** 2))
        window /= window.sum(axis=1, keepdims=True)
        grey -= (grey * window).sum(axis=1, keepdims=True)
        turn = normal * (2 * np.pi / period[here])[:, None]
        weighed = -grey * window
        real, imaginary = (weighed * np.cos(turn)).sum(axis=1), (weighed * np.sin(turn)).sum(axis=1)
        told = np.arctan2(-imaginary, real)
        phase[rows[here], columns[here]] = np.rint(told * (128 / np.pi)).astype(np.int32) & 255
    return replace(ridges, phase=phase)


def usable_periods(ridges: RidgeMap) -> NDArray[np.float32]:
    """Ridge to ridge in px for every block, the print's middle one where none was measured."""
    period = ridges.period.astype(np.float32) / 8
    known = (ridges.coherence > 0) & (period > 0)
    usual = float(np.median(period[known])) if known.any() else USUAL
    usual = min(max(usual, SHORTEST), LONGEST)
    sane = (period >= SHORTEST) & (period <= LONGEST)
    return np.where(sane, period, usual).astype(np.float32)
