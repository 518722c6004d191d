"""Writing a finger minutiae record: clauses as in `reading`."""

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.bounds import MOST_VIEWS
from pims.biometrics.engine.codecs.fmr import extended
from pims.biometrics.engine.codecs.fmr.reading import MAGIC
from pims.biometrics.engine.codecs.fmr.record import Quality, Record, Standard, View
from pims.biometrics.engine.codecs.fmr.units import MOST_COORDINATE, check_resolution, units_of_turn
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import MOST_MINUTIAE

__all__ = ["write_record"]

VERSION = {
    Standard.ISO_2005: b" 20\x00",
    Standard.INCITS_2004: b" 20\x00",
    Standard.ISO_2011: b"030\x00",
    Standard.INCITS_2007: b"030\x00",
    Standard.INCITS_2009: b"030\x00",
    Standard.INCITS_2009_AM1: b"035\x00",
}


def write_record(record: Record) -> bytes:
    """The record's bytes.

    Raises Unusable: ``biometrics.codec.too_many_*`` (views, minutiae), ``.several_sizes`` (the
    first generation has one image size for all views), ``.no_minutiae`` (ISO 2011 wants one at
    least), ``.view_number``, ``.beyond_fourteen_bits``, ``.angle``, ``.resolution``,
    ``.block_length``, ``.mixed_angles``, ``.does_not_fit``.
    """
    standard = record.standard
    if len(record.views) > MOST_VIEWS:
        raise Unusable("biometrics.codec.too_many_views", count=len(record.views), most=MOST_VIEWS)
    for view in record.views:
        _check(view, standard)
    try:
        return _assembled(record)
    except (OverflowError, ValueError):
        # A number of a header that its field has no room for.
        raise Unusable("biometrics.codec.does_not_fit", standard=str(standard)) from None


def _assembled(record: Record) -> bytes:
    standard = record.standard
    if standard is Standard.ISO_2011:
        rest = _u16(len(record.views)) + bytes([record.certified])
        rest += b"".join(_representation(view, certified=record.certified) for view in record.views)
    else:
        rest = b"" if standard.iso else _u16(record.product_owner) + _u16(record.product_type)
        rest += _equipment(record) + _image(record) + bytes([len(record.views), 0])
        rest += b"".join(_view(view, standard) for view in record.views)
    if standard is not Standard.INCITS_2004:
        return MAGIC + VERSION[standard] + _u32(12 + len(rest)) + rest
    # Two bytes where they suffice, else two of zero and four.
    short = 10 + len(rest)
    length = _u16(short) if short <= 0xFFFF else bytes(2) + _u32(short + 4)
    return MAGIC + VERSION[standard] + length + rest


def _equipment(record: Record) -> bytes:
    by = record.captured_by
    if record.standard in (Standard.INCITS_2009, Standard.INCITS_2009_AM1):
        return bytes([by.compliance & 0xFF]) + _u16(by.equipment)
    return _u16((by.compliance & 0xF) << 12 | (by.equipment & 0xFFF))


def _image(record: Record) -> bytes:
    if not record.standard.first_generation:
        return b""
    sizes = {(v.width, v.height, v.x_per_cm, v.y_per_cm) for v in record.views}
    if len(sizes) > 1:
        raise Unusable("biometrics.codec.several_sizes", standard=str(record.standard))
    return b"".join(map(_u16, sizes.pop() if sizes else (0, 0, 197, 197)))


def _view(view: View, standard: Standard) -> bytes:
    quality = view.quality[0] if view.quality else Quality(0 if standard.first_generation else 254)
    if standard.first_generation:
        head = bytes([
            view.position, view.number << 4 | view.impression & 0xF, quality.value,
            len(view.minutiae),
        ])  # fmt: skip
    else:
        head = bytes([view.position, view.number, view.impression, quality.value])
        head += _u16(quality.vendor or 0) + _u16(quality.algorithm or 0)
        head += b"".join(map(_u16, (view.width, view.height, view.x_per_cm, view.y_per_cm)))
        head += bytes([len(view.minutiae)])
    return head + _minutiae(view.minutiae, 6) + extended.write(view.extended, standard)


def _representation(view: View, *, certified: bool) -> bytes:
    by = view.captured_by
    written = view.captured_at + bytes([by.technology]) + _u16(by.vendor) + _u16(by.equipment)
    written += bytes([len(view.quality)])
    for quality in view.quality:
        written += bytes([quality.value]) + _u16(quality.vendor or 0) + _u16(quality.algorithm or 0)
    if certified:
        written += bytes([len(view.certificates)])
        for certificate in view.certificates:
            written += _u16(certificate.authority) + bytes([certificate.scheme])
    written += bytes([view.position, view.number]) + _u16(view.x_per_cm) + _u16(view.y_per_cm)
    written += bytes([view.impression]) + _u16(view.width) + _u16(view.height)
    written += bytes([view.minutia_bytes << 4 | view.ending, len(view.minutiae)])
    written += _minutiae(view.minutiae, view.minutia_bytes)
    written += extended.write(view.extended, Standard.ISO_2011)
    return _u32(4 + len(written)) + written


def _check(view: View, standard: Standard) -> None:
    rows = view.minutiae
    if len(rows) > MOST_MINUTIAE:
        raise Unusable("biometrics.codec.too_many_minutiae", count=len(rows), most=MOST_MINUTIAE)
    if not len(rows) and standard is Standard.ISO_2011:
        raise Unusable("biometrics.codec.no_minutiae", standard=str(standard))
    if len(rows) and rows[:, 1:3].max() > MOST_COORDINATE:
        raise Unusable(
            "biometrics.codec.beyond_fourteen_bits",
            x=int(rows[:, 1].max()), y=int(rows[:, 2].max()),
        )  # fmt: skip
    if len(rows) and rows[:, 3].max() >= units_of_turn(standard):
        raise Unusable(
            "biometrics.codec.angle", angle=int(rows[:, 3].max()), most=units_of_turn(standard) - 1
        )
    if view.number > (0xF if standard.first_generation else 0xFF):
        raise Unusable("biometrics.codec.view_number", number=view.number, standard=str(standard))
    check_resolution(view.x_per_cm)
    check_resolution(view.y_per_cm)


def _minutiae(rows: NDArray[np.uint16], size: int) -> bytes:
    raw = np.empty((len(rows), size), dtype=np.uint8)
    first, second = rows[:, 0] << 14 | rows[:, 1], rows[:, 5] << 14 | rows[:, 2]
    raw[:, 0], raw[:, 1] = first >> 8, first & 0xFF
    raw[:, 2], raw[:, 3] = second >> 8, second & 0xFF
    raw[:, 4] = rows[:, 3]
    if size == 6:
        raw[:, 5] = rows[:, 4]
    return raw.tobytes()


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")
