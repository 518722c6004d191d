"""The desks at 390 pixels: twelve people and a whole roll without endless scrolling."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.browser import PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import says

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")


@pytest.fixture
def phone(live_site: LiveSite, new_context: Contexts) -> Page:
    return live_site.as_officer(new_context(viewport=PHONE, has_touch=True), "reception_officer")


def height(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollHeight")
    return found


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_van_of_twelve_is_a_short_list_whose_lines_open(live_site: LiveSite, phone: Page) -> None:
    phone.goto(f"{live_site.address}/custody/reception/receive/")
    shot(phone, "phone-van")
    assert height(phone) < 2500
    line = phone.locator("tbody tr").nth(4)
    injuries = phone.locator("#id_line-4-injuries")
    expect(injuries).to_be_hidden()
    expect(line.locator("[data-row-says]")).to_have_text("")  # nothing is said beforehand
    line.get_by_role("button").tap()
    expect(injuries).to_be_visible()
    injuries.fill("Cut above the right eye")
    phone.locator("#id_line-4-warrant_state").select_option("no")
    shot(phone, "phone-van-open")
    assert violations(phone) == []
    line.get_by_role("button").tap()
    expect(injuries).to_be_hidden()
    expect(line.locator("[data-row-says]")).to_have_text("Warrant: No · Cut above the right eye")


def test_twelve_are_received_on_a_telephone_by_ten_presses_a_line(
    live_site: LiveSite, phone: Page
) -> None:
    phone.goto(f"{live_site.address}/custody/reception/receive/")
    phone.get_by_label("Handed over by").fill("Sgt Requena")
    phone.locator("#id_line-0-name_as_given").focus()
    for number in range(12):  # Enter goes across the line, which opens, and on to the next
        expect(phone.locator(f"#id_line-{number}-name_as_given")).to_be_focused()
        phone.keyboard.type(f"Telefono, Prueba {number}", delay=15)
        phone.keyboard.press("Enter")
        phone.keyboard.type("M")
        phone.keyboard.press("Enter")
        phone.keyboard.press("Enter")
        expect(phone.locator(f"#id_line-{number}-warrant_state")).to_be_focused()
        phone.keyboard.type("Y")
        for _box in range(5):
            phone.keyboard.press("Enter")
    expect(phone.locator("#id_line-3-sex")).to_be_hidden()
    expect(phone.locator("#id_line-3-sex")).to_have_value("male")
    phone.keyboard.press("Control+Enter")
    says(phone, "12 received and on the books.")


def test_a_line_with_a_fault_is_open_when_the_van_comes_back(
    live_site: LiveSite, phone: Page
) -> None:
    phone.goto(f"{live_site.address}/custody/reception/receive/")
    phone.get_by_label("Handed over by").fill("Sgt Requena")
    phone.locator("#id_line-0-name_as_given").fill("Cal, Benito")
    line = phone.locator("tbody tr").nth(0)
    line.get_by_role("button").tap()
    phone.locator("#id_line-0-number").fill("X99")
    phone.get_by_role("button", name="Receive all").tap()
    expect(phone.locator("#id_line-0-number")).to_be_visible()
    expect(line).to_contain_text("No prisoner has this number.")
    expect(phone.locator("#id_line-1-number")).to_be_hidden()


def test_the_rolls_filters_open_on_asking_and_say_how_many_are_set(
    live_site: LiveSite, phone: Page
) -> None:
    phone.goto(f"{live_site.address}/custody/roll/")
    shot(phone, "phone-roll")
    expect(phone.locator("#id_text")).to_be_visible()
    rows = phone.locator("tbody tr").count()
    assert height(phone) < 900 + 120 * rows
    expect(phone.locator("#id_sex")).to_be_hidden()
    phone.get_by_role("button", name="More filters").tap()
    phone.locator("#id_sex").select_option("female")
    shot(phone, "phone-roll-open")
    phone.get_by_role("button", name="Show", exact=True).tap()
    phone.wait_for_url("**sex=female**")
    expect(phone.get_by_role("button", name="More filters (1)")).to_be_visible()
    expect(phone.locator("#id_sex")).to_be_hidden()
    assert phone.locator("tbody tr").first.bounding_box()["y"] < PHONE["height"]  # type: ignore[index]


def test_at_a_desk_the_whole_line_and_every_filter_stay_in_sight(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context(), "reception_officer")
    page.goto(f"{live_site.address}/custody/reception/receive/")
    expect(page.locator("#id_line-4-injuries")).to_be_visible()
    expect(page.locator("[data-row-open]").first).to_be_hidden()
    page.goto(f"{live_site.address}/custody/roll/")
    expect(page.locator("#id_sex")).to_be_visible()
    expect(page.locator("[data-filters-open]")).to_be_hidden()


def test_the_desk_of_the_day_and_a_unit_are_read_on_a_telephone(
    live_site: LiveSite, phone: Page
) -> None:
    phone.goto(f"{live_site.address}/custody/roll/")
    phone.get_by_role("button", name="More filters").tap()
    unit = phone.locator("#id_unit_id option").nth(2).get_attribute("value")
    for name, path in (("desk", "/custody/desk/"), ("unit", f"/custody/units/{unit}/")):
        phone.goto(f"{live_site.address}{path}")
        shot(phone, f"phone-{name}")
        assert height(phone) < 8000
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(phone) == []


def test_an_outcome_at_the_desk_opens_what_it_asks_for(live_site: LiveSite, phone: Page) -> None:
    phone.goto(f"{live_site.address}/custody/desk/")
    line = phone.locator("tbody tr").first
    expect(line.get_by_label("Reference or order seen")).to_be_hidden()
    line.get_by_label("Outcome").select_option("bailed")
    expect(line.get_by_label("Reference or order seen")).to_be_visible()
