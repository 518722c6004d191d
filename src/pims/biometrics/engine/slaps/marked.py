"""Fingers cut out of an image of several where its file says that they lie."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pims.biometrics.engine.images import Print
from pims.biometrics.engine.template import PPI, Position

__all__ = ["cut_out"]

# mm, of the box around a finger.
LEAST_MM, MOST_MM = 7.0, 48.0
MARGIN = 20  # px of paper around it
# Of the smaller of two boxes: fingers that lie on each other more than that are no two fingers.
MOST_SHARED = 0.5

Box = tuple[int, int, int, int]  # left, top, right, bottom


def cut_out(
    image: Print, outlines: Mapping[Position, NDArray[np.float32]]
) -> dict[Position, Print]:
    """Each finger on its own paper; `outlines` are (n, 2) px of the image at 500 ppi.

    Not turned upright: who compares does not mind. Empty where the outlines can't be those of
    fingers: beyond the image, too small or large for one, or on each other.
    """
    boxes: dict[Position, Box] = {}
    for position, outline in outlines.items():
        box = _box(image, outline)
        if box is None:
            return {}
        boxes[position] = box
    if any(_shared(one, two) > MOST_SHARED for one, two in combinations(boxes.values(), 2)):
        return {}
    paper = int(np.median(image.pixels))
    return {
        position: _alone(image, outlines[position], box, paper) for position, box in boxes.items()
    }


def _box(image: Print, outline: NDArray[np.float32]) -> Box | None:
    low, high = outline.min(axis=0), outline.max(axis=0)
    sides = (high - low) * 25.4 / PPI
    if not (np.isfinite(sides).all() and sides.min() >= LEAST_MM and sides.max() <= MOST_MM):
        return None
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(high[0]) + 1, image.width), min(int(high[1]) + 1, image.height)
    # A station that rounds may say one pixel more than there are; a whole finger it may not.
    inside = max(right - left, 0) * max(bottom - top, 0)
    return (left, top, right, bottom) if inside > 0.8 * float(np.prod(high - low)) else None


def _shared(one: Box, two: Box) -> float:
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
    return max(wide, 0) * max(high, 0) / smaller


def _alone(image: Print, outline: NDArray[np.float32], box: Box, paper: int) -> Print:
    left, top, right, bottom = box
    inside = Image.new("1", (right - left, bottom - top))
    corners = [(float(x) - left, float(y) - top) for x, y in outline]
    ImageDraw.Draw(inside).polygon(corners, fill=1)
    part = np.where(np.asarray(inside), image.pixels[top:bottom, left:right], paper)
    pixels = np.pad(part.astype(np.uint8), MARGIN, constant_values=paper)
    return Print(pixels, image.ppi, image.ppi_from, image.inverted)
