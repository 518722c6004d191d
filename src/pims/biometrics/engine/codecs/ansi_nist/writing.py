"""Writing a transaction in the traditional encoding: lengths and the contents of 1.003 are counted
from what is written."""

from collections.abc import Iterable

from pims.biometrics.engine.codecs.ansi_nist.records import (
    BINARY,
    DATA,
    FIRST_WITH_DATA,
    Field,
    FixedImage,
    OpaqueRecord,
    Record,
    RecordType,
    TextRecord,
    Transaction,
)
from pims.biometrics.engine.codecs.bounds import MOST_RECORDS
from pims.biometrics.engine.reasons import Unusable

__all__ = ["write_transaction"]

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")
POSITIONS = 6
UTF_8 = "003"


def write_transaction(transaction: Transaction) -> bytes:
    """The transaction's bytes.

    Raises Unusable: ``biometrics.codec.too_many_*``, ``.separator`` (a value holds one of the
    four), ``.not_encodable``, ``.contents`` (a record's place among the types is not its kind),
    ``.field_missing``, ``.does_not_fit``.
    """
    records = transaction.records
    if len(records) > MOST_RECORDS:
        raise Unusable("biometrics.codec.too_many_records", count=len(records), most=MOST_RECORDS)
    encoding = "utf-8" if transaction.information.text(15) == UTF_8 else "latin-1"
    written = [_written(record, encoding) for record in records]
    information = _with_contents(transaction.information, records)
    return _text(information, "latin-1") + b"".join(written)


def _with_contents(information: TextRecord, records: Iterable[Record]) -> TextRecord:
    listed = [(str(record.type), f"{record.idc:02}") for record in records]
    contents = Field(3, (("1", str(len(listed))), *listed))
    before = tuple(field for field in information.fields if field.number < 3)
    after = tuple(field for field in information.fields if field.number > 3)
    return TextRecord(RecordType.INFORMATION, (*before, contents, *after))


def _written(record: Record, encoding: str) -> bytes:
    if (record.type in BINARY) == isinstance(record, TextRecord) or not 2 <= record.type <= 99:
        raise Unusable("biometrics.codec.record_type", type=record.type)
    if isinstance(record, TextRecord):
        return _text(record, encoding)
    try:
        return _binary(record)
    except (OverflowError, ValueError):
        raise Unusable("biometrics.codec.does_not_fit", standard=f"type {record.type}") from None


def _binary(record: FixedImage | OpaqueRecord) -> bytes:
    if isinstance(record, OpaqueRecord):
        body = bytes([record.idc]) + record.body
    else:
        if len(record.positions) > POSITIONS:
            raise Unusable("biometrics.codec.positions", type=record.type, idc=record.idc)
        body = bytes([record.idc, record.impression, *record.positions])
        body = body.ljust(2 + POSITIONS, b"\xff") + bytes([record.resolution])
        body += record.width.to_bytes(2, "big") + record.height.to_bytes(2, "big")
        body += bytes([record.compression]) + record.data
    return (4 + len(body)).to_bytes(4, "big") + body


def _text(record: TextRecord, encoding: str) -> bytes:
    parts = [_field(record.type, field, encoding) for field in record.fields]
    if record.data is not None:
        if record.type < FIRST_WITH_DATA:
            raise Unusable("biometrics.codec.record_type", type=record.type)
        parts.append(b"%d.%03d:" % (record.type, DATA) + record.data)
    rest = b"".join(GS + part for part in parts) + FS
    opening = b"%d.001:" % record.type
    length = len(opening) + len(rest)
    # The length counts its own digits.
    digits = len(str(length))
    while len(str(length + digits)) != digits:
        digits += 1
    return opening + str(length + digits).encode() + rest


def _field(kind: int, field: Field, encoding: str) -> bytes:
    for subfield in field.subfields:
        for item in subfield:
            if not SEPARATORS.isdisjoint(item):
                raise Unusable("biometrics.codec.separator", tag=f"{kind}.{field.number:03}")
    if not field.subfields or not all(field.subfields) or not 2 <= field.number <= 9999:
        raise Unusable("biometrics.codec.field_missing", tag=f"{kind}.{field.number:03}")
    try:
        value = RS.join(
            US.join(item.encode(encoding, "surrogateescape") for item in subfield)
            for subfield in field.subfields
        )
    except UnicodeEncodeError:
        raise Unusable("biometrics.codec.not_encodable", tag=f"{kind}.{field.number:03}") from None
    return b"%d.%03d:" % (kind, field.number) + value
