import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pims.biometrics.engine import Unusable
from pims.biometrics.engine.codecs import wsq
from pims.biometrics.engine.extraction.tests import fingers
from pims.biometrics.engine.images import MOST_BYTES, read

PICTURE = fingers.waves(9, 0.5)


def saved(mode: str = "L", kind: str = "PNG", **settings) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).convert(mode).save(buffer, kind, **settings)
    return buffer.getvalue()


def refused(source, **settings) -> Unusable:
    with pytest.raises(Unusable) as refusal:
        read(source, **settings)
    return refusal.value


@pytest.mark.parametrize(
    ("mode", "kind", "off"),
    [
        ("L", "PNG", 0), ("RGB", "PNG", 0), ("P", "PNG", 0), ("LA", "PNG", 0), ("RGBA", "TIFF", 0),
        ("L", "BMP", 0), ("RGB", "BMP", 0), ("L", "TIFF", 0), ("I", "TIFF", 0), ("F", "TIFF", 0),
        ("CMYK", "TIFF", 1), ("L", "JPEG", 12),
    ],
)  # fmt: skip
def test_every_format_and_depth_gives_the_same_picture(mode, kind, off):
    found = read(saved(mode, kind), ppi=500)
    assert np.abs(found.pixels.astype(int) - PICTURE).max() <= off


def test_wsq_is_read_as_it_was_within_its_losses():
    found = read(wsq.write(PICTURE), ppi=500)
    assert np.abs(found.pixels.astype(int) - PICTURE).mean() < 8


def test_sixteen_bits_and_one_bit_keep_black_and_white():
    deep = io.BytesIO()
    Image.fromarray(PICTURE.astype(np.uint16) * 257).save(deep, "PNG")
    assert np.abs(read(deep.getvalue()).pixels.astype(int) - PICTURE).max() <= 1
    assert set(np.unique(read(saved("1")).pixels)) == {0, 255}


def test_what_is_transparent_is_paper():
    buffer = io.BytesIO()
    Image.new("LA", (200, 200), (0, 0)).save(buffer, "PNG")
    assert (read(buffer.getvalue()).pixels == 255).all()


@pytest.mark.parametrize(
    ("tagged", "given_ppi", "ppi", "told"),
    [
        (1000, None, 1000, "file"),
        (499, None, 500, "file"),
        (1000, 500, 500, "given"),
        (72, None, 500, "assumed"),
        (None, None, 500, "assumed"),
    ],
)
def test_the_resolution_is_the_given_one_else_that_of_a_scanner_in_the_file(
    tagged, given_ppi, ppi, told
):
    data = saved(dpi=(tagged, tagged)) if tagged else saved()
    if ppi == 1000:
        data = saved_large(tagged)
    found = read(data, ppi=given_ppi)
    assert (round(found.ppi), found.ppi_from) == (ppi, told)
    assert found.width == 200


def saved_large(ppi: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(fingers.resized(PICTURE, 2)).save(buffer, "PNG", dpi=(ppi, ppi))
    return buffer.getvalue()


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    large = tmp_path / "palm.tiff"
    with large.open("wb") as file:
        file.truncate(100 * 10**6)
    assert refused(large).code == "biometrics.file_large"
    assert refused(bytes(MOST_BYTES + 1)).code == "biometrics.file_large"


def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_unpacked():
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    for side in (6_000, 12_000, 60_000):
        head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b""))
        assert refused(bomb).code == "biometrics.pixels_many"


@pytest.mark.parametrize(
    ("source", "settings", "code"),
    [
        (b"", {}, "biometrics.file_empty"),
        (b"To whom it may concern", {}, "biometrics.format_unknown"),
        (saved(kind="GIF"), {}, "biometrics.format_unknown"),
        (saved()[:900], {}, "biometrics.image_corrupt"),
        (saved(kind="TIFF")[:-400], {}, "biometrics.image_corrupt"),
        (wsq.write(PICTURE)[:900], {}, "biometrics.codec.truncated"),
        (saved(), {"ppi": 197}, "biometrics.ppi_range"),
        (saved(), {"ppi": 0}, "biometrics.ppi_range"),
        (saved(), {"ppi": float("nan")}, "biometrics.ppi_range"),
        (saved(), {"ppi": 1200}, "biometrics.image_small"),
        ("nowhere.png", {}, "biometrics.file_unreadable"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_reason(source, settings, code):
    assert refused(source, **settings).code == code


def test_an_image_as_large_as_a_palm_is_refused_as_such():
    palm = io.BytesIO()
    Image.new("L", (2500, 2500), 200).save(palm, "PNG")
    refusal = refused(palm.getvalue(), ppi=500)
    assert refusal.code == "biometrics.image_large"
    assert refusal.params["width"] == 127


WHOLE = [saved(), saved(kind="TIFF"), saved(kind="BMP"), saved(kind="JPEG")]


@settings(max_examples=120)
@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=6),
    length=st.integers(1, 50_000),
)
def test_a_broken_file_is_refused_or_read_and_nothing_else(whole, changes, length):
    broken = bytearray(whole[:length])
    for at, value in changes:
        if at < len(broken):
            broken[at] = value
    try:
        found = read(bytes(broken))
    except Unusable:
        return
    assert found.pixels.dtype == np.uint8
    assert max(found.pixels.shape) <= 1000


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_of_several_pictures_in_a_file_none_is_taken_for_the_finger(kind):
    out = io.BytesIO()
    pages = [Image.fromarray(page) for page in (PICTURE, 255 - PICTURE)]
    pages[0].save(out, kind, save_all=True, append_images=pages[1:])
    assert refused(out.getvalue()).code == "biometrics.pictures_many"


def test_what_has_no_end_is_refused_before_it_costs_memory():
    assert refused("/dev/zero").code == "biometrics.file_large"
