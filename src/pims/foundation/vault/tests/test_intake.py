"""What is promised about files that come in: only pictures and PDFs, and nothing hidden in them."""

import io
import struct
import zlib

import pytest
from PIL import Image

from pims.foundation.vault import intake
from pims.foundation.vault.tests import samples
from pims.kernel.errors import InvalidInput


def refused(kind: str, data: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        intake.accept(kind, data, name="scan")  # type: ignore[arg-type]
    return caught.value.fields["scan"].code


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_scan_as_a_picture_is_kept_as_it_came(format_: str) -> None:
    text = samples.image_bytes(format_)
    found = intake.accept("scan", io.BytesIO(text))
    assert (found.text, found.media_type, found.pages) == (text, f"image/{format_.lower()}", 1)


def test_a_tiff_of_several_pages_is_one_scan() -> None:
    out = io.BytesIO()
    samples.picture().save(out, "TIFF", save_all=True, append_images=[samples.picture(seed=2)] * 2)
    assert intake.accept("scan", out.getvalue()).pages == 3


def test_a_pdf_is_kept_as_it_came_with_its_pages_counted() -> None:
    text = samples.pdf_bytes(pages=3)
    found = intake.accept("scan", text)
    assert (found.text, found.media_type, found.pages, found.marks) == (
        text, "application/pdf", 3, (),
    )  # fmt: skip


def test_a_pdf_with_a_password_or_a_script_is_kept_and_marked() -> None:
    assert intake.accept("scan", samples.pdf_bytes(javascript=True)).marks == ("active_content",)
    locked = intake.accept("scan", samples.pdf_bytes(password="x"))
    assert (locked.marks, locked.pages) == (("encrypted",), None)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_becomes_a_jpeg_of_ours_with_a_thumbnail(format_: str) -> None:
    found = intake.accept("photo", samples.image_bytes(format_, size=(3000, 2000)))
    assert found.media_type == "image/jpeg"
    assert found.thumbnail is not None
    assert Image.open(io.BytesIO(found.text)).size == (1200, 800)
    assert Image.open(io.BytesIO(found.thumbnail)).size == (240, 160)


def test_a_small_photograph_is_not_blown_up_and_transparency_is_no_obstacle() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (64, 48), (255, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(intake.accept("photo", out.getvalue()).text)).size == (64, 48)


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright() -> None:
    text = samples.jpeg_with_position("secret place")
    assert b"secret place" in text
    found = intake.accept("photo", text)
    assert found.thumbnail is not None
    for kept in (found.text, found.thumbnail):
        assert b"secret place" not in kept
        assert b"Exif" not in kept
        image = Image.open(io.BytesIO(kept))
        assert len(image.getexif()) == 0
        assert image.height > image.width


@pytest.mark.parametrize(
    "data",
    [b"MZ\x90\x00" + bytes(200), b"<html><script>alert(1)</script></html>", b"%PDF-1.7 not really",
     b"%PDF-1.7\n%%EOF\n", b"GIF89a" + bytes(100), b"\x89PNG\r\n\x1a\n" + bytes(50), b"x"],
)  # fmt: skip
def test_anything_else_is_refused_whatever_it_is_called(data: bytes) -> None:
    assert refused("scan", data) == "vault.not_a_scan"
    assert refused("photo", data) == "vault.not_a_photo"


def test_a_pdf_is_no_photograph_and_nothing_is_nothing() -> None:
    assert refused("photo", samples.pdf_bytes()) == "vault.not_a_photo"
    assert refused("scan", b"") == "vault.empty"
    assert refused("scan", io.BytesIO()) == "vault.empty"


@pytest.mark.parametrize("cut", [30, 300, 900])
def test_half_a_picture_is_refused(cut: int) -> None:
    text = samples.image_bytes("PNG")
    assert refused("scan", text[:-cut]) == "vault.not_a_scan"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_that_is_also_an_archive_is_refused(format_: str) -> None:
    both = samples.image_bytes(format_) + samples.zip_bytes()
    assert refused("scan", both) == "vault.two_files_in_one"
    assert refused("photo", both) == "vault.two_files_in_one"


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"#!/bin/sh\nrm -r /\n"])
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_something_behind_its_end_is_refused(format_: str, tail: bytes) -> None:
    assert refused("scan", samples.image_bytes(format_) + tail) == "vault.two_files_in_one"


def test_a_pdf_with_something_before_or_behind_it_is_refused() -> None:
    pdf = samples.pdf_bytes()
    assert refused("scan", pdf + samples.zip_bytes()) == "vault.two_files_in_one"
    assert refused("scan", pdf + b"<script>alert(1)</script>") == "vault.two_files_in_one"
    assert refused("scan", b"junk " + pdf) == "vault.two_files_in_one"
    tiff = samples.image_bytes("TIFF")
    assert refused("scan", tiff[:8] + pdf + tiff[8:]) == "vault.two_files_in_one"


def test_padding_and_the_second_picture_of_a_camera_are_no_offence() -> None:
    jpeg = samples.image_bytes("JPEG", progressive=True)
    assert intake.accept("scan", jpeg + b"\x00" * 40).media_type == "image/jpeg"
    assert intake.accept("scan", jpeg + samples.image_bytes("JPEG", seed=4)).pages == 1
    assert intake.accept("scan", samples.pdf_bytes() + b"\r\n\x00\x00").pages == 1


class EndlessUpload:
    """500 MB that do not exist: counts what is taken of it."""

    def __init__(self, size: int | None) -> None:
        if size is not None:
            self.size = size
        self.taken = 0

    def read(self, count: int = -1) -> bytes:
        assert count > 0, "the whole was asked for at once"
        self.taken += count
        return b"\xff" * count


@pytest.mark.parametrize("kind", ["photo", "scan"])
def test_500_megabytes_are_refused_without_being_read(kind: str) -> None:
    upload = EndlessUpload(500 * 1024 * 1024)
    assert refused(kind, upload) == "vault.too_large"
    assert upload.taken == 0


@pytest.mark.parametrize(("kind", "megabytes"), [("photo", 10), ("scan", 25)])
def test_an_upload_that_hides_its_size_is_read_to_the_limit_and_no_further(
    kind: str, megabytes: int
) -> None:
    upload = EndlessUpload(None)
    assert refused(kind, upload) == "vault.too_large"
    assert upload.taken == megabytes * 1024 * 1024 + 1


def _png_of(width: int, height: int) -> bytes:
    """A PNG whose few kilobytes unpack to width x height pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(
            ">I", zlib.crc32(name + body)
        )  # fmt: skip

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (19_000, 19_000), (9_000, 9_000), (1, 30_000)])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert refused("photo", _png_of(*size)) == "vault.too_many_pixels"
    assert refused("scan", _png_of(*size)) == "vault.too_many_pixels"
