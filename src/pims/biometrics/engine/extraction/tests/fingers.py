"""Images for the tests: prints of fingers that nobody has, and what is no print."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pims.biometrics.engine.synthetic import draw
from pims.biometrics.engine.template import Position

Grey = NDArray[np.uint8]


@cache
def finger(seed: int = 7, impression: int = 0) -> Grey:
    """The middle of a drawn print, with paper around it."""
    whole = draw(seed, Position.RIGHT_INDEX, impression)
    return np.ascontiguousarray(whole[60:400, 60:350])


def resized(image: Grey, factor: float) -> Grey:
    size = (round(image.shape[1] * factor), round(image.shape[0] * factor))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))


def blank() -> Grey:
    return np.full((220, 200), 250, np.uint8)


def noise() -> Grey:
    return np.random.default_rng(1).integers(0, 256, (220, 200)).astype(np.uint8)


def text() -> Grey:
    page = Image.new("L", (220, 220), 255)
    font = ImageFont.load_default(20)
    for line in range(9):
        words = "received on warrant and placed"[line * 2 :]
        ImageDraw.Draw(page).text((4, 4 + 24 * line), words, fill=0, font=font)
    return np.asarray(page)


def fur() -> Grey:
    """A cat from near: thousands of hairs away from its middle."""
    dice = np.random.default_rng(2)
    image = Image.new("L", (240, 240), 190)
    hairs = ImageDraw.Draw(image)
    for _ in range(4000):
        x, y = dice.uniform(0, 240, 2)
        way = np.arctan2(y - 120, x - 120) + dice.normal(0, 0.3)
        to = (x + 14 * np.cos(way), y + 14 * np.sin(way))
        hairs.line((x, y, *to), fill=int(dice.uniform(20, 240)), width=1)
    return np.asarray(image)


def waves(period: float, angle: float) -> Grey:
    """Parallel ridges so many px apart, running at that angle (radians, y up)."""
    y, x = np.mgrid[:200, :200]
    across = x * np.sin(angle) + y * np.cos(angle)
    return (128 + 90 * np.sin(2 * np.pi * across / period)).astype(np.uint8)
