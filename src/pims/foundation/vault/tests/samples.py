"""Small real files of each kind, made in memory."""

import io
import zipfile

import pypdf
from PIL import Image, ImageDraw
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def picture(width: int = 320, height: int = 240, *, seed: int = 1) -> Image.Image:
    image = Image.new("RGB", (width, height), (200, 180, 160))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 4, height // 4, width // 2, height // 2), fill=(seed * 37 % 256, 80, 40))
    draw.line((0, 0, width, height), fill=(10, 20, seed * 53 % 256), width=5)
    return image


def image_bytes(format_: str = "JPEG", *, seed: int = 1, size: tuple[int, int] = (320, 240),
                **options: object) -> bytes:  # fmt: skip
    out = io.BytesIO()
    picture(*size, seed=seed).save(out, format_, **options)
    return out.getvalue()


def jpeg_with_position(text: str = "secret place") -> bytes:
    """A JPEG whose EXIF holds a GPS position, a maker and a rotation by a quarter."""
    image = picture(320, 240)
    exif = Image.Exif()
    exif[0x010F] = text  # Make
    exif[0x0112] = 6  # Orientation: turn by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (17.0, 22.0, 10.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif.tobytes(), comment=text.encode())
    return out.getvalue()


def pdf_bytes(*, pages: int = 1, javascript: bool = False, password: str = "", title: str = "",
              ) -> bytes:  # fmt: skip
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if title:
        writer.add_metadata({"/Title": title})
    if javascript:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject("app.alert(1)"),
            }
        )
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zip_bytes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()
