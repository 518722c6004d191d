"""Every component keeps WCAG 2.2 AA, on the desk, on a telephone, at night, in both languages."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from pypdf import PdfReader

from tests.fixtures.browser import DESK, PHONE, complaints, violations
from tests.fixtures.sample_site import SampleSite

Contexts = Callable[..., BrowserContext]
SIGHTS = [
    pytest.param({"viewport": DESK}, "en", id="desk"),
    pytest.param({"viewport": PHONE, "has_touch": True}, "en", id="phone"),
    pytest.param({"viewport": DESK, "color_scheme": "dark"}, "en", id="night"),
    pytest.param({"viewport": PHONE}, "es", id="telefono"),
]


@pytest.mark.parametrize(("options", "language"), SIGHTS)
def test_every_component_is_accessible(
    sample_site: SampleSite, new_context: Contexts, options: dict[str, Any], language: str
) -> None:
    page = new_context(**options).new_page()
    heard = complaints(page)
    page.goto(f"{sample_site.address}?language={language}")
    page.wait_for_selector("body.js-enabled")
    assert violations(page) == []
    assert heard == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"


@pytest.mark.parametrize("dialog", ["p-shortcuts", "p-idle"])
def test_the_dialogs_are_accessible(
    sample_site: SampleSite, new_context: Contexts, dialog: str
) -> None:
    page = new_context().new_page()
    page.goto(sample_site.address)
    page.evaluate("id => document.getElementById(id).showModal()", dialog)
    assert violations(page) == []


def test_the_page_works_without_scripts(sample_site: SampleSite, new_context: Contexts) -> None:
    page = new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(sample_site.address)
    assert page.get_by_role("link", name="Nominal roll").first.is_visible()
    page.locator("#id_name_as_given").fill("TUN")
    page.locator("#id_name_as_given").press("Enter")
    expect(page.get_by_text("Saved by the server.")).to_be_visible()


def test_every_printed_sheet_says_whose_it_is(
    sample_site: SampleSite, new_context: Contexts
) -> None:
    page = new_context().new_page()
    page.goto(sample_site.address)
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    sheets = [sheet.extract_text() for sheet in paper.pages]
    assert len(sheets) > 1
    width, height = (round(float(side) / 72 * 25.4) for side in paper.pages[0].mediabox[2:])
    assert (width, height) == (210, 297)
    for number, text in enumerate(sheets, 1):
        assert "4821937-64" in text
        assert re.search(r"Printed\s+\d+ \w+ \d{4} \d\d:\d\d", text)
        assert f"{number} / {len(sheets)}" in text
    assert "Switch user" not in " ".join(sheets)
