"""A print made ready to be compared: what a comparison needs, worked out once."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching.descriptors import describe
from pims.biometrics.engine.matching.regions import MARGIN, hull, hull_region, levels
from pims.biometrics.engine.matching.ridges import blocks
from pims.biometrics.engine.template import Template

PITCH = 16.0  # px, side of a square of the region
FLOOR = 0.15  # a minutia trusted less fills no neighbourhood
UNRATED = 0.7  # trust in a minutia of which no quality was reported


class Prepared(NamedTuple):
    """n minutiae; px from the upper left corner, y down, so directions run clockwise here."""

    bits: NDArray[np.uint64]  # (n, WORDS)
    seen: NDArray[np.uint64]  # (n, WORDS)
    xy: NDArray[np.float32]  # (n, 2)
    way: NDArray[np.float32]  # (n, 2) cosine and sine of the direction
    trust: NDArray[np.float32]  # (n) 0..1
    kind: NDArray[np.uint8]  # (n)
    region: NDArray[np.uint8]  # (rows, columns) squares inside the print, from its edge; 0 outside
    ridges: NDArray[np.float32]  # (rows, columns, 5) as `ridges.blocks`; none without an image
    step: float  # px, side of a block of `ridges`

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self[:-1])


class Frame(NamedTuple):
    """Where the minutiae are: as in `Prepared`, and the angle in radians as well."""

    xy: NDArray[np.float32]
    angle: NDArray[np.float32]
    way: NDArray[np.float32]
    trust: NDArray[np.float32]


def frame(template: Template) -> Frame:
    angle = (-template.angle).astype(np.float32)
    return Frame(
        xy=np.stack([template.x, template.y], axis=1).astype(np.float32),
        angle=angle,
        way=np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32),
        trust=np.where(template.quality == 0, UNRATED, template.quality / 100.0).astype(np.float32),
    )


def prepare(template: Template) -> Prepared:
    xy, angle, way, trust = frame(template)
    rows = max(1, -(-template.height // int(PITCH)))
    columns = max(1, -(-template.width // int(PITCH)))
    region: Any = hull_region(hull(xy), rows, columns, PITCH, MARGIN)
    bits, seen = describe(xy, angle, trust, region, PITCH, FLOOR)
    return Prepared(
        bits=bits,
        seen=seen,
        xy=xy,
        way=way,
        trust=trust,
        kind=template.kind.astype(np.uint8),
        region=levels(region),
        ridges=blocks(template.ridges),
        step=float(template.ridges.step) if template.ridges else 8.0,
    )
