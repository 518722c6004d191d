"""What an ANSI/NIST-ITL transaction holds: records of text fields, images, and what is kept as is.

Source: ANSI/NIST-ITL 1-2011 (NIST SP 500-290 and its updates), traditional encoding; records of
types 3, 5 and 6 after ITL 1-2000.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from pims.biometrics.engine.codecs.bounds import MOST_DIGITS
from pims.biometrics.engine.reasons import Unusable
from pims.kernel.reasons import Reason

__all__ = [
    "Compression",
    "Field",
    "FixedImage",
    "OpaqueRecord",
    "Record",
    "RecordType",
    "TextRecord",
    "Transaction",
]

FIXED_IMAGES = frozenset({3, 4, 5, 6})
BINARY = frozenset({3, 4, 5, 6, 7, 8})
# From these on, the last field may be the image itself.
FIRST_WITH_DATA = 10
DATA = 999


class RecordType(IntEnum):
    INFORMATION = 1
    DESCRIPTIVE = 2
    LOW_GRAY = 3
    HIGH_GRAY = 4
    LOW_BINARY = 5
    HIGH_BINARY = 6
    USER_IMAGE = 7
    SIGNATURE = 8
    MINUTIAE = 9
    FACE = 10
    LATENT = 13
    FINGER = 14
    PALM = 15
    TEST_IMAGE = 16
    IRIS = 17


class Compression(StrEnum):
    """How an image's bytes are to be read; the words of fields 10.011 to 17.011."""

    NONE = "NONE"
    WSQ = "WSQ20"
    JPEG = "JPEGB"
    JPEG_LOSSLESS = "JPEGL"
    JPEG_2000 = "JP2"
    JPEG_2000_LOSSLESS = "JP2L"
    PNG = "PNG"
    FAX = "FAX"  # of types 5 and 6: CCITT group 4
    OTHER = "OTHER"

    @property
    def number(self) -> int:
        """Of the byte in a record of type 4; OTHER has none."""
        return list(Compression).index(self)


Items = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: subfields of items. What has neither is one subfield of one item."""

    number: int
    subfields: tuple[Items, ...]

    @property
    def text(self) -> str:
        """Its first item."""
        return self.subfields[0][0]

    @classmethod
    def of(cls, number: int, *subfields: object) -> "Field":
        """Of texts, numbers, or sequences of them."""
        return cls(
            number,
            tuple(
                tuple(str(item) for item in given) if isinstance(given, tuple | list)
                else (str(given),)
                for given in subfields
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextRecord:
    """A record of tagged fields in their order, without LEN (x.001); `data` is field 999."""

    type: int
    fields: tuple[Field, ...]
    data: bytes | None = None

    def get(self, number: int) -> Field | None:
        return next((field for field in self.fields if field.number == number), None)

    def text(self, number: int, default: str = "") -> str:
        """The first item of a field."""
        found = self.get(number)
        return default if found is None else found.text

    def number(self, number: int, default: int | None = None) -> int:
        """The first item of a field as a whole number. Raises Unusable
        ``biometrics.codec.not_a_number``, ``.field_missing``."""
        found = self.get(number)
        if found is None or not found.text.strip():
            if default is None:
                raise Unusable("biometrics.codec.field_missing", tag=f"{self.type}.{number:03}")
            return default
        return whole(found.text, f"{self.type}.{number:03}")

    @property
    def idc(self) -> int:
        return 0 if self.type == RecordType.INFORMATION else self.number(2, 0)


@dataclass(frozen=True, slots=True)
class FixedImage:
    """A record of types 3 to 6: a header of fixed bytes and the image. `resolution` 0 is the least
    the standard allows, 1 that of 1.011; `positions` are those given, of six."""

    type: int
    idc: int
    impression: int
    positions: tuple[int, ...]
    resolution: int
    width: int
    height: int
    compression: int
    data: bytes


@dataclass(frozen=True, slots=True)
class OpaqueRecord:
    """A signature, somebody's own image: everything after length and IDC, as it came."""

    type: int
    idc: int
    body: bytes


Record = TextRecord | FixedImage | OpaqueRecord


@dataclass(frozen=True, slots=True)
class Transaction:
    """A whole file. `information` is the record of type 1, whose contents (1.003) are those of
    `records`: a file where they disagree is refused, and what is written counts them anew."""

    information: TextRecord
    records: tuple[Record, ...]
    remarks: tuple[Reason, ...] = field(default=(), compare=False)

    @property
    def type_of_transaction(self) -> str:
        return self.information.text(4)

    @property
    def date(self) -> str:
        return self.information.text(5)

    @property
    def destination(self) -> str:
        return self.information.text(7)

    @property
    def origin(self) -> str:
        return self.information.text(8)

    @property
    def control_number(self) -> str:
        return self.information.text(9)

    @property
    def demographics(self) -> Mapping[int, tuple[Items, ...]]:
        """Fields of the first record of type 2 by number: their meaning is the agency's, not the
        standard's."""
        for record in self.of_type(RecordType.DESCRIPTIVE):
            if isinstance(record, TextRecord):
                return {f.number: f.subfields for f in record.fields if f.number > 2}
        return {}

    def of_type(self, *types: int) -> tuple[Record, ...]:
        return tuple(record for record in self.records if record.type in types)


def whole(text: str, tag: str) -> int:
    """A whole number of at most ten digits. Raises Unusable ``biometrics.codec.not_a_number``."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Unusable("biometrics.codec.not_a_number", tag=tag, text=text[:20])
    return int(text)
