"""Reading a transaction in the traditional encoding.

The order of records is that of 1.003; a text record says its length in its first field, a binary
one (types 3 to 8) in its first four bytes. Every length is checked against the bytes at hand before
anything is read by it, and nothing is read twice.
"""

import re
from dataclasses import dataclass, field

from pims.biometrics.engine.codecs.ansi_nist.records import (
    BINARY,
    DATA,
    FIRST_WITH_DATA,
    FIXED_IMAGES,
    Field,
    FixedImage,
    OpaqueRecord,
    Record,
    RecordType,
    TextRecord,
    Transaction,
    whole,
)
from pims.biometrics.engine.codecs.bounds import (
    MOST_FIELDS,
    MOST_ITEMS,
    MOST_RECORDS,
    MOST_SUBFIELDS,
    MOST_TEXT_BYTES,
    MOST_TRANSACTION_BYTES,
    MOST_TRANSACTION_TEXT,
)
from pims.biometrics.engine.codecs.cursor import Cursor
from pims.biometrics.engine.reasons import Unusable
from pims.kernel.reasons import Reason

__all__ = ["is_transaction", "read_transaction"]

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
LENGTH = re.compile(rb"(\d{1,2})\.(\d{1,4}):(\d{1,10})[\x1c\x1d]")
TAG = re.compile(rb"(\d{1,2})\.(\d{1,4}):")
# Some writers put the length of the data as a field of the same number before the data.
DATA_TWICE = re.compile(rb"\d{1,10}\x1d\d{1,2}\.999:")
OPENING = re.compile(rb"1\.0{0,2}1:\d")
HEADER = 18
NO_POSITION = 255
UTF_8 = "003"
# Carriers add these to the end of a file.
PADDING = b"\x00\r\n \x1a\x1c"


def is_transaction(data: bytes) -> bool:
    return OPENING.match(data) is not None


def read_transaction(data: bytes) -> Transaction:
    """The transaction in `data`.

    Raises Unusable: ``biometrics.codec.not_a_transaction``, ``.too_large``, ``.truncated``,
    ``.record_length``, ``.not_terminated``, ``.tag``, ``.wrong_tag``, ``.too_many_*``,
    ``.contents`` (1.003 says something else than the file holds), ``.bytes_after_end``,
    ``.not_a_number``, ``.field_missing``, ``.positions``.
    """
    if len(data) > MOST_TRANSACTION_BYTES:
        raise Unusable("biometrics.codec.too_large", count=len(data), most=MOST_TRANSACTION_BYTES)
    if not is_transaction(data):
        raise Unusable("biometrics.codec.not_a_transaction")
    reading = _Reading(Cursor(data))
    cursor, remarks = reading.cursor, reading.remarks
    information = _text_record(reading, RecordType.INFORMATION)
    reading.encoding = "utf-8" if information.text(15) == UTF_8 else "latin-1"
    records: list[Record] = []
    for place, (kind, idc) in enumerate(_contents(information), 1):
        record = _binary_record(cursor, kind) if kind in BINARY else _text_record(reading, kind)
        if record.idc != idc:
            raise Unusable("biometrics.codec.contents", place=place, stated=idc, found=record.idc)
        records.append(record)
    rest = data[cursor.at :]
    if rest.strip(PADDING):
        raise Unusable("biometrics.codec.bytes_after_end", count=len(rest), records=len(records))
    if rest:
        remarks.append(Reason("biometrics.codec.bytes_after", {"count": len(rest)}))
    return Transaction(information, tuple(records), tuple(remarks))


def _contents(information: TextRecord) -> list[tuple[int, int]]:
    """(type, IDC) of each record after the first, as 1.003 lists them."""
    listing = information.get(3)
    if listing is None:
        raise Unusable("biometrics.codec.field_missing", tag="1.003")
    pairs = []
    for subfield in listing.subfields:
        if len(subfield) != 2:
            raise Unusable("biometrics.codec.contents_shape", items=len(subfield))
        pairs.append((whole(subfield[0], "1.003"), whole(subfield[1], "1.003")))
    (kind, count), *listed = pairs
    if count > MOST_RECORDS:
        raise Unusable("biometrics.codec.too_many_records", count=count, most=MOST_RECORDS)
    if kind != RecordType.INFORMATION or count != len(listed):
        raise Unusable("biometrics.codec.contents_count", stated=count, listed=len(listed))
    for kind, _ in listed:
        if not 2 <= kind <= 99:
            raise Unusable("biometrics.codec.record_type", type=kind)
    return listed


def _binary_record(cursor: Cursor, kind: int) -> Record:
    at = cursor.at
    length = cursor.u32()
    if length < 5 or length - 4 > cursor.left:
        raise Unusable(
            "biometrics.codec.record_length", type=kind, stated=length, left=cursor.left + 4
        )
    part = cursor.part(length - 4)
    idc = part.u8()
    if kind not in FIXED_IMAGES or (length < HEADER and kind != RecordType.HIGH_GRAY):
        return OpaqueRecord(kind, idc, part.take(part.left))
    if length < HEADER:
        raise Unusable("biometrics.codec.truncated", at=at, needed=HEADER, left=length)
    impression = part.u8()
    positions = part.take(6)
    given = positions.rstrip(bytes([NO_POSITION]))
    if NO_POSITION in given:
        raise Unusable("biometrics.codec.positions", type=kind, idc=idc)
    return FixedImage(
        kind, idc, impression, tuple(given), part.u8(), part.u16(), part.u16(), part.u8(),
        part.take(part.left),
    )  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """Where it stands, and what the text so far amounts to."""

    cursor: Cursor
    remarks: list[Reason] = field(default_factory=list)
    encoding: str = "latin-1"
    text: int = 0


def _text_record(reading: _Reading, kind: int) -> TextRecord:
    """A record that says its length in its first field."""
    cursor = reading.cursor
    opening = LENGTH.match(cursor.data, cursor.at, min(cursor.end, cursor.at + 24))
    if opening is None or int(opening[2]) != 1:
        raise Unusable("biometrics.codec.tag", type=kind, at=cursor.at)
    if int(opening[1]) != kind:
        raise Unusable("biometrics.codec.wrong_tag", type=kind, found=int(opening[1]))
    length = int(opening[3])
    if length > cursor.left or length < opening.end() - cursor.at:
        raise Unusable("biometrics.codec.record_length", type=kind, stated=length, left=cursor.left)
    start, end = opening.end(), cursor.at + length
    cursor.at = end
    if cursor.data[end - 1 : end] != FS or (opening[0][-1:] == FS and opening.end() != end):
        raise Unusable("biometrics.codec.not_terminated", type=kind, at=end)
    if opening.end() == end:
        return TextRecord(kind, ())
    text_end, data = end - 1, None
    if kind >= FIRST_WITH_DATA:
        text_end, data = _data(cursor.data, start, end - 1, kind, reading.remarks)
    size = text_end - start
    reading.text += size
    if size > MOST_TEXT_BYTES or reading.text > MOST_TRANSACTION_TEXT:
        raise Unusable(
            "biometrics.codec.text_large", count=reading.text, most=MOST_TRANSACTION_TEXT
        )
    return TextRecord(kind, _fields(cursor.data[start:text_end], kind, reading.encoding), data)


def _data(
    data: bytes, start: int, end: int, kind: int, remarks: list[Reason]
) -> tuple[int, bytes | None]:
    """Where the text ends, and the bytes of field 999, which is the last and may hold anything."""
    mark = b"%d.%03d:" % (kind, DATA)
    if data.startswith(mark, start):
        found = start
        text_end = start
    else:
        at = data.find(GS + mark, start, min(end, start + MOST_TEXT_BYTES))
        if at < 0:
            return end, None
        found, text_end = at + 1, at
    begin = found + len(mark)
    twice = DATA_TWICE.match(data, begin, end)
    if twice:
        remarks.append(Reason("biometrics.codec.data_twice", {"tag": f"{kind}.{DATA}"}))
        begin = twice.end()
    return text_end, data[begin:end]


def _fields(text: bytes, kind: int, encoding: str) -> tuple[Field, ...]:
    if not text:
        return ()
    if FS in text:
        raise Unusable("biometrics.codec.not_terminated", type=kind, at=text.index(FS))
    for separator, most in (
        (GS, MOST_FIELDS), (RS, MOST_SUBFIELDS), (US, MOST_ITEMS),
    ):  # fmt: skip
        count = text.count(separator) + 1
        if count > most:
            raise Unusable("biometrics.codec.too_many_values", count=count, most=most)
    fields = []
    for raw in text.split(GS):
        tag = TAG.match(raw)
        if tag is None:
            raise Unusable("biometrics.codec.tag", type=kind, at=0)
        if int(tag[1]) != kind:
            raise Unusable("biometrics.codec.wrong_tag", type=kind, found=int(tag[1]))
        value = raw[tag.end() :]
        fields.append(
            Field(
                int(tag[2]),
                tuple(
                    tuple(item.decode(encoding, "surrogateescape") for item in subfield.split(US))
                    for subfield in value.split(RS)
                ),
            )
        )
    return tuple(fields)
