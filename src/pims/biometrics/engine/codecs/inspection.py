"""What is in a file, to be read by people or as JSON: records, fields, sizes, images, minutiae."""

from dataclasses import asdict, dataclass, field

from pims.biometrics.engine.codecs import fmr, wsq
from pims.biometrics.engine.codecs.ansi_nist import (
    FixedImage,
    Image,
    Record,
    RecordType,
    TextRecord,
    Transaction,
    image_of,
    is_transaction,
    minutiae_of,
    read_transaction,
)
from pims.biometrics.engine.codecs.face_record import is_face_record, read_faces
from pims.biometrics.engine.codecs.fmr.templates import BEST
from pims.biometrics.engine.codecs.fmr.units import scale
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import PPI
from pims.kernel.reasons import Reason

__all__ = ["FieldRow", "Inspection", "Row", "inspect"]

LONGEST_TEXT = 120
NAMES = {
    1: {2: "VER", 3: "CNT", 4: "TOT", 5: "DAT", 6: "PRY", 7: "DAI", 8: "ORI", 9: "TCN", 10: "TCR",
        11: "NSR", 12: "NTR", 13: "DOM", 14: "GMT", 15: "DCS", 16: "APS", 17: "ANM"},
    9: {3: "IMP", 4: "FMT", 5: "OFR", 6: "FGP", 7: "FPC", 8: "CRP", 9: "DLT", 10: "MIN", 11: "RDG",
        12: "MRC", 126: "CBI", 127: "CEI", 128: "HLL", 129: "VLL", 130: "SLC", 131: "THPS",
        132: "TVPS", 133: "FVW", 134: "FGP", 135: "FQD", 136: "NOM", 137: "FMD", 138: "RCI",
        139: "CIN", 140: "DIN", 141: "ADA"},
    10: {3: "IMT", 4: "SRC", 5: "PHD", 6: "HLL", 7: "VLL", 8: "SLC", 9: "THPS", 10: "TVPS",
         11: "CGA", 12: "CSP", 13: "SAP", 20: "POS", 40: "SMT"},
    14: {3: "IMP", 4: "SRC", 5: "FCD", 6: "HLL", 7: "VLL", 8: "SLC", 9: "THPS", 10: "TVPS",
         11: "CGA", 12: "BPX", 13: "FGP", 14: "PPD", 15: "PPC", 18: "AMP", 20: "COM", 21: "SEG",
         22: "NQM", 23: "SQM", 24: "FQM", 25: "ASEG"},
}  # fmt: skip
# Records whose first fields mean the same.
LIKE_14 = frozenset({13, 14, 15, 16, 17})


@dataclass(frozen=True, slots=True)
class FieldRow:
    tag: str
    name: str
    text: str  # items by comma, subfields by semicolon; cut after 120 characters


@dataclass(frozen=True, slots=True)
class Row:
    """One record, or one view of a minutiae record. What does not apply is None."""

    place: int
    type: int
    what: str
    idc: int
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    ppi: float | None = None
    compression: str | None = None
    positions: tuple[int, ...] = ()
    impression: int | None = None
    minutiae: int | None = None
    quality: int | None = None
    fields: tuple[FieldRow, ...] = ()
    problem: Reason | None = None  # why its inside can't be told


@dataclass(frozen=True, slots=True)
class Inspection:
    format: str
    bytes: int
    rows: tuple[Row, ...]
    remarks: tuple[Reason, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """Of strings, numbers, lists and dictionaries alone."""
        return asdict(self)


def inspect(data: bytes) -> Inspection:
    """What is in a transaction, a minutiae record, a WSQ image or a face image record.

    Raises Unusable as their readers do, ``biometrics.codec.unknown_format`` where it is none."""
    if is_transaction(data):
        transaction = read_transaction(data)
        rows = [_information(transaction)]
        rows += [
            _record(place, record, transaction)
            for place, record in enumerate(transaction.records, 1)
        ]
        return Inspection("ANSI/NIST-ITL", len(data), tuple(rows), transaction.remarks)
    if fmr.is_record(data):
        return _minutiae_record(data)
    if wsq.is_wsq(data):
        head = wsq.header(data)
        row = Row(
            0, 0, "image", 0, bytes=len(data), width=head.width, height=head.height, ppi=head.ppi,
            compression="WSQ20",
        )  # fmt: skip
        return Inspection("WSQ", len(data), (row,))
    if is_face_record(data):
        return _faces(data)
    raise Unusable("biometrics.codec.unknown_format")


def _faces(data: bytes) -> Inspection:
    rows = tuple(
        Row(
            place, 0, "face", place, bytes=len(face.data), width=face.width, height=face.height,
            compression=face.compression, quality=face.quality,
        )
        for place, face in enumerate(read_faces(data))
    )  # fmt: skip
    return Inspection("ISO/IEC 19794-5:2005", len(data), rows)


def _information(transaction: Transaction) -> Row:
    return Row(0, 1, "information", 0, fields=_fields(transaction.information))


def _record(place: int, record: Record, transaction: Transaction) -> Row:
    try:
        what = RecordType(record.type).name.lower().replace("_", " ")
    except ValueError:
        what = "other"
    size = _size(record)
    fields = _fields(record) if isinstance(record, TextRecord) else ()
    try:
        image = image_of(record, transaction)
        if image is not None:
            return Row(
                place, record.type, what, record.idc, size, image.width, image.height, image.ppi,
                str(image.compression), image.positions, image.impression, fields=fields,
                problem=_contradiction(image),
            )  # fmt: skip
        if record.type == RecordType.MINUTIAE and isinstance(record, TextRecord):
            held = minutiae_of(record)
            return Row(
                place, record.type, what, record.idc, size, positions=(held.position,),
                impression=held.impression, minutiae=_count(held.own, held.incits), fields=fields,
            )  # fmt: skip
    except Unusable as refusal:
        return Row(
            place, record.type, what, record.idc, size, fields=fields,
            problem=refusal.reasons()[0],
        )  # fmt: skip
    return Row(place, record.type, what, record.idc, size, fields=fields)


def _contradiction(image: Image) -> Reason | None:
    """Where a WSQ image has another size than its record says."""
    if not wsq.is_wsq(image.data):
        return None
    head = wsq.header(image.data)
    if (head.width, head.height) == (image.width, image.height):
        return None
    return Reason(
        "biometrics.codec.size_disagrees",
        {"stated": f"{image.width} × {image.height}", "found": f"{head.width} × {head.height}"},
    )


def _count(own: tuple[object, ...] | None, incits: fmr.View | None) -> int:
    return max(len(own or ()), len(incits.minutiae) if incits else 0)


def _size(record: Record) -> int | None:
    """Bytes of the image, or of what is kept as it came."""
    if isinstance(record, TextRecord):
        return None if record.data is None else len(record.data)
    return len(record.data if isinstance(record, FixedImage) else record.body)


def _fields(record: TextRecord) -> tuple[FieldRow, ...]:
    names = NAMES.get(14 if record.type in LIKE_14 else record.type, {})
    rows = []
    for given in record.fields:
        name = "IDC" if given.number == 2 and record.type != 1 else names.get(given.number, "")
        # What is not shown is not put together either.
        text = ";".join(",".join(items[:40]) for items in given.subfields[:40])
        if len(text) > LONGEST_TEXT or len(given.subfields) > 40:
            text = text[:LONGEST_TEXT] + "…"
        rows.append(FieldRow(f"{record.type}.{given.number:03}", name, text))
    return tuple(rows)


def _told_quality(view: fmr.View) -> int | None:
    """The first; None where none is told, or what is told says that it was not computed."""
    value = view.quality[0].value if view.quality else BEST + 1
    return value if value <= BEST else None


def _minutiae_record(data: bytes) -> Inspection:
    record = fmr.read_record(data)
    rows = tuple(
        Row(
            place, 0, "view", view.number, width=view.width, height=view.height,
            ppi=round(PPI / scale(view.x_per_cm), 1), positions=(view.position,),
            impression=view.impression, minutiae=len(view.minutiae),
            quality=_told_quality(view),
        )
        for place, view in enumerate(record.views)
    )  # fmt: skip
    return Inspection(str(record.standard), len(data), rows, record.remarks)
