"""Slaps of synthetic fingers: several fingers of a person laid on a large scanner at once."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine.synthetic.dice import key_of
from pims.biometrics.engine.synthetic.fingers import ANYHOW, SENSOR, Finger, Touch, impression_of
from pims.biometrics.engine.template import Position

__all__ = ["slap_of"]

WIDTH, HEIGHT = 1800, 1600  # at 500 ppi: 91 by 81 mm
# How far the middle of each fingertip lies above that of the little finger, px.
RISE = {2: 300, 3: 430, 4: 340, 5: 0, 7: 300, 8: 430, 9: 340, 10: 0, 1: 0, 6: 0}
APART, TOUCHING = 26, 3  # px between the ridges of neighbours
_SLAPS = np.uint64(0x51A9)


def slap_of(
    person_seed: int, positions: Collection[int], impression: int = 0, *,
    turn: float = 0.0, touching: bool = False, touch: Touch = ANYHOW,
) -> NDArray[np.uint8]:  # fmt: skip
    """(1600, 1800) of grey at 500 ppi: those fingers, as they lie from left to right on a scanner
    seen from below, turned clockwise by `turn` degrees. `touching` leaves no paper between them.
    """
    left_to_right = sorted(positions, key=lambda p: (p > 5, p if p <= 5 else -p))
    if set(positions) <= {1, 6}:
        left_to_right = sorted(positions, reverse=True)
    dice = np.random.default_rng(int(key_of(_SLAPS, np.uint64(person_seed))) ^ impression)
    tips = [_tip(person_seed, position, impression, touch) for position in left_to_right]
    gap = TOUCHING if touching else APART
    wide = sum(tip.shape[1] for tip in tips) + gap * (len(tips) - 1)
    # The scanner's own grey, at the corners where no finger lies.
    paper = int(np.median([tip[[0, 0, -1, -1], [0, -1, 0, -1]] for tip in tips]))
    canvas = np.full((HEIGHT, WIDTH), paper, np.uint8)
    x = (WIDTH - wide) // 2
    for position, tip in zip(left_to_right, tips, strict=True):
        rise = RISE[position] + int(dice.integers(-15, 16))
        y = int(HEIGHT * 0.56) - rise + 215 - tip.shape[0] // 2
        part = canvas[y : y + tip.shape[0], x : x + tip.shape[1]]
        np.minimum(part, tip[: part.shape[0], : part.shape[1]], out=part)
        x += tip.shape[1] + gap
    turned = Image.fromarray(canvas).rotate(-turn, Image.Resampling.BICUBIC, fillcolor=paper)
    return np.asarray(turned)


def _tip(seed: int, position: int, impression: int, touch: Touch) -> NDArray[np.uint8]:
    """The impression without the paper about it."""
    finger = Finger(seed, Position(position))
    image = impression_of(finger, impression, sensor=SENSOR, touch=touch)
    inked = image < 160
    # A speck is no edge.
    rows = np.flatnonzero(inked.sum(axis=1) > 3)
    columns = np.flatnonzero(inked.sum(axis=0) > 3)
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
