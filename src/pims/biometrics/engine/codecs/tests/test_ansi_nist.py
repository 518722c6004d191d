"""Transactions: NIST's samples read, and what is written reads back the same in meaning."""

import io
import json
import math
from datetime import UTC, date, datetime

import nistitl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pims.biometrics.engine import codecs
from pims.biometrics.engine.codecs import ansi_nist
from pims.biometrics.engine.codecs.ansi_nist import (
    Compression,
    FacePicture,
    Field,
    FixedImage,
    OpaqueRecord,
    PrintImage,
    RecordType,
    TextRecord,
    Transaction,
)
from pims.biometrics.engine.codecs.tests.samples import ridges, template, templates, turned
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import Template
from tests.fixtures.reference import need_reference

TYPES = {
    "sign_raw.an2": [8],
    "sign_vec.an2": [8],
    "type9.an2k": [9],
    "type_3_wvu.an2": [2, *[3] * 14],
    "type_5_wvu.an2": [2, *[5] * 14],
    "type_6_wvu.an2": [2, *[6] * 14],
    "valid1.1.an2": [2, 4],
    "valid1.2.an2": [2, 4, 6],
    "valid1.3.an2": [2, 10],
    "valid1.4.an2": [2, 13],
    "valid1.5.an2": [2, 13],
    "valid1.6.an2": [2, 13],
    "valid1.7.an2": [2, 14],
    "valid1.8.an2": [2, 14, 14, 14],
    "valid1.9.an2": [2, 4, 7, 8, 10, 14, 17],
}


def sample(name: str) -> bytes:
    return need_reference(f"ansi_nist/{name}").read_bytes()


def booking(**more: object) -> bytes:
    return ansi_nist.transaction(
        **{
            "type_of_transaction": "CAR", "origin": "BZPRISON01", "destination": "BZPOLICE01",
            "date": date(2026, 3, 7), "control_number": "P-2026-17", **more,
        }  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_each_sample_is_read_and_written_back_the_same(name: str) -> None:
    data = sample(name)
    transaction = ansi_nist.read_transaction(data)
    assert [record.type for record in transaction.records] == TYPES[name]
    written = ansi_nist.write_transaction(transaction)
    assert ansi_nist.read_transaction(written) == transaction
    # Tags of two digits become three, and a length that stood before the data goes.
    if data.startswith(b"1.001"):
        assert written == data


def test_a_signature_and_a_record_of_somebodys_own_are_kept_as_they_came() -> None:
    (signature,) = ansi_nist.read_transaction(sample("sign_vec.an2")).records
    assert isinstance(signature, OpaqueRecord)
    assert (signature.idc, signature.body) == (0, sample("sign_vec.an2")[132:])


def test_images_come_with_resolution_compression_and_finger() -> None:
    told = {}
    for name in ("valid1.1.an2", "valid1.8.an2", "type_3_wvu.an2", "valid1.3.an2"):
        first = next(ansi_nist.images(ansi_nist.read_transaction(sample(name))))
        told[name] = (
            first.type, first.ppi, first.compression, first.positions, first.width, first.height,
        )  # fmt: skip
    assert told == {
        "valid1.1.an2": (4, 500, Compression.WSQ, (10,), 512, 512),
        "valid1.8.an2": (14, 500, Compression.WSQ, (13,), 1800, 1000),
        "type_3_wvu.an2": (3, 250, Compression.NONE, (1,), 400, 375),
        "valid1.3.an2": (10, None, Compression.JPEG, (), 300, 400),
    }


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("valid1.1.an2", (512, 512)),
        ("type_3_wvu.an2", (375, 400)),
        ("type_5_wvu.an2", (375, 400)),
        ("type_6_wvu.an2", (750, 800)),
        ("valid1.7.an2", (336, 388)),
        ("valid1.5.an2", (800, 800)),
    ],
)
def test_the_pixels_of_every_compression_are_read(name: str, shape: tuple[int, int]) -> None:
    first = next(ansi_nist.images(ansi_nist.read_transaction(sample(name))))
    pixels = ansi_nist.grey(first)
    assert pixels.shape == shape
    assert pixels.std() > 10


def test_demographics_are_told_by_their_field() -> None:
    demographics = ansi_nist.read_transaction(sample("valid1.1.an2")).demographics
    assert demographics[18] == (("JOHN,CLINTON",),)
    assert demographics[47] == (("20080302", "4727442"),)


def test_what_strays_from_the_standard_is_remarked() -> None:
    remarks = ansi_nist.read_transaction(sample("valid1.5.an2")).remarks
    assert [r.code for r in remarks] == ["biometrics.codec.data_twice"]


def test_a_booking_reads_back_as_it_was_built() -> None:
    pixels = ridges()
    portrait = io.BytesIO()
    Image.fromarray(ridges(120, 90)).save(portrait, "JPEG")
    finger = template(30, position=2, width=160, height=200)
    data = booking(
        prints=[
            PrintImage.of_pixels(pixels, position=2, quality=61),
            PrintImage.of_pixels(pixels, position=3, ppi=1000),
            PrintImage.of_pixels(pixels, position=1, type=RecordType.HIGH_GRAY),
            PrintImage.of_pixels(pixels, position=21, type=RecordType.PALM, impression=10),
            PrintImage.of_pixels(pixels, position=0, type=RecordType.LATENT, impression=4,
                                 compression=Compression.NONE),
        ],
        faces=[FacePicture(portrait.getvalue(), 90, 120)],
        minutiae=[finger, template(20, position=2, seed=5)],
        absent={9: "XX", 10: "UP"},
        demographics={18: "CHÉ, María", 22: "19900101"},
        priority=1,
    )  # fmt: skip
    transaction = ansi_nist.read_transaction(data)
    assert transaction.type_of_transaction == "CAR"
    assert (transaction.origin, transaction.destination) == ("BZPRISON01", "BZPOLICE01")
    assert (transaction.date, transaction.control_number) == ("20260307", "P-2026-17")
    assert transaction.demographics == {18: (("CHÉ, María",),), 22: (("19900101",),)}
    told = [
        (i.type, i.idc, i.positions, i.ppi, i.compression) for i in ansi_nist.images(transaction)
    ]
    assert told == [
        (14, 1, (2,), 500, "WSQ20"),
        (14, 2, (3,), 1000, "PNG"),
        (4, 3, (1,), 500, "WSQ20"),
        (15, 4, (21,), 500, "WSQ20"),
        (13, 5, (0,), 500, "NONE"),
        (10, 9, (), None, "JPEGB"),
    ]
    for image in ansi_nist.images(transaction):
        if image.type != RecordType.FACE:
            exact = image.compression is not Compression.WSQ
            difference = np.abs(ansi_nist.grey(image).astype(int) - pixels)
            assert difference.mean() <= (0 if exact else 4)
    assert [i.quality for i in ansi_nist.images(transaction)][:2] == [61, 255]
    assert ansi_nist.absent(transaction) == {9: "XX", 10: "UP"}
    # A finger's minutiae carry the number of its image; the second of the finger has its own.
    assert [m.idc for m in ansi_nist.minutiae(transaction)] == [1, 8]


def test_another_library_reads_what_is_written() -> None:
    data = booking(
        prints=[PrintImage.of_pixels(ridges(), position=4)],
        minutiae=[template(3)],
        demographics={18: "SMITH"},
    )
    message = nistitl.Message()
    message.parse(data)
    ours = ansi_nist.read_transaction(data).of_type(14)[0]
    assert isinstance(ours, TextRecord)
    assert message[(14, 1)]["DATA"].value == ours.data
    assert [(r.type, int(r.IDC)) for r in message.iter(14)] == [(14, 1)]
    assert message[(2, 0)][18].value == "SMITH"
    assert message[0].TOT == "CAR"


def test_what_another_library_writes_is_read() -> None:
    message = nistitl.Message()
    message.TOT = "CPS"
    described = nistitl.AsciiRecord(2)
    described.IDC = 1
    message += described
    finger = nistitl.AsciiRecord(14)
    finger.IDC = 2
    finger += nistitl.Field(14, 3, "0")
    finger.DATA = b"\x1c\x1d\x1e\x1fany bytes\x1c14.999:"
    message += finger
    transaction = ansi_nist.read_transaction(message.NIST)
    assert transaction.type_of_transaction == "CPS"
    held = transaction.of_type(14)[0]
    assert isinstance(held, TextRecord)
    assert held.data == b"\x1c\x1d\x1e\x1fany bytes\x1c14.999:"


@settings(max_examples=30)
@given(print_=templates(least=0, largest=1968))
def test_minutiae_survive_both_forms_of_a_record_of_type_9(print_: Template) -> None:
    fields = [Field.of(2, "00"), Field.of(3, 0)]
    own = TextRecord(9, (*fields, *ansi_nist.own_fields(print_)))
    incits = TextRecord(9, (*fields, *ansi_nist.incits_fields(print_)))
    for record, most_px, most_degrees in ((own, 0.1, 0.5), (incits, 1.0, 1.0)):
        after = ansi_nist.minutiae_of(record, height=print_.height).template()
        assert np.abs(after.x - print_.x).max(initial=0) <= most_px
        assert np.abs(after.y - print_.y).max(initial=0) <= most_px
        assert all(
            turned(float(a), float(b)) <= math.radians(most_degrees) + 1e-5
            for a, b in zip(after.angle, print_.angle, strict=True)
        )
        assert np.array_equal(after.kind, print_.kind)
        assert after.position == print_.position
    coarse = ansi_nist.minutiae_of(own).template().quality.astype(int)
    # 62 grades of quality for 100.
    assert np.abs(coarse - print_.quality).max(initial=0) <= 1


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1c\x1d\x1e\x1f"), max_size=8
)
FIELDS = st.lists(
    st.builds(
        Field,
        st.integers(3, 998),
        st.lists(
            st.lists(TEXT, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3
        ).map(tuple),
    ),
    max_size=6,
)  # fmt: skip
BYTE = st.integers(0, 255)
RECORDS = st.one_of(
    st.builds(
        lambda kind, idc, fields, data: TextRecord(
            kind, (Field.of(2, f"{idc:02}"), *fields), data if kind >= 10 else None
        ),
        st.sampled_from([2, 9, 10, 13, 14, 15, 16, 17, 99]), st.integers(0, 99), FIELDS,
        st.none() | st.binary(max_size=60),
    ),
    st.builds(
        FixedImage, st.sampled_from([3, 4, 5, 6]), BYTE, BYTE,
        st.lists(st.integers(0, 254), max_size=6).map(tuple), BYTE, st.integers(0, 0xFFFF),
        st.integers(0, 0xFFFF), BYTE, st.binary(max_size=60),
    ),
    st.builds(OpaqueRecord, st.sampled_from([7, 8]), BYTE, st.binary(max_size=60)),
)  # fmt: skip


@settings(max_examples=150)
@given(records=st.lists(RECORDS, max_size=5), utf_8=st.booleans())
def test_any_transaction_reads_back_as_it_was_written(
    records: list[ansi_nist.Record], utf_8: bool
) -> None:
    charset = [Field.of(15, ("003", "UTF-8"))] if utf_8 else []
    information = TextRecord(1, (Field.of(2, "0500"), Field.of(4, "X"), *charset))
    before = Transaction(information, tuple(records))
    if not utf_8 and not _latin(records):
        with pytest.raises(Unusable, match="not_encodable"):
            ansi_nist.write_transaction(before)
        return
    data = ansi_nist.write_transaction(before)
    if any(_twice(record) for record in records):
        return
    after = ansi_nist.read_transaction(data)
    assert after.records == before.records
    assert ansi_nist.write_transaction(after) == data


def _latin(records: list[ansi_nist.Record]) -> bool:
    fields = [field for r in records if isinstance(r, TextRecord) for field in r.fields]
    text = "".join("".join(items) for field in fields for items in field.subfields)
    return all(ord(character) < 256 for character in text)


def _twice(record: ansi_nist.Record) -> bool:
    """Data that looks as if it came twice is read as the second."""
    return isinstance(record, TextRecord) and b".999:" in (record.data or b"")


def test_a_value_with_a_separator_in_it_is_refused() -> None:
    with pytest.raises(Unusable) as refused:
        booking(demographics={18: "SMITH\x1d2.024:M"})
    assert refused.value.code == "biometrics.codec.separator"
    assert refused.value.params == {"tag": "2.018"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"1\x1f2\x1e", b"1\x1f3\x1e"), "contents_count"),
        ((b"14\x1f01", b"14\x1f02"), "contents"),
        ((b"14\x1f01", b"13\x1f01"), "wrong_tag"),
        ((b"14\x1f01", b"4\x1f001"), "record_length"),
        ((b"14\x1f01", b"1\x1f001"), "record_type"),
        ((b"1\x1f2\x1e", b"1\x1f65535\x1e"), "too_many_records"),
        ((b"2.001:", b"2.001:99999"), "record_length"),
        ((b"\x1d2.018:", b"\x1d2.o18:"), "tag"),
        ((b"14.999:", b"14.998:"), "contents_after"),
    ],
)
def test_a_file_whose_contents_are_not_what_it_lists_is_refused(
    change: tuple[bytes, bytes], code: str
) -> None:
    data = booking(prints=[PrintImage.of_pixels(ridges(), position=2)], demographics={18: "SMITH"})
    old, new = change
    assert data.count(old) >= 1
    grown = data.replace(old, new, 1)
    if len(new) != len(old) and old != b"2.001:":
        # The length of the first record counts its own bytes.
        length = int(data[6 : data.index(b"\x1d")])
        grown = grown.replace(b"1.001:%d" % length, b"1.001:%d" % (length + len(new) - len(old)), 1)
    with pytest.raises(Unusable) as refused:
        ansi_nist.read_transaction(grown)
    if code != "contents_after":
        assert refused.value.code == f"biometrics.codec.{code}"


def test_bytes_that_belong_to_no_record_are_refused_but_padding_is_not() -> None:
    data = booking()
    assert ansi_nist.read_transaction(data + b"\r\n\0").remarks[0].code == (
        "biometrics.codec.bytes_after"
    )
    with pytest.raises(Unusable) as refused:
        ansi_nist.read_transaction(data + b"more")
    assert refused.value.code == "biometrics.codec.bytes_after_end"


def test_an_alphabet_is_announced_only_where_a_text_needs_it() -> None:
    for name, charset in (("SMITH", ""), ("CHÉ", "003")):
        data = booking(demographics={18: name}, domain=("NORAM", "EBTS 11.0"))
        transaction = ansi_nist.read_transaction(data)
        assert transaction.information.text(15) == charset
        assert transaction.information.get(13) == Field(13, (("NORAM", "EBTS 11.0"),))
        assert transaction.demographics[18] == ((name,),)


def test_one_broken_record_does_not_hide_the_others() -> None:
    good = PrintImage.of_pixels(ridges(), position=2)
    transaction = ansi_nist.read_transaction(booking(prints=[good, good]))
    described, first, second = transaction.records
    assert isinstance(first, TextRecord)
    broken = TextRecord(14, tuple(f for f in first.fields if f.number != 6), first.data)
    mixed = Transaction(transaction.information, (described, broken, second))
    problems: list[Unusable] = []
    assert [i.idc for i in ansi_nist.images(mixed, problems=problems)] == [2]
    assert [p.code for p in problems] == ["biometrics.codec.field_missing"]
    with pytest.raises(Unusable):
        list(ansi_nist.images(mixed))


def test_wsq_is_for_500_ppi_only() -> None:
    with pytest.raises(Unusable) as refused:
        PrintImage.of_pixels(ridges(), position=1, ppi=1000, compression=Compression.WSQ)
    assert refused.value.code == "biometrics.codec.wsq_ppi"


def test_a_time_with_its_zone_is_written_in_universal_time_too() -> None:
    data = booking(date=datetime(2026, 3, 7, 23, 30, tzinfo=UTC))
    information = ansi_nist.read_transaction(data).information
    assert (information.text(5), information.text(14)) == ("20260307", "20260307233000Z")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"type_of_transaction": " "}, "field_missing"),
        ({"absent": {3: "??"}}, "absence"),
        ({"absent": {11: "XX"}}, "absence"),
        ({"demographics": {1: "x"}}, "field_missing"),
        ({"minutiae": [template(2, width=3000, height=2500)] * 1}, "beyond_a_decimetre"),
        ({"absent": {1: "XX"}, "minutiae": [template(2)] * 99}, "too_many_records"),
    ],
)
def test_what_cannot_be_sent_is_refused(more: dict[str, object], code: str) -> None:
    with pytest.raises(Unusable) as refused:
        booking(**more)
    assert refused.value.code == f"biometrics.codec.{code}"


def test_a_file_is_told_record_by_record() -> None:
    inspection = codecs.inspect(sample("valid1.8.an2"))
    assert inspection.format == "ANSI/NIST-ITL"
    rows = inspection.rows
    assert [(r.type, r.idc, r.what) for r in rows] == [
        (1, 0, "information"),
        (2, 0, "descriptive"),
        (14, 1, "finger"),
        (14, 2, "finger"),
        (14, 3, "finger"),
    ]
    assert (rows[2].ppi, rows[2].positions, rows[2].compression) == (500.0, (13,), "WSQ20")
    # Its fields say 1800 by 1000, its image is smaller.
    assert rows[2].problem is not None
    assert rows[2].problem.code == "biometrics.codec.size_disagrees"
    assert ("1.004", "TOT", "NFUF") in [(f.tag, f.name, f.text) for f in rows[0].fields]
    assert json.loads(json.dumps(inspection.as_json()))["rows"][2]["width"] == 1800


@pytest.mark.parametrize(
    ("name", "format_", "rows"),
    [
        ("type9.an2k", "ANSI/NIST-ITL", 2),
        ("fmr.ansi2004", "ANSI/INCITS 378-2004", 3),
        ("fmr.iso2005", "ISO/IEC 19794-2:2005", 2),
        ("img.wsq", "WSQ", 1),
        ("face01.iso2005", "ISO/IEC 19794-5:2005", 1),
    ],
)
def test_each_kind_of_file_is_told(name: str, format_: str, rows: int) -> None:
    inspection = codecs.inspect(sample(name))
    assert (inspection.format, len(inspection.rows)) == (format_, rows)
    json.dumps(inspection.as_json())


def test_a_file_of_another_kind_is_refused() -> None:
    for data in (b"", b"%PDF-1.7", b"\x89PNG\r\n", b"1.00"):
        with pytest.raises(Unusable) as refused:
            codecs.inspect(data)
        assert refused.value.code == "biometrics.codec.unknown_format"
