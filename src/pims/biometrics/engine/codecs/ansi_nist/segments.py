"""Where the single fingers lie on an image of several, as the file's own fields say it.

ANSI/NIST-ITL 1-2011: 14.021 (finger segment position) has a box for each finger, 14.025 (alternate
finger segment position) an outline of 3 to 99 points. Pixels of the image as it is stored, counted
from the upper left corner.
"""

from dataclasses import dataclass

from pims.biometrics.engine.codecs.ansi_nist.records import RecordType, TextRecord, whole
from pims.biometrics.engine.reasons import Unusable

__all__ = ["Segment", "segments"]

BOXES, OUTLINES = 21, 25
LEAST_POINTS, MOST_POINTS = 3, 99
# A hand and the thumbs; a file that marks more marks none.
MOST_SEGMENTS = 10


@dataclass(frozen=True, slots=True)
class Segment:
    """`position` is the finger's number, `corners` its outline: (x, y) in px of the image."""

    position: int
    corners: tuple[tuple[int, int], ...]


def segments(record: TextRecord) -> tuple[Segment, ...]:
    """Those that a record of type 14 marks, outlines before boxes; none where the fields make no
    sense: then whoever wants single fingers looks for them."""
    if record.type != RecordType.FINGER:
        return ()
    for number, read in ((OUTLINES, _outline), (BOXES, _box)):
        field = record.get(number)
        if field is None or len(field.subfields) > MOST_SEGMENTS:
            continue
        try:
            found = tuple(read(items) for items in field.subfields)
        except (Unusable, ValueError):
            continue
        if len({one.position for one in found}) == len(found):
            return found
    return ()


def _outline(items: tuple[str, ...]) -> Segment:
    position, count, *rest = (whole(item, "14.025") for item in items)
    if not LEAST_POINTS <= count <= MOST_POINTS or len(rest) != 2 * count:
        raise ValueError("an outline of another number of points than it says")
    return Segment(position, tuple(zip(rest[::2], rest[1::2], strict=True)))


def _box(items: tuple[str, ...]) -> Segment:
    position, left, right, top, bottom = (whole(item, "14.021") for item in items)
    if right <= left or bottom <= top:
        raise ValueError("a box without an inside")
    return Segment(position, ((left, top), (right, top), (right, bottom), (left, bottom)))
