"""Contradictions inside a file that is well formed, each refused with its own code."""

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from pims.biometrics.engine.codecs import ansi_nist, face_record, fmr
from pims.biometrics.engine.codecs.ansi_nist import (
    Compression,
    Field,
    FixedImage,
    Image,
    OpaqueRecord,
    TextRecord,
    Transaction,
)
from pims.biometrics.engine.codecs.fmr import Core, CoresAndDeltas, Delta, OpaqueBlock, Standard
from pims.biometrics.engine.codecs.tests.samples import ridges, template
from pims.biometrics.engine.reasons import Unusable


def code(ask: Callable[[], object]) -> str:
    with pytest.raises(Unusable) as refused:
        ask()
    return refused.value.code.removeprefix("biometrics.codec.")


def image(compression: Compression, data: bytes, *, type_: int = 14, width: int = 16) -> Image:
    return Image(type_, 1, width, 10, 500.0, compression, data)


def test_two_levels_come_as_bits_and_ink_is_black() -> None:
    ink = np.zeros((10, 13), dtype=bool)
    ink[2:5, 3:12] = True
    packed = np.packbits(ink, axis=1).tobytes()
    pixels = ansi_nist.grey(image(Compression.NONE, packed, type_=6, width=13))
    assert np.array_equal(pixels == 0, ink)
    assert set(np.unique(pixels)) == {0, 255}


def jpeg(width: int = 40, height: int = 30) -> bytes:
    written = io.BytesIO()
    Pillow.fromarray(ridges(height, width)).save(written, "JPEG")
    return written.getvalue()


def test_colours_come_as_grey() -> None:
    written = io.BytesIO()
    Pillow.new("RGB", (5, 4), "red").save(written, "PNG")
    pixels = ansi_nist.grey(image(Compression.PNG, written.getvalue()))
    assert pixels.tolist() == [[76] * 5] * 4


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (image(Compression.NONE, b"x" * 159), "image_length"),
        (image(Compression.JPEG_LOSSLESS, jpeg()), "compression"),
        (image(Compression.OTHER, b""), "compression"),
        (image(Compression.PNG, jpeg()), "image_corrupt"),
        (image(Compression.JPEG, jpeg()[:300]), "image_corrupt"),
        (image(Compression.JPEG, b""), "image_corrupt"),
        (image(Compression.FAX, b"II*\0" + b"\xff" * 40), "image_corrupt"),
        (image(Compression.WSQ, b"\xff\xa0\xff\xa1"), "wsq_incomplete"),
        (image(Compression.WSQ, jpeg()), "not_wsq"),
    ],
)
def test_an_image_that_is_not_what_its_record_says_is_refused(given: Image, refusal: str) -> None:
    assert code(lambda: ansi_nist.grey(given)) == refusal


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    written = io.BytesIO()
    Pillow.new("1", (9_000, 9_000)).save(written, "PNG")
    assert code(lambda: ansi_nist.grey(image(Compression.PNG, written.getvalue()))) == "bomb"


OWN = [Field.of(2, "00"), Field.of(3, 0), Field.of(6, "02")]
INCITS = ansi_nist.incits_fields(template(1))


def incits(number: int, *subfields: object) -> list[Field]:
    return [Field.of(number, *subfields) if f.number == number else f for f in INCITS]


def test_cores_deltas_and_ridges_of_the_standards_own_fields_are_read() -> None:
    record = TextRecord(9, (
        *OWN, Field.of(8, "01000200"), Field.of(9, "03000400", "05000600"), Field.of(10, 1),
        Field.of(12, ("001", "01320715248", "2", "C", "2,1", "", "0,0")),
    ))  # fmt: skip
    held = ansi_nist.minutiae_of(record)
    assert (held.cores, held.deltas) == (((100, 200),), ((300, 400), (500, 600)))
    assert held.own == (
        ansi_nist.Minutia(1, 132, 715, 248, 2, "C", ((2, 1), (0, 0))),
    )  # fmt: skip
    (kind, quality) = (held.template().kind.tolist(), held.template().quality.tolist())
    # A compound is neither ending nor bifurcation; 2 is the best.
    assert (kind, quality) == ([0], [100])


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ([*OWN, Field.of(10, 2), Field.of(12, ("1", "00010001000", "0", "A"))], "minutiae_count"),
        ([*OWN, Field.of(10, 1)], "minutiae_count"),
        ([*OWN, Field.of(12, ("1", "00010001000", "0"))], "minutia"),
        ([*OWN, Field.of(12, ("1", "0001000100", "0", "A"))], "minutia"),
        ([*OWN, Field.of(12, ("1", "00010001361", "0", "A"))], "minutia"),
        ([*OWN, Field.of(12, ("1", "00010001000", "0", "Q"))], "minutia"),
        ([*OWN, Field.of(12, ("1", "00010001000", "0", "A", "21"))], "minutia"),
        ([*OWN, Field.of(12, ("1", "00010001000", "x", "A"))], "not_a_number"),
        ([*OWN, Field.of(8, "0001")], "minutia"),
        ([*OWN, *incits(136, 2)], "minutiae_count"),
        ([*OWN, *incits(137, ("1", "2", "3", "4"))], "minutia"),
        ([*OWN, *incits(137, ("1", "16384", "3", "4", "1", "0"))], "minutia"),
        ([*OWN, *incits(137, ("1", "2", "3", "180", "1", "0"))], "minutia"),
        ([*OWN, *incits(137, ("1", "2", "3", "4", "3", "0"))], "minutia"),
        ([*OWN, *incits(131, 0)], "resolution"),
        ([*OWN, *incits(135, ("50", "G", "1"))], "not_a_number"),
        ([Field.of(2, "00")], "no_minutiae_fields"),
    ],
)
def test_minutiae_that_cannot_be_are_refused(fields: list[Field], refusal: str) -> None:
    record = TextRecord(9, tuple(fields))
    assert code(lambda: ansi_nist.minutiae_of(record).template()) == refusal


def written(*records: ansi_nist.Record) -> bytes:
    return ansi_nist.write_transaction(Transaction(TextRecord(1, ()), records))


PLAIN = FixedImage(4, 1, 0, (2,), 0, 5, 5, 0, b"")


@pytest.mark.parametrize(
    ("record", "refusal"),
    [
        (TextRecord(4, (Field.of(2, 0),)), "record_type"),
        (TextRecord(100, (Field.of(2, 0),)), "record_type"),
        (TextRecord(2, (Field.of(2, 0),), b"data"), "record_type"),
        (replace(PLAIN, type=14), "record_type"),
        (replace(PLAIN, idc=256), "does_not_fit"),
        (replace(PLAIN, width=65536), "does_not_fit"),
        (replace(PLAIN, positions=(1,) * 7), "positions"),
        (OpaqueRecord(8, -1, b""), "does_not_fit"),
        (TextRecord(2, (Field(3, ()),)), "field_missing"),
        (TextRecord(2, (Field.of(1, "5"),)), "field_missing"),
        (TextRecord(2, (Field.of(3, "漢"),)), "not_encodable"),
    ],
)
def test_a_record_that_cannot_be_written_is_refused(record: ansi_nist.Record, refusal: str) -> None:
    assert code(lambda: written(record)) == refusal


def test_more_records_than_any_booking_has_are_not_written() -> None:
    assert code(lambda: written(*[PLAIN] * 1000)) == "too_many_records"


def test_positions_with_a_gap_are_refused() -> None:
    data = written(replace(PLAIN, positions=(1, 2)))
    at = data.index(b"\x1c") + 1 + 6
    assert data[at : at + 2] == b"\1\2"
    broken = data[:at] + b"\xff" + data[at + 1 :]
    assert code(lambda: ansi_nist.read_transaction(broken)) == "positions"


def record(*blocks: fmr.Extended, standard: Standard = Standard.INCITS_2009) -> bytes:
    made = fmr.record_of([template(3)], standard)
    return fmr.write_record(replace(made, views=(replace(made.views[0], extended=blocks),)))


def test_extended_data_that_cannot_be_written_is_refused() -> None:
    mixed = CoresAndDeltas((Core(1, 2, 3), Core(4, 5)))
    assert code(lambda: record(mixed)) == "mixed_angles"
    assert code(lambda: record(CoresAndDeltas((Core(1, 2),) * 64))) == "too_many_points"
    assert code(lambda: record(CoresAndDeltas((Core(16384, 2),)))) == "beyond_fourteen_bits"
    assert code(lambda: record(OpaqueBlock(9, bytes(65535)))) == "block_length"
    assert code(lambda: record(*[OpaqueBlock(9, bytes(40_000))] * 2)) == "block_length"


def test_a_known_block_that_contradicts_itself_is_kept_unread_and_remarked() -> None:
    odd = (OpaqueBlock(1, b"\1\2\3"), OpaqueBlock(2, b"\2\0\1"), OpaqueBlock(2, b"\0\0\0"))
    for standard in (Standard.INCITS_2009, Standard.ISO_2011):
        read = fmr.read_record(record(*odd, standard=standard))
        assert read.views[0].extended == odd
        assert [r.code for r in read.remarks] == ["biometrics.codec.block_opaque"] * 3


def test_angles_that_only_some_points_have_are_left_out_where_there_is_no_room() -> None:
    block = CoresAndDeltas((Core(1, 2, 128), Core(4, 5)), (Delta(6, 7, (0, 64, 192)),))
    iso = fmr.read_record(record(block, standard=Standard.ISO_2011))
    assert iso.views[0].extended == (block,)
    (incits_block,) = fmr.convert(iso, Standard.INCITS_2009).views[0].extended
    assert incits_block == CoresAndDeltas((Core(1, 2), Core(4, 5)), (Delta(6, 7, (0, 45, 135)),))


def test_an_impression_keeps_its_meaning_in_another_standard() -> None:
    (view,) = fmr.record_of([template(2)], Standard.ISO_2011).views
    for impression, short, back in ((24, 9, 24), (1, 1, 1), (29, 0, 0)):
        iso = fmr.Record(Standard.ISO_2011, (replace(view, impression=impression),))
        old = fmr.convert(iso, Standard.ISO_2005)
        assert old.views[0].impression == short
        assert fmr.convert(old, Standard.ISO_2011).views[0].impression == back


def test_a_record_whose_numbers_do_not_fit_is_refused() -> None:
    made = fmr.record_of([template(2)], Standard.ISO_2011)
    (view,) = made.views
    rows = view.minutiae.copy()
    rows[0, 1] = 0x4000
    turned = view.minutiae.copy()
    turned[0, 3] = 256
    for broken, refusal in (
        (replace(view, impression=256), "does_not_fit"),
        (replace(view, number=256), "view_number"),
        (replace(view, minutiae=rows), "beyond_fourteen_bits"),
        (replace(view, minutiae=turned), "angle"),
        (replace(view, x_per_cm=0), "resolution"),
    ):
        changed = replace(made, views=(broken,))
        assert code(lambda changed=changed: fmr.write_record(changed)) == refusal  # type: ignore[misc]
    many = replace(made, views=(view,) * 256)
    assert code(lambda: fmr.write_record(many)) == "too_many_views"


def face(*, count: int = 1, points: int = 0, kind: int = 0, short: int = 0) -> bytes:
    inside = points.to_bytes(2, "big") + bytes(14) + bytes(8 * points)
    inside += bytes([1, kind]) + b"\0\x50\0\x60" + bytes(6) + b"jpeg"
    block = (len(inside) + 4 - short).to_bytes(4, "big") + inside
    total = (14 + len(block)).to_bytes(4, "big")
    return b"FAC\x00010\x00" + total + count.to_bytes(2, "big") + block


def test_a_face_record_is_read() -> None:
    (view,) = face_record.read_faces(face(points=2))
    assert (view.width, view.height, view.data, len(view.points)) == (80, 96, b"jpeg", 2)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (face()[:-1], "lengths_disagree"),
        (face(count=0), "faces_none"),
        (face(count=2), "truncated"),
        (face(count=65), "too_many_faces"),
        (face(points=1001), "too_many_points"),
        (face(kind=2), "compression"),
        (face(short=10), "block_length"),
        (face(short=1), "lengths_disagree"),
        (b"FAC\x00020\x00", "not_face"),
    ],
)
def test_a_face_record_that_contradicts_itself_is_refused(data: bytes, refusal: str) -> None:
    assert code(lambda: face_record.read_faces(data)) == refusal
