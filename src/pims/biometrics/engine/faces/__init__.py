"""Faces: found, measured, described and compared, as a second opinion. They never decide alone.

`read` gives the face of a portrait with its descriptor and quality; `Faces` finds the nearest of
many; `DOCUMENTED` says on what the score stands.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.faces.comparing import (
    DOCUMENTED,
    LENGTH,
    Calibration,
    Candidate,
    Faces,
    distance,
)
from pims.biometrics.engine.faces.detection import Found, only, pixels
from pims.biometrics.engine.faces.models import LOCK, descriptor
from pims.biometrics.engine.faces.quality import Quality, measure

__all__ = [
    "DOCUMENTED",
    "LENGTH",
    "Calibration",
    "Candidate",
    "Face",
    "Faces",
    "Quality",
    "described",
    "distance",
    "read",
]

CHIP = 150
PADDING = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The face of one portrait. `box` is in px of the picture brought to 1,000 px a side."""

    descriptor: NDArray[np.float32]  # 128 numbers
    quality: Quality
    box: tuple[int, int, int, int]
    confidence: float


def read(source: bytes | Path | str) -> Face:
    """The face of a portrait. Raises Unusable ``biometrics.face.none``, ``.several``,
    ``.small_picture``, ``.no_models`` and what `detection.pixels` raises."""
    picture = pixels(source)
    return described(picture, only(picture))


def described(picture: NDArray[np.uint8], face: Found) -> Face:
    """The face that was found in the picture, with its descriptor and quality."""
    import dlib  # type: ignore[import-untyped]

    with LOCK:
        chip = dlib.get_face_chip(picture, face.shape, CHIP, PADDING)
        numbers = descriptor().compute_face_descriptor(chip)
    return Face(np.array(numbers, dtype=np.float32), measure(face, chip), face.box, face.confidence)
