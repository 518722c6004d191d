"""Pixels of a picture, and the faces in it with their five points."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pims.biometrics.engine.faces.models import LOCK, detector, points
from pims.biometrics.engine.reasons import Unusable

__all__ = ["Found", "find", "only", "pixels"]

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "JPEG2000")
MOST_BYTES = 32 * 2**20
# A telephone's picture has 12 million.
MOST_PIXELS = 50_000_000
LEAST_SIDE = 80
# Faces are sought and described on a picture at most so large: the descriptor looks at 150 x 150.
WORKING_SIDE = 1_000
# Twice this face's height, and a second one is a bystander in the background.
DWARFED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A face: its box (left, top, right, bottom) and five points (x, y) in px of the picture, each
    eye's outer and inner corner (first the eye on the right of the picture), and the base of the
    nose. `confidence` is the detector's margin, 0 at its threshold."""

    box: tuple[int, int, int, int]
    points: NDArray[np.float32]
    confidence: float
    shape: Any  # dlib's, for the descriptor

    @property
    def side(self) -> int:
        return self.box[3] - self.box[1]


def pixels(source: bytes | Path | str) -> NDArray[np.uint8]:
    """(height, width, 3), upright, at most 1,000 px a side. Raises Unusable
    ``biometrics.file_large``, ``.file_empty``, ``.format_unknown``, ``.pixels_many``,
    ``.image_corrupt``, ``biometrics.face.small_picture``."""
    data = _bytes(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Unusable("biometrics.pixels_many", most=MOST_PIXELS // 1_000_000)
                # JPEG can be decoded smaller at once.
                image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
                upright = ImageOps.exif_transpose(image).convert("RGB")
    except UnidentifiedImageError as error:
        raise Unusable("biometrics.format_unknown", formats=", ".join(FORMATS)) from error
    except Image.DecompressionBombError as error:
        raise Unusable("biometrics.pixels_many", most=MOST_PIXELS // 1_000_000) from error
    except Unusable:
        raise
    # What a broken file does to a decoder is not told by the kind of the error.
    except Exception as error:
        raise Unusable("biometrics.image_corrupt") from error
    upright.thumbnail((WORKING_SIDE, WORKING_SIDE))
    if min(upright.size) < LEAST_SIDE:
        raise Unusable("biometrics.face.small_picture", least=LEAST_SIDE)
    return np.ascontiguousarray(upright, dtype=np.uint8)


def _bytes(source: bytes | Path | str) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
        if size > MOST_BYTES:
            raise Unusable("biometrics.file_large", size=size >> 20, most=MOST_BYTES >> 20)
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise Unusable(
            "biometrics.file_unreadable", file=Path(str(source)).name, why=error.strerror or ""
        ) from error
    if not data:
        raise Unusable("biometrics.file_empty")
    return data


def find(picture: NDArray[np.uint8]) -> list[Found]:
    """Every face that looks towards the camera, the largest first."""
    with LOCK:
        # Enlarged once where faces of less than 80 px may be.
        enlarge = 1 if max(picture.shape[:2]) < 600 else 0
        boxes, margins, _ = detector().run(picture, enlarge, 0.0)
        found = []
        for box, margin in zip(boxes, margins, strict=True):
            shape = points()(picture, box)
            placed = np.array([(p.x, p.y) for p in shape.parts()], dtype=np.float32)
            found.append(
                Found(
                    (box.left(), box.top(), box.right(), box.bottom()), placed, float(margin), shape
                )
            )
    return sorted(found, key=lambda face: -face.side)


def only(picture: NDArray[np.uint8]) -> Found:
    """The one face of a portrait; a bystander less than half as large is passed over.

    Raises Unusable ``biometrics.face.none`` (a blank wall, a cat, the back of a head) or
    ``.several``."""
    found = find(picture)
    if not found:
        raise Unusable("biometrics.face.none")
    rivals = [face for face in found if face.side > DWARFED * found[0].side]
    if len(rivals) > 1:
        raise Unusable("biometrics.face.several", count=len(rivals))
    return found[0]
