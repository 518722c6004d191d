"""Face image records of ISO/IEC 19794-5:2005: portraits with what was noted of them. Read only.

Layout: clause 5. A header (5.4), then for each face an information block (5.5), feature points
(5.6), image information (5.7) and the image itself, JPEG or JPEG 2000.
"""

from dataclasses import dataclass

from pims.biometrics.engine.codecs.bounds import (
    MOST_FACE_RECORD_BYTES,
    MOST_FACES,
    MOST_FEATURE_POINTS,
)
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.reasons import Unusable

__all__ = ["FaceView", "FeaturePoint", "is_face_record", "read_faces"]

MAGIC = b"FAC\x00"
VERSION = b"010\x00"
JPEG, JPEG_2000 = "JPEGB", "JP2"
DATA_TYPES = (JPEG, JPEG_2000)


@dataclass(frozen=True, slots=True)
class FeaturePoint:
    """A landmark of MPEG-4 (`major`.`minor`) at a pixel of the image."""

    type: int
    major: int
    minor: int
    x: int
    y: int


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """One portrait. Numbers are the standard's codes; 0 is unspecified. `pose` is yaw, pitch and
    roll as written (0 unspecified, else 1 to 181 in steps of two degrees from straight ahead)."""

    width: int
    height: int
    compression: str
    data: bytes
    image_type: int = 0  # 0 basic, 1 full frontal, 2 token frontal
    sex: int = 0
    eyes: int = 0
    hair: int = 0
    properties: int = 0
    expression: int = 0
    pose: tuple[int, int, int] = (0, 0, 0)
    pose_uncertainty: tuple[int, int, int] = (0, 0, 0)
    colours: int = 0
    source: int = 0
    device: int = 0
    quality: int = 0
    points: tuple[FeaturePoint, ...] = ()


def is_face_record(data: bytes) -> bool:
    return data[:4] == MAGIC


def read_faces(data: bytes) -> list[FaceView]:
    """The faces of a record. Raises Unusable ``biometrics.codec.not_face``, ``.too_large``,
    ``.lengths_disagree``, ``.too_many_faces``, ``.too_many_points``, ``.truncated``,
    ``.compression``, ``.faces_none``, ``.block_length``."""
    if len(data) > MOST_FACE_RECORD_BYTES:
        raise Unusable("biometrics.codec.too_large", count=len(data), most=MOST_FACE_RECORD_BYTES)
    if not is_face_record(data) or data[4:8] != VERSION:
        raise Unusable("biometrics.codec.not_face")
    cursor = Cursor(data, at=8)
    total, count = cursor.u32(), cursor.u16()
    if not cursor.at <= total <= len(data):
        raise Unusable("biometrics.codec.lengths_disagree", stated=total, found=len(data))
    if count > MOST_FACES:
        raise Unusable("biometrics.codec.too_many_faces", count=count, most=MOST_FACES)
    if not count:
        raise Unusable("biometrics.codec.faces_none")
    cursor = Cursor(data, at=cursor.at, end=total)
    faces = [_face(cursor) for _ in range(count)]
    if cursor.left:
        raise Unusable("biometrics.codec.lengths_disagree", stated=total, found=cursor.at)
    return faces


def _face(cursor: Cursor) -> FaceView:
    at = cursor.at
    length = cursor.u32()
    if length < 32:
        raise Unusable("biometrics.codec.block_length", at=at, length=length)
    part = cursor.part(length - 4)
    count = part.u16()
    if count > MOST_FEATURE_POINTS:
        raise Unusable("biometrics.codec.too_many_points", count=count, most=MOST_FEATURE_POINTS)
    sex, eyes, hair = part.u8(), part.u8(), part.u8()
    properties, expression = part.number(3), part.u16()
    pose = (part.u8(), part.u8(), part.u8())
    uncertainty = (part.u8(), part.u8(), part.u8())
    points = tuple(_point(part) for _ in range(count))
    image_type, data_type = part.u8(), part.u8()
    width, height = part.u16(), part.u16()
    if data_type >= len(DATA_TYPES):
        raise Unusable("biometrics.codec.compression", compression=data_type)
    colours, source, device, quality = part.u8(), part.u8(), part.u16(), part.u16()
    return FaceView(
        width, height, DATA_TYPES[data_type], part.take(part.left), image_type, sex, eyes, hair,
        properties, expression, pose, uncertainty, colours, source, device, quality, points,
    )  # fmt: skip


def _point(part: Cursor) -> FeaturePoint:
    kind, both = part.u8(), part.u8()
    point = FeaturePoint(kind, both >> 4, both & 0xF, part.u16(), part.u16())
    part.u16()  # reserved
    return point
