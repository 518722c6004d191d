"""The images in a transaction, whichever record they stand in."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from pims.biometrics.engine.codecs import wsq
from pims.biometrics.engine.codecs.ansi_nist.records import (
    Compression,
    FixedImage,
    Record,
    RecordType,
    TextRecord,
    Transaction,
    whole,
)
from pims.biometrics.engine.codecs.ansi_nist.segments import Segment, segments
from pims.biometrics.engine.codecs.bounds import MOST_PIXELS, MOST_WSQ_PIXELS
from pims.biometrics.engine.codecs.fmr.templates import BEST, NFIQ_2_ALL, NFIQ_VENDOR
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import NOT_COMPUTED

__all__ = ["Image", "grey", "image_of", "images"]

# The least that types 4 and 6 allow is 19.69 px/mm, that of types 3 and 5 half of it.
LEAST_PPI = 500
PPI_OF_TYPE = {3: 250, 4: 500, 5: 250, 6: 500}
PX_PER_INCH, PX_PER_CM = 1, 2
CM_PER_INCH, MM_PER_INCH = 2.54, 25.4
# Only records with an image of these types; others of ten and more have fields of their own.
WITH_IMAGES = frozenset({10, 13, 14, 15, 16, 17})
POSITION_FIELD = {13: 13, 14: 13, 15: 13}
IMPRESSION_TYPES = frozenset({13, 14, 15})
TWO_LEVELS = frozenset({5, 6})
TIFF = (b"II*\x00", b"MM\x00*")
FORMATS = {
    Compression.JPEG: "JPEG",
    Compression.JPEG_2000: "JPEG2000",
    Compression.JPEG_2000_LOSSLESS: "JPEG2000",
    Compression.PNG: "PNG",
    Compression.FAX: "TIFF",
}


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """An image as its record describes it; `data` is as compressed there.

    `positions` are the standard's numbers of fingers, or of palms in type 15; `kind` is what 10.003
    says (FACE, SCAR ...); `ppi` is None where the record gives none.
    """

    type: int
    idc: int
    width: int
    height: int
    ppi: float | None
    compression: Compression
    data: bytes
    positions: tuple[int, ...] = ()
    impression: int | None = None
    kind: str = ""
    captured: str = ""  # YYYYMMDD as written
    quality: int = NOT_COMPUTED  # NFIQ 2, of one finger (14.024)
    segments: tuple[Segment, ...] = ()  # of several fingers, where the record says (14.021, .025)


def images(transaction: Transaction, *, problems: list[Unusable] | None = None) -> Iterator[Image]:
    """Every image, in the order of the records.

    A record that contradicts itself is passed over and its refusal put among the `problems`; raised
    where nobody gave a list, so that nothing goes missing in silence."""
    for record in transaction.records:
        try:
            image = image_of(record, transaction)
        except Unusable as refusal:
            if problems is None:
                raise
            problems.append(refusal)
            continue
        if image is not None:
            yield image


def absent(transaction: Transaction) -> dict[int, str]:
    """Fingers that could not be taken: position -> XX (amputated) or UP (14.018). Raises Unusable
    ``biometrics.codec.not_a_number``."""
    found = {}
    for record in transaction.of_type(RecordType.FINGER):
        field = record.get(18) if isinstance(record, TextRecord) else None
        for items in field.subfields if field else ():
            if len(items) > 1:
                found[whole(items[0], "14.018")] = items[1].strip()
    return found


def image_of(record: Record, transaction: Transaction) -> Image | None:
    """The record's image, None where it has none. Raises Unusable ``.field_missing``,
    ``.not_a_number``."""
    if isinstance(record, FixedImage):
        return Image(
            record.type, record.idc, record.width, record.height, _fixed_ppi(record, transaction),
            _fixed_compression(record), record.data, record.positions, record.impression,
        )  # fmt: skip
    if not isinstance(record, TextRecord) or record.data is None or record.type not in WITH_IMAGES:
        return None
    position = record.get(POSITION_FIELD.get(record.type, -1))
    tag = f"{record.type}.013"
    return Image(
        record.type, record.idc, record.number(6), record.number(7), _ppi(record),
        _compression(record.text(11)), record.data,
        positions=() if position is None
        else tuple(whole(subfield[0], tag) for subfield in position.subfields),
        impression=record.number(3, 0) if record.type in IMPRESSION_TYPES else None,
        kind=record.text(3) if record.type == RecordType.FACE else "",
        captured=record.text(5),
        quality=_quality(record),
        segments=segments(record),
    )  # fmt: skip


def grey(image: Image) -> NDArray[np.uint8]:
    """The pixels (height, width), 0 black; colours as grey, 8 bits.

    The size is that of the data, which some files contradict in their fields. Raises Unusable
    ``biometrics.codec.compression`` (lossless JPEG, or one that nobody named), ``.image_corrupt``,
    ``.bomb``, ``.image_length``, and those of `wsq.read`.
    """
    if image.compression is Compression.WSQ or wsq.is_wsq(image.data):
        return wsq.read(image.data)[0]
    if image.data[:4] in TIFF:
        # Legacy scans of two levels are whole TIFF files, whatever their header says.
        return _by_pillow(image.data, "TIFF")
    if image.compression is Compression.NONE:
        if image.type in TWO_LEVELS and len(image.data) == -(-image.width // 8) * image.height:
            packed = np.frombuffer(image.data, dtype=np.uint8).reshape(image.height, -1)
            return (1 - np.unpackbits(packed, axis=1)[:, : image.width]) * np.uint8(255)
        if image.width * image.height != len(image.data):
            raise Unusable(
                "biometrics.codec.image_length", width=image.width, height=image.height,
                found=len(image.data),
            )  # fmt: skip
        pixels = np.frombuffer(image.data, dtype=np.uint8)
        return pixels.reshape(image.height, image.width)
    known = FORMATS.get(image.compression)
    if known is None:
        raise Unusable("biometrics.codec.compression", compression=str(image.compression))
    return _by_pillow(image.data, known)


def _by_pillow(data: bytes, known: str) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(data), formats=[known]) as opened:
                if opened.width * opened.height > min(MOST_PIXELS, MOST_WSQ_PIXELS):
                    raise Unusable(
                        "biometrics.codec.bomb", pixels=opened.width * opened.height,
                        bytes=len(data),
                    )  # fmt: skip
                return np.array(opened.convert("L"))
    except UnidentifiedImageError:
        raise Unusable("biometrics.codec.image_corrupt", format=known) from None
    except Unusable:
        raise
    # What a broken file does to a decoder is not told by the kind of the error.
    except Exception as error:
        raise Unusable("biometrics.codec.image_corrupt", format=known) from error


def _fixed_ppi(record: FixedImage, transaction: Transaction) -> float | None:
    if record.resolution == 0:
        return PPI_OF_TYPE[record.type]
    try:
        native = float(transaction.information.text(11))
    except ValueError:
        return None
    if not 1 <= native <= 200:
        return None
    return _nominal(native * MM_PER_INCH * (0.5 if record.type in (3, 5) else 1))


def _fixed_compression(record: FixedImage) -> Compression:
    if record.type in (5, 6):
        return Compression.FAX if record.compression else Compression.NONE
    named = list(Compression)[: Compression.FAX.number]
    return named[record.compression] if record.compression < len(named) else Compression.OTHER


def _compression(text: str) -> Compression:
    word = text.strip().upper()
    if word == "WSQ":
        return Compression.WSQ
    try:
        return Compression(word)
    except ValueError:
        return Compression.OTHER


def _ppi(record: TextRecord) -> float | None:
    unit, across = record.number(8, 0), record.number(9, 0)
    if not across:
        return None
    if unit == PX_PER_INCH:
        return float(across)
    if unit == PX_PER_CM:
        return _nominal(across * CM_PER_INCH)
    return None


def _quality(record: TextRecord) -> int:
    """The NFIQ 2 score among 14.024's (position, score, vendor, algorithm) of a single finger."""
    field = record.get(24) if record.type == RecordType.FINGER else None
    if field is None or len(field.subfields) != 1 or len(field.subfields[0]) < 4:
        return NOT_COMPUTED
    _, score, vendor, algorithm = (item.strip() for item in field.subfields[0][:4])
    try:
        nfiq = int(vendor, 16) == NFIQ_VENDOR and whole(algorithm, "14.024") in NFIQ_2_ALL
    except ValueError:
        return NOT_COMPUTED
    value = whole(score, "14.024") if nfiq else NOT_COMPUTED
    return value if value <= BEST else NOT_COMPUTED


def _nominal(ppi: float) -> float:
    """19.69 px/mm and 197 px/cm are 500 ppi said in whole numbers."""
    nearest = round(ppi / 250) * 250
    return float(nearest) if nearest and abs(ppi - nearest) < 3 else round(ppi, 2)
