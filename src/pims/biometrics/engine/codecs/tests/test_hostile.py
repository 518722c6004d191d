"""Whatever comes in, a reader answers or refuses in words, in work bounded by the bytes at hand."""

import re
import sys
import tomllib
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

from pims.biometrics.engine import codecs
from pims.biometrics.engine.codecs import ansi_nist, face_record, fmr, wsq
from pims.biometrics.engine.codecs.bounds import MOST_TRANSACTION_BYTES
from pims.biometrics.engine.codecs.tests.mutation import mutations
from pims.biometrics.engine.codecs.tests.samples import ridges, template
from pims.biometrics.engine.reasons import Unusable
from tests.fixtures.reference import need_reference

# Lines of Python run for one file of n bytes: a handful for each value, and each needs a byte.
LINES_AT_LEAST, LINES_A_BYTE = 6_000, 40
# A reader may hold what it was given some times over (text is decoded, minutiae become arrays).
MEMORY_AT_LEAST, MEMORY_A_BYTE = 3 << 20, 60
# Of a small file, whose every byte is looked at; of a large one most is image.
EACH, EACH_LARGE, LARGE = 2_000, 1_000, 100_000
NAMES = (
    "fmr.ansi2004", "fmr.ansi2007", "fmr.iso2005", "face01.iso2005", "type9.an2k", "valid1.1.an2",
    "valid1.3.an2", "valid1.4.an2", "valid1.7.an2", "valid1.8.an2", "valid1.9.an2",
    "type_6_wvu.an2", "type_3_wvu.an2", "type_5_wvu.an2", "sign_vec.an2", "sign_raw.an2",
    "valid1.2.an2", "valid1.5.an2", "valid1.6.an2",
)  # fmt: skip


# The engine knows no page, so its tests read the words from their files.
WORDING = Path(codecs.__file__).parents[3] / "ui" / "wording"
LANGUAGES = {"en", "es"}


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    files = sorted(WORDING.glob("biometrics*.toml"))
    return {k: v for f in files for k, v in tomllib.loads(f.read_text("utf-8")).items()}


def everything(data: bytes) -> None:
    """All that can be asked of a file; refusals of its parts count as answers."""
    if fmr.is_record(data):
        fmr.read(data)
        fmr.write_record(fmr.read_record(data))
    elif face_record.is_face_record(data):
        face_record.read_faces(data)
    elif wsq.is_wsq(data):
        wsq.header(data)
    else:
        transaction = ansi_nist.read_transaction(data)
        codecs.inspect(data)
        ansi_nist.write_transaction(transaction)
        for held in ansi_nist.minutiae(transaction):
            held.template()
        list(ansi_nist.images(transaction))


def refused(data: bytes, ask: Callable[[bytes], object] = everything) -> str | None:
    """The code of the refusal, None where it was answered; anything else escapes."""
    try:
        ask(data)
    except Unusable as refusal:
        words = catalogue()[refusal.code]
        for language in LANGUAGES:
            words[language].format(**refusal.params)
        return refusal.code
    return None


@pytest.mark.parametrize("name", NAMES)
def test_only_our_own_refusal_escapes_from_a_changed_file(name: str) -> None:
    data = need_reference(f"ansi_nist/{name}").read_bytes()
    count = EACH if len(data) < LARGE else EACH_LARGE
    codes = {refused(changed) for changed in mutations(data, seed=len(data), count=count)}
    # The mutations reach past the first check, and some change nothing that matters.
    assert None in codes
    assert len(codes) > 3


def test_only_our_own_refusal_escapes_from_a_changed_image() -> None:
    data = wsq.write(ridges(70, 66))
    codes = {refused(changed, wsq.read) for changed in mutations(data, seed=17, count=EACH // 2)}
    assert None in codes
    assert len(codes) > 6


@pytest.mark.parametrize("standard", list(fmr.Standard))
def test_only_our_own_refusal_escapes_from_a_changed_record(standard: fmr.Standard) -> None:
    data = fmr.write([template(40), template(3, position=7)], standard)
    codes = {refused(changed) for changed in mutations(data, seed=29, count=EACH // 2)}
    assert None in codes
    assert len(codes) > 3


def work(data: bytes) -> int:
    """Lines of Python that the answer took: the same on every machine."""
    lines = 0

    def count(_frame: FrameType, event: str, _arg: object) -> object:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        refused(data)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("name", ["fmr.ansi2004", "fmr.iso2005", "type9.an2k", "valid1.1.an2"])
def test_the_work_is_bounded_by_the_bytes(name: str) -> None:
    data = need_reference(f"ansi_nist/{name}").read_bytes()[:6000]
    for changed in mutations(data, seed=3, count=60):
        assert work(changed) <= LINES_AT_LEAST + LINES_A_BYTE * len(changed)


def claims() -> dict[str, bytes]:
    """Small files that claim to be large."""
    booking = ansi_nist.transaction(
        type_of_transaction="CAR", origin="A", destination="B", control_number="1",
        date=date(2026, 1, 1), minutiae=[template(5)],
    )  # fmt: skip
    iso = fmr.write([template(5)])
    return {
        "a record of 4 GB": iso[:8] + b"\xff\xff\xff\xff" + iso[12:],
        "a view of 4 GB": iso[:15] + b"\xff\xff\xff\xff" + iso[19:],
        "65,535 views": iso[:12] + b"\xff\xff" + iso[14:],
        "65,535 faces": b"FAC\x00010\x00" + (14).to_bytes(4, "big") + b"\xff\xff",
        "a text record of 9,999,999,999 bytes": booking.replace(b"1.001:", b"1.001:9999999999", 1),
        "65,535 records": b"1.001:32\x1d1.002:0500\x1d1.003:1\x1f65535\x1c",
        "an image of 4 GB": (
            b"1.001:42\x1d1.002:0500\x1d1.003:1\x1f1\x1e4\x1f00\x1d1.004:X\x1c"
            b"\xff\xff\xff\xff\x00" + bytes(40)
        ),
        "65,535 minutiae": booking.replace(b"9.010:5", b"9.010:65535"),
        "a number of 1,000 digits": b"1.001:" + b"9" * 1000 + b"\x1d",
        "nothing but separators": b"1.001:2006\x1d" + b"\x1d" * 1994 + b"\x1c",
        "subfields without end": b"1.001:2017\x1d1.003:" + b"\x1e" * 1999 + b"\x1c",
    }


@pytest.mark.parametrize("what", claims())
def test_a_small_file_that_claims_to_be_large_costs_what_a_small_file_costs(what: str) -> None:
    data = claims()[what]
    assert refused(data) is not None
    assert work(data) <= LINES_AT_LEAST + LINES_A_BYTE * len(data)
    tracemalloc.start()
    try:
        refused(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= MEMORY_AT_LEAST + MEMORY_A_BYTE * len(data)


def test_a_file_larger_than_any_booking_is_refused_unread() -> None:
    huge = b"1.001:9\x1d" + bytes(MOST_TRANSACTION_BYTES)
    assert refused(huge) == "biometrics.codec.too_large"
    assert work(huge) < LINES_AT_LEAST


def test_text_without_end_is_refused_before_it_is_taken_apart() -> None:
    half = ansi_nist.TextRecord(
        2, (ansi_nist.Field.of(2, "00"), ansi_nist.Field.of(3, "x" * 2_000_000))
    )
    information = ansi_nist.TextRecord(1, ())
    for count, code in ((2, None), (3, "biometrics.codec.text_large")):
        data = ansi_nist.write_transaction(ansi_nist.Transaction(information, (half,) * count))
        assert refused(data, ansi_nist.read_transaction) == code


@pytest.mark.parametrize("name", ["type9.an2k", "valid1.3.an2", "sign_vec.an2", "fmr.ansi2004"])
def test_a_sample_cut_off_anywhere_is_refused(name: str) -> None:
    data = need_reference(f"ansi_nist/{name}").read_bytes()
    for length in range(0, len(data), max(1, len(data) // 1500)):
        assert refused(data[:length]) is not None


def test_every_refusal_has_its_words_in_both_languages() -> None:

    source = Path(codecs.__file__).parent
    codes = {
        code
        for path in source.rglob("*.py")
        if "tests" not in path.parts
        for code in re.findall(r'"(biometrics\.codec\.[a-z_0-9]+)"', path.read_text("utf-8"))
    }
    words = catalogue()
    assert len(codes) > 50
    assert {code for code in codes if set(words.get(code, ())) != set(LANGUAGES)} == set()
    ours = {code for code in words if code.startswith("biometrics.codec.")}
    assert ours - codes == set()


def worst(what: str) -> bytes:
    """Files of what costs most to take apart."""
    if what == "text":
        items = ansi_nist.Field(3, ((("ab",) * 10),) * 2_000)
        described = ansi_nist.TextRecord(2, (ansi_nist.Field.of(2, "00"), items))
        return ansi_nist.write_transaction(
            ansi_nist.Transaction(ansi_nist.TextRecord(1, ()), (described,) * 3)
        )
    if what == "minutiae of an image that every record might be":
        number = ansi_nist.Field.of(2, "01")
        broken = ansi_nist.TextRecord(14, (number,), b"")
        empty = ansi_nist.TextRecord(9, (number, ansi_nist.Field.of(10, 0)))
        return ansi_nist.write_transaction(
            ansi_nist.Transaction(ansi_nist.TextRecord(1, ()), (broken,) * 499 + (empty,) * 499)
        )
    view = fmr.record_of([template(0)], fmr.Standard.INCITS_2004).views[0]
    blocks = tuple(fmr.OpaqueBlock(9, b"") for _ in range(64))
    views = (replace(view, extended=blocks),) * 255
    return fmr.write_record(fmr.Record(fmr.Standard.INCITS_2004, views))


@pytest.mark.parametrize(
    "what", ["text", "minutiae of an image that every record might be", "blocks"]
)
def test_a_file_of_what_costs_most_still_costs_only_its_bytes(what: str) -> None:
    data = worst(what)
    assert work(data) <= LINES_AT_LEAST + LINES_A_BYTE * len(data)
