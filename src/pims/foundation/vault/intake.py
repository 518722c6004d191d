"""What may come in as a photograph or a scan: judged by its bytes, never by its name.

Nothing here writes. A file is refused where it is not what it must be, or where it is two things
at once (a picture that is also an archive, a PDF with a program behind its end).
"""

import io
import warnings
from dataclasses import dataclass, field
from typing import BinaryIO

from PIL import Image, ImageOps

from pims.foundation.vault import pdfs
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

MEGABYTE = 1024 * 1024
LIMITS = {"photo": 10 * MEGABYTE, "scan": 25 * MEGABYTE}

# A4 at 600 dpi is 35 million; a phone's picture 12 to 50.
MAX_PIXELS = 60_000_000
MAX_PIXELS_TOGETHER = 4 * MAX_PIXELS  # of all pages of a TIFF
MAX_SIDE = 20_000
MAX_PAGES = 500
PHOTO_SIDE, THUMBNAIL_SIDE = 1200, 240

_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is stored. For a photograph both pictures are our own; a scan stays as it came."""

    media_type: str
    text: bytes = field(repr=False)
    pages: int | None = None
    marks: tuple[str, ...] = ()
    thumbnail: bytes | None = field(default=None, repr=False)


def accept(kind: str, data: bytes | BinaryIO, *, name: str = "file") -> Accepted:
    """Judge an upload of kind `photo` or `scan`; `name` is the form field to blame.

    Raises InvalidInput: `vault.too_large`, `vault.empty`, `vault.not_a_photo`,
    `vault.not_a_scan`, `vault.too_many_pixels`, `vault.too_many_pages`, `vault.two_files_in_one`.
    """
    try:
        text = _read(data, LIMITS[kind])
        if _is_also_an_archive(text):
            raise _Unfit("vault.two_files_in_one")
        return _photo(text) if kind == "photo" else _scan(text)
    except _Unfit as unfit:
        raise InvalidInput({name: unfit.reason}) from None


class _Unfit(Exception):
    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.reason = Reason(code, params)


def _read(data: bytes | BinaryIO, limit: int) -> bytes:
    """At most one byte over the limit is ever read; a size that is told is believed first."""
    told = len(data) if isinstance(data, bytes) else getattr(data, "size", None)
    if isinstance(told, int) and told > limit:
        raise _too_large(limit)
    if isinstance(data, bytes):
        text = data
    else:
        pieces, left = [], limit + 1
        while left > 0 and (piece := data.read(min(left, MEGABYTE))):
            pieces.append(piece)
            left -= len(piece)
        text = b"".join(pieces)
        if len(text) > limit:
            raise _too_large(limit)
    if not text:
        raise _Unfit("vault.empty")
    return text


def _too_large(limit: int) -> _Unfit:
    return _Unfit("vault.too_large", megabytes=limit // MEGABYTE)


def _photo(text: bytes) -> Accepted:
    picture = _decoded(text, "vault.not_a_photo")
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    return Accepted("image/jpeg", _jpeg(upright, PHOTO_SIDE), thumbnail=_jpeg(
        upright, THUMBNAIL_SIDE
    ))  # fmt: skip


def _jpeg(picture: Image.Image, side: int) -> bytes:
    """Our own JPEG of at most `side` pixels a side, without any of what the camera wrote in it."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _scan(text: bytes) -> Accepted:
    if text.startswith(b"%PDF-"):
        try:
            seen = pdfs.inspect(text)
        except pdfs.NotAPdf:
            raise _Unfit("vault.not_a_scan") from None
        except pdfs.MoreAfterTheEnd:
            raise _Unfit("vault.two_files_in_one") from None
        if seen.pages is not None and seen.pages > MAX_PAGES:
            raise _Unfit("vault.too_many_pages", most=MAX_PAGES)
        return Accepted("application/pdf", text, pages=seen.pages, marks=seen.marks)
    if b"%PDF-" in text[:1024]:
        raise _Unfit("vault.two_files_in_one")
    picture = _decoded(text, "vault.not_a_scan")
    _refuse_more_after_the_end(text, str(picture.format))
    pages = int(getattr(picture, "n_frames", 1))
    return Accepted(_FORMATS[str(picture.format)], text, pages=pages)


def _decoded(text: bytes, code: str) -> Image.Image:
    """The picture, every frame of it decoded: what cannot be shown is not kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which is not kept
            picture = Image.open(io.BytesIO(text), formats=list(_FORMATS))
            frames = int(getattr(picture, "n_frames", 1))
            if frames > MAX_PAGES:
                raise _Unfit("vault.too_many_pages", most=MAX_PAGES)
            total = 0
            for frame in range(frames):
                if frames > 1:
                    picture.seek(frame)
                # The size stands in the header: refused before a pixel is unpacked.
                pixels = picture.width * picture.height
                total += pixels
                if (
                    max(picture.size) > MAX_SIDE
                    or pixels > MAX_PIXELS
                    or total > MAX_PIXELS_TOGETHER
                ):
                    raise _Unfit("vault.too_many_pixels", most=MAX_PIXELS // 1_000_000)
                picture.load()
            if frames > 1:
                picture.seek(0)
                picture.load()
            return picture
    except _Unfit:
        raise
    except Image.DecompressionBombError:
        raise _Unfit("vault.too_many_pixels", most=MAX_PIXELS // 1_000_000) from None
    except Exception:
        # Decoders fail on hostile input in ways without end; each means: not a picture.
        raise _Unfit(code) from None


def _refuse_more_after_the_end(text: bytes, format_: str) -> None:
    """A picture ends where its format says; padding with zeros may follow, nothing else."""
    end = {"JPEG": _end_of_jpeg, "PNG": _end_of_png, "WEBP": _end_of_webp}.get(format_)
    # A TIFF has no end of its own: its parts may lie anywhere in the file.
    if end is not None and text[end(text) :].strip(b"\x00\r\n "):
        raise _Unfit("vault.two_files_in_one")


def _end_of_png(text: bytes) -> int:
    at = 8
    while at + 8 <= len(text):
        length, name = int.from_bytes(text[at : at + 4], "big"), text[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            break
    return at


def _end_of_webp(text: bytes) -> int:
    length = int.from_bytes(text[4:8], "little")
    return 8 + length + length % 2


def _end_of_jpeg(text: bytes) -> int:
    """After the end-of-image marker of the first image; the pictures that cameras append
    (multi-picture format) count as one file where they are JPEGs one behind the other."""
    at = 0
    while text.startswith(b"\xff\xd8", at):
        at = _end_of_one_jpeg(text, at)
        while text.startswith(b"\x00", at):
            at += 1
    return at


def _end_of_one_jpeg(text: bytes, at: int) -> int:
    at += 2
    while at + 4 <= len(text):
        if text[at] != 0xFF:
            return at
        marker = text[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        at += 2 + int.from_bytes(text[at + 2 : at + 4], "big")
        if marker == 0xDA:  # after it comes coded data, to the next marker that is not stuffing
            while (at := text.find(b"\xff", at)) != -1:
                following = text[at + 1 : at + 2]
                if following not in (b"\x00", b"\xff") and not b"\xd0" <= following <= b"\xd7":
                    break
                at += 1 if following == b"\xff" else 2
            else:
                return len(text)
    if text[at : at + 2] == b"\xff\xd9":
        return at + 2
    return len(text)


def _is_also_an_archive(text: bytes) -> bool:
    """Whether a ZIP reader (which starts at the end) would find a directory in it."""
    tail = max(0, len(text) - 66_000)
    at = text.rfind(b"PK\x05\x06", tail)
    while at != -1:
        size = int.from_bytes(text[at + 12 : at + 16], "little")
        if at >= size > 0 and text.startswith(b"PK\x01\x02", at - size):
            return True
        at = text.rfind(b"PK\x05\x06", tail, at)
    return False
