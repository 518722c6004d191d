"""Reading a finger minutiae record of any of the standards, and telling which it is.

Layouts: ISO/IEC 19794-2:2005 clause 7 and :2011 clause 8; ANSI/INCITS 378-2004 and -2009 clause 6.
Version " 20" is both ISO 2005 and INCITS 2004, "030" both ISO 2011 and INCITS 2009: the lengths
inside decide, for a record read as the wrong one does not end where it says.
"""

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.bounds import MOST_RECORD_BYTES, MOST_VIEWS
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.codecs.fmr import extended
from pims.biometrics.engine.codecs.fmr.record import (
    CapturedBy,
    Certificate,
    Quality,
    Record,
    Standard,
    View,
)
from pims.biometrics.engine.codecs.fmr.units import (
    MOST_COORDINATE,
    check_resolution,
    units_of_turn,
)
from pims.biometrics.engine.reasons import Unusable
from pims.kernel.reasons import Reason

__all__ = ["is_record", "read_record"]

MAGIC = b"FMR\x00"
NOT_COMPUTED = 254
OF_VERSION = {
    b" 20\x00": (Standard.ISO_2005, Standard.INCITS_2004),
    b"030\x00": (Standard.ISO_2011, Standard.INCITS_2009, Standard.INCITS_2007),
    b"035\x00": (Standard.INCITS_2009_AM1,),
}


def is_record(data: bytes) -> bool:
    return data[:4] == MAGIC


def read_record(data: bytes) -> Record:
    """The record in `data`, in the units of its own standard.

    Raises Unusable: ``biometrics.codec.not_fmr``, ``.version``, ``.too_large``, ``.truncated``,
    ``.lengths_disagree``, ``.too_many_*``, ``.resolution``, ``.angle``, ``.kind``,
    ``.block_length``, ``.minutia_bytes``, ``.view_length``.
    """
    if len(data) > MOST_RECORD_BYTES:
        raise Unusable("biometrics.codec.too_large", count=len(data), most=MOST_RECORD_BYTES)
    if not is_record(data):
        raise Unusable("biometrics.codec.not_fmr")
    candidates = OF_VERSION.get(data[4:8])
    if candidates is None:
        raise Unusable("biometrics.codec.version", version=data[4:7].decode("latin-1"))
    if candidates[0] is Standard.ISO_2005 and any(data[8:10]):
        # A length of two bytes is INCITS's; ISO's has four, and no record so long.
        candidates = (Standard.INCITS_2004,)
    first: Unusable | None = None
    read: list[Record] = []
    for standard in candidates:
        try:
            read.append(_read_as(data, standard))
        except Unusable as refusal:
            first = first or refusal
    if read:
        return min(read, key=lambda record: len(record.remarks))
    assert first is not None
    raise first


def _read_as(data: bytes, standard: Standard) -> Record:
    cursor = Cursor(data, at=8)
    total = cursor.u32() if standard is not Standard.INCITS_2004 else cursor.u16() or cursor.u32()
    if not cursor.at <= total <= len(data):
        raise Unusable("biometrics.codec.lengths_disagree", stated=total, found=len(data))
    remarks = []
    if total < len(data):
        remarks.append(Reason("biometrics.codec.bytes_after", {"count": len(data) - total}))
    cursor = Cursor(data, at=cursor.at, end=total)
    record = _iso_2011(cursor) if standard is Standard.ISO_2011 else _other(cursor, standard)
    if cursor.left:
        raise Unusable("biometrics.codec.lengths_disagree", stated=total, found=cursor.at)
    return Record(
        standard, record.views, record.captured_by, record.product_owner, record.product_type,
        record.certified, (*remarks, *record.remarks),
    )  # fmt: skip


def _other(cursor: Cursor, standard: Standard) -> Record:
    """What follows the length in all but ISO 2011."""
    owner = kind = 0
    if not standard.iso:
        owner, kind = cursor.u16(), cursor.u16()
    if standard in (Standard.INCITS_2009, Standard.INCITS_2009_AM1):
        compliance = cursor.u8()
        captured_by = CapturedBy(equipment=cursor.u16(), compliance=compliance)
    else:
        both = cursor.u16()
        captured_by = CapturedBy(equipment=both & 0xFFF, compliance=both >> 12)
    image = None
    if standard.first_generation:
        image = (cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16())
    count = cursor.u8()
    cursor.u8()  # reserved
    views, remarks = [], []
    for ordinal in range(count):
        last = ordinal == count - 1
        if image:
            view, odd = _first_view(cursor, standard, image, last=last)
        else:
            view, odd = _view(cursor, standard, last=last)
        views.append(view)
        remarks += odd
    return Record(standard, tuple(views), captured_by, owner, kind, remarks=tuple(remarks))


def _first_view(
    cursor: Cursor, standard: Standard, image: tuple[int, int, int, int], *, last: bool
) -> tuple[View, list[Reason]]:
    position, both, quality, count = cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()
    return _rest(
        cursor, standard, image, count, last=last,
        position=position, number=both >> 4, impression=both & 0xF, quality=(Quality(quality),),
    )  # fmt: skip


def _view(cursor: Cursor, standard: Standard, *, last: bool) -> tuple[View, list[Reason]]:
    """A view of INCITS 378-2009."""
    position, number, impression = cursor.u8(), cursor.u8(), cursor.u8()
    quality = Quality(cursor.u8(), cursor.u16(), cursor.u16())
    image = (cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16())
    return _rest(
        cursor, standard, image, cursor.u8(), last=last,
        position=position, number=number, impression=impression, quality=(quality,),
    )  # fmt: skip


def _iso_2011(cursor: Cursor) -> Record:
    count, certified = cursor.u16(), cursor.u8()
    if count > MOST_VIEWS:
        raise Unusable("biometrics.codec.too_many_views", count=count, most=MOST_VIEWS)
    views, remarks = [], []
    for _ in range(count):
        at = cursor.at
        length = cursor.u32()
        part = cursor.part(length - 4)
        view, odd = _representation(part, certified=bool(certified))
        if part.left:
            raise Unusable("biometrics.codec.view_length", at=at, stated=length)
        views.append(view)
        remarks += odd
    return Record(
        Standard.ISO_2011, tuple(views), certified=bool(certified), remarks=tuple(remarks)
    )


def _representation(cursor: Cursor, *, certified: bool) -> tuple[View, list[Reason]]:
    captured_at = cursor.take(9)
    technology, vendor, equipment = cursor.u8(), cursor.u16(), cursor.u16()
    quality = tuple(Quality(cursor.u8(), cursor.u16(), cursor.u16()) for _ in range(cursor.u8()))
    certificates = tuple(
        Certificate(cursor.u16(), cursor.u8()) for _ in range(cursor.u8() if certified else 0)
    )
    position, number = cursor.u8(), cursor.u8()
    x_per_cm, y_per_cm = cursor.u16(), cursor.u16()
    impression = cursor.u8()
    width, height = cursor.u16(), cursor.u16()
    both = cursor.u8()
    if both >> 4 not in (5, 6):
        raise Unusable("biometrics.codec.minutia_bytes", count=both >> 4)
    return _rest(
        cursor, Standard.ISO_2011, (width, height, x_per_cm, y_per_cm), cursor.u8(),
        minutia_bytes=both >> 4, ending=both & 0xF, position=position, number=number,
        impression=impression, quality=quality, certificates=certificates,
        captured_at=captured_at,
        captured_by=CapturedBy(equipment=equipment, technology=technology, vendor=vendor),
    )  # fmt: skip


def _rest(
    cursor: Cursor, standard: Standard, image: tuple[int, int, int, int], count: int,
    *, minutia_bytes: int = 6, last: bool = False, **values: object,
) -> tuple[View, list[Reason]]:  # fmt: skip
    """The minutiae and the extended data, with which every view ends."""
    width, height, x_per_cm, y_per_cm = image
    check_resolution(x_per_cm)
    check_resolution(y_per_cm)
    minutiae = _minutiae(cursor.take(count * minutia_bytes), standard, minutia_bytes)
    blocks, remarks = extended.read(cursor, standard, last=last)
    if width and height:
        outside = int(np.count_nonzero((minutiae[:, 1] >= width) | (minutiae[:, 2] >= height)))
        if outside:
            remarks.append(Reason("biometrics.codec.outside", {"count": outside}))
    view = View(
        width, height, x_per_cm, y_per_cm, minutiae=minutiae, extended=blocks,
        minutia_bytes=minutia_bytes, **values,  # type: ignore[arg-type]
    )  # fmt: skip
    return view, remarks


def _minutiae(data: bytes, standard: Standard, size: int) -> NDArray[np.uint16]:
    raw = np.frombuffer(data, dtype=np.uint8).reshape(-1, size).astype(np.uint16)
    rows = np.empty((len(raw), 6), dtype=np.uint16)
    first, second = raw[:, 0] << 8 | raw[:, 1], raw[:, 2] << 8 | raw[:, 3]
    rows[:, 0], rows[:, 1] = first >> 14, first & MOST_COORDINATE
    rows[:, 5], rows[:, 2] = second >> 14, second & MOST_COORDINATE
    rows[:, 3] = raw[:, 4]
    rows[:, 4] = raw[:, 5] if size == 6 else NOT_COMPUTED
    if len(rows) and rows[:, 0].max() > 2:
        raise Unusable("biometrics.codec.kind", kind=int(rows[:, 0].max()))
    if len(rows) and rows[:, 3].max() >= units_of_turn(standard):
        raise Unusable(
            "biometrics.codec.angle", angle=int(rows[:, 3].max()), most=units_of_turn(standard) - 1
        )
    return rows
