"""What is kept of one impression of one finger: its minutiae and, beside them, its ridges."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_MINUTIAE", "NOT_COMPUTED", "PPI", "Kind", "Position", "RidgeMap", "Template"]

PPI = 500
# The standards count them in one byte.
MOST_MINUTIAE = 255
NOT_COMPUTED = 255


class Position(IntEnum):
    """Which finger; the numbers of ANSI/NIST-ITL and of ISO/IEC 19794-2."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10


class Kind(IntEnum):
    """Of a minutia; the numbers of ISO/IEC 19794-2."""

    OTHER = 0
    ENDING = 1
    BIFURCATION = 2


@dataclass(frozen=True, slots=True, eq=False)
class RidgeMap:
    """How the ridges run on a grid of square blocks; each array has the shape (rows, columns).

    The middle of block (r, c) is the pixel x = (c + 0.5) * step, y = (r + 0.5) * step. Where
    `coherence` is 0 there is no print, and the other two arrays mean nothing.
    """

    orientation: NDArray[np.uint8]  # of the ridge, in steps of pi/256, counter-clockwise, y up
    period: NDArray[np.uint8]  # from ridge to ridge in eighths of a pixel; 0 = not measured
    coherence: NDArray[np.uint8]  # 1 (ridges hardly to be seen) to 255 (parallel lines); 0 = none
    step: int = 8  # px, the side of a block
    # Of the wave across the ridges (dark is its crest) at the block's middle, in steps of 2 pi/256,
    # growing along the normal: the orientation and a quarter turn counter-clockwise.
    phase: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if not self.orientation.shape == self.period.shape == self.coherence.shape:
            raise ValueError("the arrays of a ridge map have one shape")
        if self.phase is not None and self.phase.shape != self.orientation.shape:
            raise ValueError("the arrays of a ridge map have one shape")


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One impression of one finger at 500 ppi; the arrays have one entry for each minutia."""

    x: NDArray[np.float32]  # px from the left edge; parts of a pixel count
    y: NDArray[np.float32]  # px down from the top edge
    angle: NDArray[np.float32]  # radians in [0, 2 pi), counter-clockwise, y up: ISO/IEC 19794-2
    kind: NDArray[np.uint8]  # a `Kind`
    quality: NDArray[np.uint8]  # 0..100; 0 = not reported, as in the standards
    width: int  # px of the image
    height: int
    position: Position = Position.UNKNOWN
    image_quality: int = NOT_COMPUTED  # NFIQ 2, 0..100
    ridges: RidgeMap | None = None  # only where the image itself was at hand

    def __post_init__(self) -> None:
        count = len(self.x)
        if any(len(a) != count for a in (self.y, self.angle, self.kind, self.quality)):
            raise ValueError("the arrays of a template have one length")

    def __len__(self) -> int:
        return len(self.x)

    def best(self, most: int = MOST_MINUTIAE) -> "Template":
        """The same with its `most` minutiae of the highest quality, in the order they were in."""
        if len(self) <= most:
            return self
        keep = np.sort(np.argsort(-self.quality.astype(np.int16), kind="stable")[:most])
        return replace(
            self,
            x=self.x[keep], y=self.y[keep], angle=self.angle[keep],
            kind=self.kind[keep], quality=self.quality[keep],
        )  # fmt: skip
