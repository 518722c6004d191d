"""From what a camera gave to what is kept of a face, and what two faces say of each other: a second
opinion, beside fingers, for a person to weigh."""

import io
import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine import Unusable, faces
from pims.biometrics.engine.faces.detection import only, pixels
from pims.kernel.reasons import Reason

__all__ = ["ENGINE", "TakenFace", "alike", "pack_face", "take_face", "unpack_face"]

ENGINE = "dlib-resnet-1"
_LAYOUT = struct.Struct(f"<2sBB{faces.LENGTH}f")
_MAGIC, _FORM = b"PF", 1
JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True)
class TakenFace:
    """`image` is a JPEG, upright, at most 1,000 px a side, without what the camera noted in it;
    `descriptor` packed; `problems` are what another picture would mend: none refuses this one."""

    image: bytes = field(repr=False)
    descriptor: bytes = field(repr=False)
    quality: int
    engine: str
    problems: tuple[Reason, ...] = ()


def take_face(data: bytes) -> TakenFace:
    """Raises `Unusable` with why there is no face to keep: none, several, no picture."""
    picture = pixels(data)
    face = faces.described(picture, only(picture))
    return TakenFace(
        image=_jpeg(picture),
        descriptor=pack_face(face.descriptor),
        quality=face.quality.score,
        engine=ENGINE,
        problems=face.quality.problems,
    )


def alike(first: bytes, second: bytes) -> float:
    """How far two packed descriptors speak for one person: a log-likelihood ratio, never beyond
    what the engine can bear out. Raises `Unusable`."""
    apart = faces.distance(unpack_face(first), unpack_face(second))
    return float(faces.DOCUMENTED.score(np.array([apart], dtype=np.float32))[0])


def pack_face(descriptor: NDArray[np.float32]) -> bytes:
    return _LAYOUT.pack(_MAGIC, _FORM, 0, *descriptor.tolist())


def unpack_face(data: bytes) -> NDArray[np.float32]:
    """Raises `Unusable` ``biometrics.face.descriptor``."""
    if len(data) != _LAYOUT.size or data[:3] != _MAGIC + bytes([_FORM]):
        raise Unusable("biometrics.face.descriptor", length=faces.LENGTH)
    return np.array(_LAYOUT.unpack(data)[3:], dtype=np.float32)


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=JPEG_QUALITY)
    return written.getvalue()
