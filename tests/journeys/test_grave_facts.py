"""A death entered of the wrong man: asked for twice, said everywhere, taken back by name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import follow, press, says

WHO = "CHOC"


@pytest.fixture
def officer(
    live_site: LiveSite, new_context: Callable[..., BrowserContext]
) -> Callable[[str], Page]:
    return lambda role: live_site.as_officer(new_context(), role)


def test_a_death_is_confirmed_of_this_person_and_then_said_on_every_page(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Record an event")
    follow(page, "Died")
    page.get_by_label("Where").fill("Cell, at the unlock")
    press(page, "Save")
    says(page, "Is it this person?")
    number = live_site.prison.held[WHO].number
    expect(page.get_by_role("button", name=f"Yes, record it of {number}")).to_be_visible()
    page.get_by_role("button", name="Change what I typed").press("Enter")
    expect(page.get_by_label("Where")).to_have_value("Cell, at the unlock")
    press(page, "Save")
    page.get_by_role("button", name=f"Yes, record it of {number}").press("Enter")
    expect(page.locator(".p-identity").first).to_contain_text("Died")
    says(page, "Cell, at the unlock")
    says(page, "Not recorded yet")


def test_the_officer_in_charge_takes_it_back_and_custody_goes_on(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("officer_in_charge")
    page.goto(live_site.prisoner(WHO))
    follow(page, "More about the end of custody")
    follow(page, "It never happened: take it back")
    page.get_by_label("What happened in fact").fill("It was the man in the next cell")
    press(page, "Save")
    expect(page.locator(".p-identity").first).to_contain_text("Convicted")
    follow(page, "Timeline")
    says(page, "An end of custody was taken back: It was the man in the next cell")
