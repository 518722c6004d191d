"""What surprises at the gate is asked before it is saved, and can be put right after."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.fixtures.browser import PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import press, row_of, says

Contexts = Callable[..., BrowserContext]


def test_the_number_of_somebody_inside_says_so_beside_the_box_and_asks_who_it_is(
    live_site: LiveSite, new_context: Contexts
) -> None:
    held = live_site.prison.held["TUN"]
    page = live_site.as_officer(new_context(), "reception_officer")
    page.goto(f"{live_site.address}/custody/reception/receive/")
    page.get_by_label("Handed over by").fill("Sgt Requena")
    page.locator("#id_line-0-name_as_given").fill("Nobody Alike")
    page.locator("#id_line-0-sex").select_option("male")
    page.locator("#id_line-0-warrant_state").select_option("yes")
    expect(page.locator("#id_line-0-attach")).to_be_hidden()
    page.locator("#id_line-0-number").fill(held.number)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("TUN")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("Inside")
    expect(page.locator("#id_line-0-attach")).to_be_visible()
    assert violations(page) == []
    press(page, "Receive all")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    says(page, "who is inside")
    page.locator("#id_line-0-attach").select_option("new")
    press(page, "Receive all")
    says(page, "1 received and on the books.")
    expect(row_of(page, "ALIKE")).to_be_visible()


def test_a_mistyped_year_is_asked_about_and_a_saved_one_is_mended_for_the_whole_van(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(
        new_context(viewport=PHONE, has_touch=True),
        "reception_officer",
    )
    page.goto(f"{live_site.address}/custody/reception/receive/")
    year = page.locator("#id_received_at_year").input_value()
    page.get_by_label("Handed over by").fill("Sgt Requena")
    page.locator("#id_line-0-name_as_given").fill("Cal, Benito")
    page.locator("tbody tr").nth(0).get_by_role("button").tap()
    page.locator("#id_line-0-sex").select_option("male")
    page.locator("#id_line-0-warrant_state").select_option("yes")
    page.locator("#id_received_at_year").fill("2019")
    press(page, "Receive all")
    expect(page.locator(".p-question")).to_be_focused()
    says(page, "Is the year right?")
    expect(page.locator("#id_line-0-name_as_given")).to_have_value("Cal, Benito")
    assert violations(page) == []
    press(page, "Yes, it is so: save it")
    says(page, "1 received and on the books.")
    page.locator("main a", has_text="Correct").first.click()
    page.locator("#id_received_at_year").fill(year)
    page.locator("#id_reason").fill("The year was mistyped")
    assert violations(page) == []
    press(page, "Save")
    says(page, "Corrected.")
    expect(page.locator("main time").first).to_contain_text(year)
