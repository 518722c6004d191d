"""An image file of one finger, read with bounds and brought to 500 ppi.

PNG, TIFF, BMP, JPEG and WSQ; 1 to 32 bits a pixel, grey or colour, with or without transparency.
What can't be read is refused with its reason before it can cost memory.
"""

import io
import os
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pims.biometrics.engine.codecs import wsq
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import PPI

__all__ = ["MOST_BYTES", "MOST_PIXELS", "Print", "check_ppi", "file_bytes", "from_pixels", "read"]

# Of Pillow, which also has readers for what no scanner writes; WSQ has its own.
FORMATS = ("PNG", "TIFF", "BMP", "JPEG")
# Which of several pictures in a file is the finger, nobody can tell.
PAGED = ("PNG", "TIFF")
# A card of ten prints at 1000 ppi has as many; one finger, however finely scanned, far fewer.
MOST_BYTES = 32 * 2**20
MOST_PIXELS = 24_000_000
# Below, ridges run together; above, no scanner of fingers works.
LEAST_PPI, MOST_PPI = 200, 4000
# What programs write that know no resolution; and what no scanner of fingers writes.
TAGGED_PPI = (250.0, 1200.0)
# At 500 ppi: 5 mm, and the largest single print (a thumb rolled from nail to nail) with a margin.
LEAST_SIDE, MOST_SIDE = 100, 1000


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """One finger's image at 500 ppi, ridges dark."""

    pixels: NDArray[np.uint8]  # (height, width)
    ppi: float  # of the file
    ppi_from: Literal["given", "file", "assumed"]
    inverted: bool = False  # the ridges of the file were light

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def read(
    source: bytes | Path | str, *, ppi: float | None = None, most_side: int = MOST_SIDE
) -> Print:
    """The image of one finger, from a file or its bytes.

    `ppi` is the resolution; without it that of the file's own tags, where they name one that a
    fingerprint scanner has, else 500. `most_side` is how long a side may be, in px at 500 ppi:
    larger where several fingers are expected. Raises `Unusable`.
    """
    data = file_bytes(source)
    check_ppi(ppi)
    # Pillow warns of images that our own bound refuses in words.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grey, tagged = _decode(data)
    if ppi is not None:
        return from_pixels(grey, ppi=ppi, most_side=most_side)
    if tagged is not None:
        return from_pixels(grey, ppi=tagged, ppi_from="file", most_side=most_side)
    return from_pixels(grey, ppi=PPI, ppi_from="assumed", most_side=most_side)


def from_pixels(
    grey: NDArray[np.uint8],
    *,
    ppi: float = PPI,
    ppi_from: Literal["given", "file", "assumed"] = "given",
    most_side: int = MOST_SIDE,
) -> Print:
    """The same from pixels (height, width), 0 black. Raises `Unusable`."""
    check_ppi(ppi)
    scale = PPI / ppi
    height, width = grey.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if min(size) < LEAST_SIDE:
        raise Unusable(
            "biometrics.image_small",
            width=_mm(size[0]), height=_mm(size[1]), least=_mm(LEAST_SIDE),
        )  # fmt: skip
    if max(size) > most_side:
        raise Unusable(
            "biometrics.image_large",
            width=_mm(size[0]), height=_mm(size[1]), most=_mm(most_side), ppi=round(ppi),
        )  # fmt: skip
    if size != (width, height):
        how = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
        grey = np.asarray(Image.fromarray(grey).resize(size, how))
    return Print(np.ascontiguousarray(grey), float(ppi), ppi_from)


def _mm(pixels: int) -> int:
    return round(pixels * 25.4 / PPI)


def check_ppi(ppi: float | None) -> None:
    """Raise `Unusable` unless a scanner of fingers can have this resolution."""
    if ppi is not None and not LEAST_PPI <= ppi <= MOST_PPI:
        raise Unusable("biometrics.ppi_range", ppi=_number(ppi), least=LEAST_PPI, most=MOST_PPI)


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(value, 1)


def file_bytes(source: bytes | Path | str) -> bytes:
    """The bytes, read where a file is named. Raises `Unusable` where there are too many or none."""
    if isinstance(source, bytes):
        size, data = len(source), source
    else:
        path = Path(source)
        try:
            # No more than that: what is no ordinary file has no size, and may have no end.
            with path.open("rb") as file:
                size = max(os.fstat(file.fileno()).st_size, 0)
                data = b"" if size > MOST_BYTES else file.read(MOST_BYTES + 1)
                size = max(size, len(data))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise Unusable(
                "biometrics.file_unreadable", file=path.name or str(path), why=why
            ) from error
    if size > MOST_BYTES:
        raise Unusable("biometrics.file_large", size=round(size / 2**20), most=MOST_BYTES // 2**20)
    if not data:
        raise Unusable("biometrics.file_empty")
    return data


def _decode(data: bytes) -> tuple[NDArray[np.uint8], float | None]:
    """Grey pixels as they are seen, and the resolution that the file names."""
    if wsq.is_wsq(data):
        pixels, ppi = wsq.read(data)
        return pixels, _plausible(ppi)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_pixels(*image.size)
            tagged = _tagged_ppi(image)
            if image.format in PAGED and _has_more(image):
                raise Unusable("biometrics.pictures_many")
            image.load()
            return _grey(ImageOps.exif_transpose(image)), tagged
    except UnidentifiedImageError as error:
        formats = ", ".join((*FORMATS, "WSQ"))
        raise Unusable("biometrics.format_unknown", formats=formats) from error
    except Image.DecompressionBombError as error:
        raise Unusable("biometrics.pixels_many", most=MOST_PIXELS // 1_000_000) from error
    except _BROKEN as error:
        raise Unusable("biometrics.image_corrupt") from error


# What a broken file does to a decoder is not told by the kind of the error.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError,
    OverflowError, ZeroDivisionError, MemoryError, struct.error,
)  # fmt: skip


def _has_more(image: Image.Image) -> bool:
    """Whether a second picture is in the file; none after it is looked for."""
    try:
        image.seek(1)
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unusable("biometrics.pixels_many", most=MOST_PIXELS // 1_000_000)


def _tagged_ppi(image: Image.Image) -> float | None:
    found = image.info.get("dpi")
    try:
        across, down = float(found[0]), float(found[1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    # Pixels that are not square are told by no scanner of fingers.
    return _plausible(across) if abs(across - down) <= 0.02 * max(across, down, 1.0) else None


def _plausible(ppi: float | None) -> float | None:
    """PNG and JPEG round to dots a metre or a centimetre: 499.99 and 501 are 500."""
    if ppi is None or not TAGGED_PPI[0] <= ppi <= TAGGED_PPI[1]:
        return None
    return float(PPI) if abs(ppi - PPI) < 3 else ppi


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    """8 bits of grey; what is transparent is paper."""
    if image.mode == "L":
        return np.array(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _scaled(np.asarray(image).astype(np.float32))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    if image.mode == "L":
        return np.array(image)
    return np.array(image.convert("RGB").convert("L") if image.mode == "P" else image.convert("L"))


def _scaled(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """More than 8 bits a pixel, to 8; the full scale is told by the largest value."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(values.max(initial=0.0))
    full = next((f for f in (1.0, 255.0, 65_535.0) if most <= f), float(2**32 - 1))
    scaled: NDArray[np.uint8] = np.clip(values * (255.0 / full) + 0.5, 0, 255).astype(np.uint8)
    return scaled
