"""Where the 60 subbands of WSQ lie in the plane of coefficients.

IAFIS-IC-0110 (WSQ Gray-scale Fingerprint Image Compression, 3.1), figure of the subband structure:
the image is split in four, some of the parts in four again, up to five times. A split halves a side
into its low and its high frequencies, the low getting the odd one. Of a part that lies in the
second half of its parent the halves change places, so that neighbours in the plane are neighbours
in frequency.
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SUBBANDS", "Leaf", "Split", "leaves", "plane"]

SUBBANDS = 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """One subband, or (number None) the corner of the highest frequencies, which is left out."""

    number: int | None
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Split:
    """A part that is split; `across` and `down` say that the high frequencies come first."""

    x: int
    y: int
    width: int
    height: int
    across: bool
    down: bool
    parts: "tuple[Split | Leaf, ...]"


Shape = int | None | tuple["Shape", "Shape", "Shape", "Shape"]


def _four(first: int) -> Shape:
    return (first, first + 1, first + 2, first + 3)


def _sixteen(first: int) -> Shape:
    return (_four(first), _four(first + 4), _four(first + 8), _four(first + 12))


# Each: top left, top right, bottom left, bottom right.
SHAPE: Shape = (
    (
        ((_four(0), 4, 5, 6), _four(7), _four(11), _four(15)),
        _sixteen(19),
        _sixteen(35),
        51,
    ),
    _four(52),
    _four(56),
    None,
)


def plane(width: int, height: int) -> Split:
    """The tree of an image of this size."""
    tree = _built(SHAPE, 0, 0, width, height, across=False, down=False)
    assert isinstance(tree, Split)
    return tree


def leaves(part: Split | Leaf) -> Iterator[Leaf]:
    if isinstance(part, Leaf):
        yield part
    else:
        for inner in part.parts:
            yield from leaves(inner)


def _built(
    shape: Shape, x: int, y: int, width: int, height: int, *, across: bool, down: bool
) -> Split | Leaf:
    if not isinstance(shape, tuple):
        return Leaf(shape, x, y, width, height)
    left = width // 2 if across else (width + 1) // 2
    top = height // 2 if down else (height + 1) // 2
    corners = (
        (x, y, left, top),
        (x + left, y, width - left, top),
        (x, y + top, left, height - top),
        (x + left, y + top, width - left, height - top),
    )
    parts = tuple(
        _built(inner, *corner, across=bool(place & 1), down=bool(place & 2))
        for place, (inner, corner) in enumerate(zip(shape, corners, strict=True))
    )
    return Split(x, y, width, height, across, down, parts)
