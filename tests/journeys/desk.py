"""What an officer does at a form, in a few words."""

import re
import struct
import zlib
from datetime import date, datetime

from playwright.sync_api import Locator, Page, expect

# Nothing of the page is on its way, or it has said that the network is away.
ANSWERED = "body:not(:has(form[data-sending])), body:has(#p-pending:not([hidden]))"


def fill_day(page: Page, field: str, day: date) -> None:
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"#id_{field}_{part}").fill(str(value))


def fill_instant(page: Page, field: str, at: datetime) -> None:
    fill_day(page, field, at.date())
    page.locator(f"#id_{field}_time").fill(f"{at:%H:%M}")


def press(page: Page, name: str) -> None:
    """Press a button that says exactly this, and wait until what it sent has its answer."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(ANSWERED)).to_be_attached(timeout=60_000)


def follow(page: Page, name: str) -> None:
    """Follow a link, also one that looks like a button."""
    link = page.get_by_role("link", name=name, exact=True)
    link.or_(page.get_by_role("button", name=name, exact=True)).first.click()


def row_of(page: Page, family: str) -> Locator:
    return page.locator("tbody tr").filter(has_text=re.compile(rf"{family}, "))


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


def photograph(width: int = 320, height: int = 400) -> bytes:
    """A PNG of a face that nobody has: an oval on a plain ground."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = ((x - width / 2) / 90) ** 2 + ((y - height * 0.45) / 120) ** 2 < 1
            body = y > height * 0.72 and abs(x - width / 2) < 130 * (y / height)
            rows += b"\xb8\x8a\x64" if inside else b"\x3a\x5a\x70" if body else b"\xdd\xe3\xe6"
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
