"""Several fingers laid on a scanner at once, taken apart: four of a hand, or both thumbs.

    found = segment(data, slap=Slap.RIGHT_FOUR, missing={Position.RIGHT_RING})
    for finger in found.fingers:              # thumb to little finger
        finger.position, finger.image         # a `Print`: upright, 500 ppi, dark ridges
        finger.corners                        # where it was on the slap, px at 500 ppi

`finger.image` is what `extraction.examine` takes. A page that enrols asks which hand was laid on
and which of its fingers are missing, calls `segment` before any transaction (half a second), shows
`found.corners` over the image and treats each finger as if it had been laid on alone; `found.notes`
are remarks for the officer, and `Unusable` says what to do at the next try. Nothing is guessed:
where fewer fingers are found than were told, which one is missing is for a person to say.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine.images import Print, from_pixels, read
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.slaps.parting import HAND, THUMBS, Finger, Parting, part
from pims.biometrics.engine.template import PPI, Position
from pims.kernel.reasons import Reason

__all__ = ["FINGERS", "Segmentation", "Slap", "SlapFinger", "segment"]

MOST_SIDE = 2200  # px at 500 ppi: the largest scanners of hands, with a margin
LEAST_SIDE = 400
MOST_TURN = 32.0  # degrees
MARGIN = 20  # px around a finger
SURE_MM = 5.0  # by how much the little finger must lie lower to tell the hand


class Slap(IntEnum):
    """What was laid on; the finger positions of ANSI/NIST-ITL for several fingers."""

    RIGHT_FOUR = 13
    LEFT_FOUR = 14
    THUMBS = 15


# From left to right on the image.
FINGERS: dict[Slap, tuple[Position, ...]] = {
    Slap.RIGHT_FOUR: tuple(Position(k) for k in (2, 3, 4, 5)),
    Slap.LEFT_FOUR: tuple(Position(k) for k in (10, 9, 8, 7)),
    Slap.THUMBS: (Position.LEFT_THUMB, Position.RIGHT_THUMB),
}


@dataclass(frozen=True, slots=True, eq=False)
class SlapFinger:
    position: Position
    image: Print  # upright
    # (4, 2): where its corners were on the slap at 500 ppi: upper left, upper right, lower right,
    # lower left of the finger as it is upright.
    corners: NDArray[np.float32]
    cut: bool  # it runs over the edge of the image


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """`fingers` by position; `image` the whole at 500 ppi; `turn` how far it was turned clockwise,
    in degrees; `looks` which hand its shape tells, None where it does not."""

    slap: Slap
    fingers: tuple[SlapFinger, ...]
    image: Print
    turn: float
    looks: Slap | None
    notes: tuple[Reason, ...] = ()


def segment(
    source: bytes | Path | str | NDArray[np.uint8] | Print,
    *,
    slap: Slap | None = None,
    missing: Collection[Position] = (),
    ppi: float | None = None,
) -> Segmentation:
    """The single fingers of a slap, each with its position.

    `slap` None: four fingers, of the hand that their shape tells. `missing` are fingers that the
    person has not, or that are bandaged: they are not looked for.

    Raises `Unusable` where the image can't be read, shows more or fewer fingers than expected,
    fingers that can't be told apart, or a hand turned too far; and, without `slap`, where the shape
    does not tell the hand.
    """
    image = _image(source, ppi)
    if max(image.width, image.height) < LEAST_SIDE:
        raise Unusable("biometrics.slap_small", width=_mm(image.width), height=_mm(image.height))
    expected = _expected(slap, missing)
    found = part(image.pixels, THUMBS if slap == Slap.THUMBS else HAND)
    if found is None:
        raise Unusable("biometrics.blank")
    if found.inverted:
        image = replace(image, pixels=255 - image.pixels, inverted=True)
    if len(found.fingers) != expected:
        raise Unusable("biometrics.slap_count", found=len(found.fingers), expected=expected)
    if abs(found.turn) > MOST_TURN:
        raise Unusable("biometrics.slap_turned", degrees=round(abs(found.turn)))
    looks = _hand(found) if slap != Slap.THUMBS and expected == 4 else None
    hand = slap or looks
    if hand is None:
        raise Unusable("biometrics.slap_which_hand")
    notes = []
    if looks is not None and looks != hand:
        notes.append(Reason("biometrics.slap_other_hand"))
    if image.inverted:
        notes.append(Reason("biometrics.inverted"))
    positions = [one for one in FINGERS[hand] if one not in missing]
    fingers = [
        _cut(image, found, one, position)
        for one, position in zip(found.fingers, positions, strict=True)
    ]
    notes += [
        Reason("biometrics.slap_finger_cut", {"position": int(one.position)})
        for one in fingers
        if one.cut
    ]
    fingers.sort(key=lambda one: one.position)
    return Segmentation(hand, tuple(fingers), image, found.turn, looks, tuple(notes))


def _expected(slap: Slap | None, missing: Collection[Position]) -> int:
    if slap is None:
        if missing:
            raise ValueError("whose fingers are missing must be told by the hand")
        return 4
    left = [one for one in FINGERS[slap] if one not in missing]
    if not left:
        raise ValueError("no finger is left to look for")
    return len(left)


def _image(source: bytes | Path | str | NDArray[np.uint8] | Print, ppi: float | None) -> Print:
    if isinstance(source, Print):
        return source
    if isinstance(source, np.ndarray):
        return from_pixels(source, ppi=ppi or PPI, most_side=MOST_SIDE)
    return read(source, ppi=ppi, most_side=MOST_SIDE)


def _mm(pixels: float) -> int:
    return round(pixels * 25.4 / PPI)


def _hand(found: Parting) -> Slap | None:
    """By which outer fingertip lies lower: the little finger's."""
    lower = (found.fingers[-1].top - found.fingers[0].top) * 25.4 / PPI
    # Both hands lie turned outwards a little more often than not, so that a straight one is sure.
    if lower > SURE_MM:
        return Slap.RIGHT_FOUR
    return Slap.LEFT_FOUR if lower < -SURE_MM else None


def _cut(image: Print, found: Parting, one: Finger, position: Position) -> SlapFinger:
    """The finger upright."""
    left, right = one.left - MARGIN, one.right + MARGIN
    top, bottom = one.top - MARGIN, one.bottom + MARGIN
    corners = found.on_image(
        np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    )
    size = (max(120, round(right - left)), max(120, round(bottom - top)))
    quad = corners[[0, 3, 2, 1]].ravel().tolist()  # as Pillow tells them: counter-clockwise
    paper = int(np.median(image.pixels))
    upright = Image.fromarray(image.pixels).transform(
        size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=paper
    )
    height, width = image.pixels.shape
    inner = found.on_image(
        np.array([(one.left, one.top), (one.right, one.top), (one.right, one.bottom)], np.float32)
    )
    edge = 4.0
    cut = bool(
        (inner < edge).any() or (inner[:, 0] > width - edge).any()
        or (inner[:2, 1] > height - edge).any()
    )  # fmt: skip
    pixels = _alone(np.asarray(upright), one, left, top, paper)
    return SlapFinger(
        position, Print(pixels, image.ppi, image.ppi_from, image.inverted), corners, cut
    )


def _alone(
    pixels: NDArray[np.uint8], one: Finger, left: float, top: float, paper: int
) -> NDArray[np.uint8]:
    """Without what shows of its neighbours beside it."""
    out = np.full(pixels.shape, paper, np.uint8)
    rows, columns = one.mask.shape
    square = one.square
    y = ((np.arange(pixels.shape[0]) + top - one.mask_top) / square).astype(np.int64)
    x = ((np.arange(pixels.shape[1]) + left - one.mask_left) / square).astype(np.int64)
    inside = ((y >= 0) & (y < rows))[:, None] & ((x >= 0) & (x < columns))[None, :]
    here = one.mask[np.clip(y, 0, rows - 1)[:, None], np.clip(x, 0, columns - 1)[None, :]]
    kept = inside & here
    out[kept] = pixels[kept]
    return out
