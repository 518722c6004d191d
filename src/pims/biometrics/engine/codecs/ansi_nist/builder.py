"""A transaction for a police AFIS, from prints, faces and minutiae."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from pims.biometrics.engine.codecs import wsq
from pims.biometrics.engine.codecs.ansi_nist.minutiae import incits_fields, own_fields
from pims.biometrics.engine.codecs.ansi_nist.records import (
    Compression,
    Field,
    FixedImage,
    Record,
    RecordType,
    TextRecord,
    Transaction,
)
from pims.biometrics.engine.codecs.ansi_nist.writing import write_transaction
from pims.biometrics.engine.codecs.fmr.templates import NFIQ_2, NFIQ_VENDOR
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import NOT_COMPUTED, PPI, Template

__all__ = ["FacePicture", "PrintImage", "transaction"]

# ANSI/NIST-ITL 1-2011.
VERSION = "0500"
UTF_8 = ("003", "UTF-8")
MOST_IDC = 99
PX_PER_INCH = 1
NO_SCALE = 0
IMAGE_TYPES = (RecordType.HIGH_GRAY, RecordType.LATENT, RecordType.FINGER, RecordType.PALM)
# 14.018: a finger that is not there, or could not be taken.
ABSENCES = frozenset({"XX", "UP"})


@dataclass(frozen=True, slots=True, eq=False)
class PrintImage:
    """One image of fingers (type 14, or 4), of a latent (13) or of a palm (15)."""

    data: bytes
    compression: Compression
    width: int
    height: int
    position: int
    ppi: int = PPI
    impression: int = 0  # live-scan plain
    type: RecordType = RecordType.FINGER
    quality: int = NOT_COMPUTED  # NFIQ 2
    captured: date | None = None

    @classmethod
    def of_pixels(
        cls, pixels: NDArray[np.uint8], *, position: int, ppi: int = PPI, impression: int = 0,
        type: RecordType = RecordType.FINGER, quality: int = NOT_COMPUTED,  # noqa: A002
        captured: date | None = None, compression: Compression | None = None,
    ) -> "PrintImage":  # fmt: skip
        """Compressed as WSQ at 500 ppi, else as PNG (ANSI/NIST-ITL has WSQ for 500 ppi only).

        Raises Unusable ``biometrics.codec.wsq_ppi``, ``.compression``."""
        compression = compression or (Compression.WSQ if ppi == PPI else Compression.PNG)
        if compression is Compression.WSQ:
            if ppi != PPI:
                raise Unusable("biometrics.codec.wsq_ppi", ppi=ppi)
            data = wsq.write(pixels)
        elif compression is Compression.PNG:
            written = io.BytesIO()
            Pillow.fromarray(pixels).save(written, "PNG")
            data = written.getvalue()
        elif compression is Compression.NONE:
            data = pixels.tobytes()
        else:
            raise Unusable("biometrics.codec.compression", compression=str(compression))
        height, width = pixels.shape
        return cls(
            data, compression, width, height, position, ppi, impression, type, quality, captured
        )


@dataclass(frozen=True, slots=True, eq=False)
class FacePicture:
    """A portrait, already compressed; `pose` as 10.020 has it: F full face, L and R profiles."""

    data: bytes
    width: int
    height: int
    compression: Compression = Compression.JPEG
    pose: str = "F"
    colours: str = "YCC"  # 10.012: YCC, SRGB, GRAY
    captured: date | None = None


def transaction(
    *, type_of_transaction: str, origin: str, destination: str, date: date | datetime,
    control_number: str, prints: Sequence[PrintImage] = (), faces: Sequence[FacePicture] = (),
    minutiae: Sequence[Template] = (), absent: Mapping[int, str] | None = None,
    demographics: Mapping[int, str] | None = None, source: str = "", priority: int | None = None,
    in_reply_to: str = "", domain: tuple[str, str] | None = None,
) -> bytes:  # fmt: skip
    """The file: a record of type 1, one of type 2 with `demographics` (field number -> text, the
    receiving agency's numbers), then images, absent fingers (position -> XX amputated, UP not to be
    taken), minutiae and faces.

    `domain` is the receiver's implementation of the standard with its version (1.013). UTF-8 is
    announced (1.015) only where a text needs it: older systems take nothing but ASCII.

    Minutiae of a finger carry the IDC of its first print, or one of their own. Raises Unusable
    ``biometrics.codec.too_many_*``, ``.field_missing``, ``.absence``, ``.separator``,
    ``.beyond_a_decimetre`` and those of `write_transaction`.
    """
    for value, tag in (
        (type_of_transaction, "1.004"), (destination, "1.007"), (origin, "1.008"),
        (control_number, "1.009"),
    ):  # fmt: skip
        if not value.strip():
            raise Unusable("biometrics.codec.field_missing", tag=tag)
    day = f"{date:%Y%m%d}"
    source = source or origin
    records: list[Record] = [_described(demographics or {})]
    of_position: dict[int, int] = {}
    for image in prints:
        idc = _next(records)
        of_position.setdefault(image.position, idc)
        records.append(_print(image, idc, source, day))
    records += [
        _absent(position, why, len(records) + n, source, day)
        for n, (position, why) in enumerate((absent or {}).items())
    ]
    for template in minutiae:
        # One record of minutiae for each IDC: a second of the same finger has its own.
        taken = of_position.pop(template.position, 0)
        records.append(_minutiae(template, taken or _next(records)))
    for face in faces:
        records.append(_face(face, _next(records), source, day))
    _check(records)
    scanned = "19.69" if any(isinstance(r, FixedImage) for r in records) else "00.00"
    fields = [
        Field.of(2, VERSION), Field.of(4, type_of_transaction), Field.of(5, day),
        *([] if priority is None else [Field.of(6, priority)]),
        Field.of(7, destination), Field.of(8, origin), Field.of(9, control_number),
        *([Field.of(10, in_reply_to)] if in_reply_to else []),
        Field.of(11, scanned), Field.of(12, scanned),
        *([Field.of(13, domain)] if domain else []),
        *([Field.of(14, f"{date.astimezone(UTC):%Y%m%d%H%M%SZ}")]
          if isinstance(date, datetime) and date.tzinfo else []),
        *([] if _plain(records) else [Field.of(15, UTF_8)]),
    ]  # fmt: skip
    information = TextRecord(RecordType.INFORMATION, tuple(fields))
    return write_transaction(Transaction(information, tuple(records)))


def _next(records: Sequence[Record]) -> int:
    return max((record.idc for record in records), default=-1) + 1


def _plain(records: Sequence[Record]) -> bool:
    """Whether all their text is ASCII."""
    return all(
        item.isascii()
        for record in records if isinstance(record, TextRecord)
        for field in record.fields for items in field.subfields for item in items
    )  # fmt: skip


def _check(records: Sequence[Record]) -> None:
    highest = max(record.idc for record in records)
    if highest > MOST_IDC:
        raise Unusable("biometrics.codec.too_many_records", count=highest, most=MOST_IDC)


def _described(demographics: Mapping[int, str]) -> TextRecord:
    fields = [Field.of(number, text) for number, text in sorted(demographics.items()) if text]
    if any(field.number < 3 for field in fields):
        raise Unusable("biometrics.codec.field_missing", tag="2.003")
    return TextRecord(RecordType.DESCRIPTIVE, (Field.of(2, "00"), *fields))


def _print(image: PrintImage, idc: int, source: str, day: str) -> Record:
    if image.type not in IMAGE_TYPES:
        raise Unusable("biometrics.codec.record_type", type=int(image.type))
    if image.type == RecordType.HIGH_GRAY:
        if image.ppi != PPI:
            raise Unusable("biometrics.codec.wsq_ppi", ppi=image.ppi)
        return FixedImage(
            image.type, idc, image.impression, (image.position,), 0, image.width, image.height,
            image.compression.number, image.data,
        )  # fmt: skip
    captured = f"{image.captured:%Y%m%d}" if image.captured else day
    fields = [
        Field.of(2, f"{idc:02}"), Field.of(3, image.impression), Field.of(4, source),
        Field.of(5, captured), Field.of(6, image.width), Field.of(7, image.height),
        Field.of(8, PX_PER_INCH), Field.of(9, image.ppi), Field.of(10, image.ppi),
        Field.of(11, image.compression), Field.of(12, 8), Field.of(13, image.position),
    ]  # fmt: skip
    if image.quality != NOT_COMPUTED and image.type == RecordType.FINGER:
        fields.append(Field.of(24, (image.position, image.quality, f"{NFIQ_VENDOR:04X}", NFIQ_2)))
    return TextRecord(image.type, tuple(fields), image.data)


def _absent(position: int, why: str, idc: int, source: str, day: str) -> TextRecord:
    if why not in ABSENCES or not 1 <= position <= 10:
        raise Unusable("biometrics.codec.absence", position=position, why=why)
    return TextRecord(
        RecordType.FINGER,
        (
            Field.of(2, f"{idc:02}"), Field.of(3, 0), Field.of(4, source), Field.of(5, day),
            Field.of(13, position), Field.of(18, (position, why)),
        ),
    )  # fmt: skip


def _minutiae(template: Template, idc: int) -> TextRecord:
    fields = [Field.of(2, f"{idc:02}"), Field.of(3, 0), Field.of(4, "S")]
    return TextRecord(
        RecordType.MINUTIAE, (*fields, *own_fields(template), *incits_fields(template))
    )


def _face(face: FacePicture, idc: int, source: str, day: str) -> TextRecord:
    captured = f"{face.captured:%Y%m%d}" if face.captured else day
    return TextRecord(
        RecordType.FACE,
        (
            Field.of(2, f"{idc:02}"), Field.of(3, "FACE"), Field.of(4, source),
            Field.of(5, captured), Field.of(6, face.width), Field.of(7, face.height),
            Field.of(8, NO_SCALE), Field.of(9, 1), Field.of(10, 1),
            Field.of(11, face.compression), Field.of(12, face.colours), Field.of(20, face.pose),
        ),
        face.data,
    )  # fmt: skip
