"""Prints, records and files for the codecs' tests, made here."""

import math

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.template import NOT_COMPUTED, Position, Template


def template(
    count: int = 12, *, seed: int = 1, position: int = 2, width: int = 400, height: int = 500,
    image_quality: int = 61,
) -> Template:  # fmt: skip
    rng = np.random.default_rng(seed)
    return Template(
        x=rng.uniform(0, width - 1, count).astype(np.float32),
        y=rng.uniform(0, height - 1, count).astype(np.float32),
        angle=rng.uniform(0, 2 * math.pi, count).astype(np.float32),
        kind=rng.integers(0, 3, count).astype(np.uint8),
        quality=rng.integers(0, 101, count).astype(np.uint8),
        width=width, height=height, position=Position(position), image_quality=image_quality,
    )  # fmt: skip


@st.composite
def templates(draw: st.DrawFn, *, least: int = 1, largest: int = 2000) -> Template:
    """Any that the standards can state: 1 to 255 minutiae anywhere in an image."""
    return template(
        draw(st.integers(least, 255)),
        seed=draw(st.integers(0, 2**32 - 1)),
        position=draw(st.integers(0, 10)),
        width=draw(st.integers(1, largest)),
        height=draw(st.integers(1, largest)),
        image_quality=draw(st.sampled_from([1, 50, 100, NOT_COMPUTED])),
    )


def ridges(height: int = 200, width: int = 160, *, period: float = 9.0) -> NDArray[np.uint8]:
    """Something striped and bent, as prints are."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    phase = (x + 0.4 * y + 12 * np.sin(y / 40)) * (2 * math.pi / period)
    grey = 128 + 100 * np.sin(phase) * np.exp(-(((x - width / 2) / width) ** 2))
    return np.clip(grey, 0, 255).astype(np.uint8)


def turned(first: float, second: float) -> float:
    """Radians between two directions."""
    return abs((first - second + math.pi) % (2 * math.pi) - math.pi)


STANDARDS = tuple(fmr.Standard)
