"""Every page keeps WCAG 2.2 AA, with something to show; the main ones on a telephone too."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError
from pypdf import PdfReader

from tests.access.walk import Address, addresses
from tests.accessibility.samples import Samples, addresses_of, make_samples
from tests.fixtures.browser import DESK, PHONE, bring_axe, complaints, violations
from tests.fixtures.live_site import LiveSite

SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")
# What needs a state that a sample cannot have, or that the tests of signing in look at.
ELSEWHERE = (
    "administration:drop_factor", "administration:end_grant", "people:photograph",
    "people:photograph_small", "people:withdraw", "signin:", "style:", "healthz",
    "live:stream", "authority:scan", "authority:order_scan", "unmerge_people", "custody:leave_out",
    "custody:mark_done", "custody:injury_photograph", "courts:scan", "courts:read_scan",
    "biometrics:finger", "biometrics:face",
)  # fmt: skip
SENTENCES = (
    "/sentences/", "/sentences/laws/", "/sentences/laws/compare/?old=belize&new=plain",
)  # fmt: skip
PUBLIC = ("/sign-in/", "/offline/")
MISSING = "/no-such-page/"
ON_A_PHONE = (
    "/", "/board/", "/custody/roll/", "/custody/reception/", "/custody/reception/receive/",
    "/custody/desk/", "/custody/out/send/", "/custody/reception/book/", "/release/", "/alarms/",
    "/alarms/queue/",
    "/release/book/", "/authority/", "/search/?q=tun", "/people/matches/", "/switch/", "/account/",
    "/administration/records/", "/courts/", "/courts/diary/?view=week", "/courts/production/",
    "/courts/readings/", "/courts/waiting/outcome/", "/courts/waiting/next/",
    "/courts/waiting/papers/", "/release/preparation/", "/release/parole/", "/release/register/",
    "/fingerprints/", "/fingerprints/quality/", "/fingerprints/sweeps/", "/exchange/inbox/",
)  # fmt: skip


def pages() -> list[Address]:
    return [a for a in addresses() if not a.name.startswith(ELSEWHERE)]


@pytest.fixture(scope="module")
def samples(live_site: LiveSite) -> Samples:
    return make_samples(live_site.prison)


@dataclass
class Reader:
    """A browser's page, and what its scripts and the content policy complained of."""

    page: Page
    heard: list[str]

    def wrongs(self, address: str) -> list[str]:
        """What is wrong with the page there; nothing where there is no page for a reader."""
        page = self.page
        self.heard.clear()
        try:
            answer = page.goto(address)
        except BrowserError as error:
            # A file, or an address that takes forms alone: nothing to read.
            known = ("ownload is starting", "ERR_HTTP_RESPONSE_CODE_FAILURE", "ERR_ABORTED")
            if not any(words in error.message for words in known):
                return [f"{address}: {error.message}"]
            self._begin_anew()  # the browser's own page about it may still be coming
            return []
        assert answer is not None
        if answer.status == 405 or "html" not in answer.headers.get("content-type", ""):
            return []
        if not page.locator("main").count():  # a part of a page, fetched by another
            return []
        found = [*violations(page), *(w for w in self.heard if "Failed to load" not in w)]
        if answer.status != 200 and not address.endswith(MISSING):
            found.append(f"answers {answer.status}: {page.locator('main').inner_text()[:200]}")
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append("scrolls sideways")
        if SHOTS:
            width = page.evaluate("innerWidth")
            name = "-".join(address.split("/")[3:]).strip("-").replace("?", "-") or "start"
            page.screenshot(path=Path(SHOTS) / f"{width}-{name}.png", full_page=True)
        return [f"{address}: {wrong}" for wrong in found]

    def _begin_anew(self) -> None:
        context = self.page.context
        self.page.close()
        self.page = context.new_page()
        self.heard = complaints(self.page)


@pytest.fixture(scope="module")
def desk(live_site: LiveSite, browser: Browser) -> Iterator[Reader]:
    """Of an officer who may open every page, at a desk."""
    yield from _reader(live_site, browser, viewport=DESK)


@pytest.fixture(scope="module")
def phone(live_site: LiveSite, browser: Browser) -> Iterator[Reader]:
    yield from _reader(live_site, browser, viewport=PHONE, has_touch=True)


def _reader(live_site: LiveSite, browser: Browser, **options: Any) -> Iterator[Reader]:
    context = browser.new_context(**options)
    bring_axe(context)
    page = live_site.as_officer(context)
    yield Reader(page, complaints(page))
    context.close()


@pytest.mark.parametrize("address", pages(), ids=lambda a: a.name)
def test_every_page_is_accessible(
    live_site: LiveSite, samples: Samples, desk: Reader, address: Address
) -> None:
    found = [
        wrong
        for path in addresses_of(address, samples)
        for wrong in desk.wrongs(live_site.address + path)
    ]
    assert not found, "\n".join(found)


def test_the_main_pages_are_accessible_on_a_telephone(
    live_site: LiveSite, samples: Samples, phone: Reader
) -> None:
    held = live_site.prison.held["TUN"]
    paths = (
        *ON_A_PHONE,
        f"/prisoners/{held.number}/",
        f"/prisoners/{held.number}/timeline/",
        f"/prisoners/{held.number}/who/",
        f"/prisoners/{held.number}/custody/",
        f"/custody/place/{held.episode_id}/",
        *(f"/exchange/inbox/{one}/" for one in samples["exchange:message inbound_id"]),
        f"/custody/admission/{live_site.prison.held['YOUNG'].episode_id}/",
        f"/custody/admission/{live_site.prison.held['YOUNG'].episode_id}/property/",
        f"/authority/record/{held.person_id}/",
        *SENTENCES,
        *(f"/sentences/person/{person}/" for person in samples["sentences:person person_id"]),
        *(
            f"/sentences/person/{person}/what-if/?years=1&follows=2&credit=9"
            for person in samples["sentences:what_if person_id"]
        ),
        *(f"/alarms/{alarm}/?queue=1" for alarm in samples["alarm_id"]),
        *(f"/release/case/{case}/" for case in samples["case_id"]),
        *(f"/release/preparation/{one}/" for one in samples["preparation_id"]),
        *(f"/release/parole/{one}/" for one in samples["parole_id"]),
        f"/courts/person/{held.person_id}/",
        f"/courts/order/new/{held.person_id}/",
        *(f"/courts/case/{case}/" for case in samples["courts:case case_id"]),
        *(f"/courts/case/{case}/time/{held.person_id}/" for case in samples["courts:case case_id"]),
        *(f"/courts/order/{order}/" for order in samples["order_id"]),
        *(f"/courts/order/{order}/read/" for order in samples["courts:read order_id"]),
        *(f"/courts/readings/{reading}/" for reading in samples["reading_id"]),
        *(f"/custody/units/{unit}/" for unit in samples["unit_id"]),
        f"/fingerprints/{held.person_id}/",
        f"/fingerprints/{held.person_id}/verify/",
        *(f"/fingerprints/candidate/{one}/" for one in samples["candidate_id"]),
        *(f"/fingerprints/search/{one}/" for one in samples["search_id"]),
        *(f"/custody/reception/van/{van}/" for van in samples["van_id"]),
    )
    found = [wrong for path in paths for wrong in phone.wrongs(live_site.address + path)]
    assert not found, "\n".join(found)


def test_public_and_missing_pages_are_accessible(
    live_site: LiveSite, browser: Browser, desk: Reader
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    nobody = Reader(page, complaints(page))
    found = [w for path in PUBLIC for w in nobody.wrongs(live_site.address + path)]
    found += [w for w in desk.wrongs(live_site.address + MISSING) if "404" not in w]
    context.close()
    assert not found, "\n".join(found)


def test_a_night_shift_and_a_spanish_reader_find_the_same(
    live_site: LiveSite, samples: Samples, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(color_scheme="dark", locale="es-BZ")
    bring_axe(context)
    page = live_site.as_officer(context)
    page.get_by_role("button", name="ES", exact=True).click()
    assert page.locator("html").get_attribute("lang") == "es"
    night = Reader(page, complaints(page))
    case = samples["case_id"][0]
    held = live_site.prison.held["TUN"].number
    paths = ("/", "/board/", "/custody/roll/", f"/prisoners/{held}/", f"/release/case/{case}/",
             "/custody/reception/receive/", "/custody/desk/", "/courts/", "/courts/production/",
             *(f"/courts/order/{order}/" for order in samples["order_id"]),
             *(f"/courts/order/new/{one}/" for one in samples["person_id"]))  # fmt: skip
    found = [wrong for path in paths for wrong in night.wrongs(live_site.address + path)]
    page.get_by_role("button", name="EN", exact=True).click()
    assert not found, "\n".join(found)


def test_the_papers_that_are_printed_from_the_screen_say_whose_they_are(
    live_site: LiveSite, samples: Samples, desk: Reader
) -> None:
    held = live_site.prison.held["TUN"]
    for path, subject in (
        (f"/prisoners/{held.number}/", held.number),
        ("/custody/roll/", "Nominal roll"),
        ("/custody/reception/book/", "Reception book"),
        ("/release/book/", "Discharge book"),
        ("/courts/production/", "Production list"),
        (f"/courts/person/{held.person_id}/", held.number),
    ):
        desk.page.goto(live_site.address + path)
        data = desk.page.pdf(prefer_css_page_size=True)
        if SHOTS:
            (Path(SHOTS) / f"{path.strip('/').replace('/', '-')}.pdf").write_bytes(data)
        sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(data)).pages]
        for number, text in enumerate(sheets, 1):
            assert subject in text, f"{path}: sheet {number} does not say {subject}"
            assert "Belize Central Prison" in text
            assert f"{number} / {len(sheets)}" in text
            assert "Switch user" not in text
