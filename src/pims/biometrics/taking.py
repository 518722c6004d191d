"""From what a scanner or a camera gave to what is kept of it. Before any transaction: it takes
a third of a second."""

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine import Position
from pims.biometrics.engine.images import Print, read
from pims.biometrics.engine.template import NOT_COMPUTED
from pims.biometrics.packing import pack

ENGINE = "leader-1"


@dataclass(frozen=True, slots=True)
class TakenFinger:
    """`image` is a PNG at 500 ppi, `template` packed; `quality` NFIQ 2, None where not computed."""

    position: int
    image: bytes = field(repr=False)
    template: bytes = field(repr=False)
    minutiae: int
    quality: int | None
    engine: str
    source: str = "upload"


def take_finger(
    data: bytes, *, position: int, ppi: float | None = None, source: str = "upload"
) -> TakenFinger:
    """Raises `Unusable` with why this can't be a usable print."""
    return taken_from(read(data, ppi=ppi), position=position, source=source)


def taken_from(seen: Print, *, position: int, source: str) -> TakenFinger:
    """Raises `Unusable`."""
    from pims.biometrics.engine.extraction import extract

    template = extract(seen, position=Position(position)).best()
    quality = template.image_quality
    return TakenFinger(
        position=position,
        image=png_of(seen.pixels),
        template=pack(template),
        minutiae=len(template),
        quality=None if quality == NOT_COMPUTED else quality,
        engine=ENGINE,
        source=source,
    )


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """The pixels of a print, at 500 ppi."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", dpi=(500, 500))
    return out.getvalue()
