"""What surprises at the gate is asked before it is saved, and can be put right after."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, expect

from pims.custody import selectors, services
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.fixtures.browser import PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.fixtures.small_prison import ZONE
from tests.journeys.desk import fill_instant, press, row_of, says

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


def test_by_keyboard_a_choice_for_everyone_puts_nobody_on_an_empty_line_and_drops_nobody(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context(), "reception_officer")
    page.goto(f"{live_site.address}/custody/reception/receive/")
    page.get_by_label("Handed over by").fill("Sgt Requena")
    page.get_by_label("Sex of everyone").focus()
    page.keyboard.press("M")
    page.get_by_label("Warrant of everyone").focus()
    page.keyboard.press("Y")
    page.locator("#id_line-0-name_as_given").focus()
    page.keyboard.type("Cus, Ismael")
    expect(page.locator("#id_line-0-sex")).to_have_value("male")
    expect(page.locator("#id_line-0-warrant_state")).to_have_value("yes")
    expect(page.locator("#id_line-1-sex")).to_have_value("")
    page.locator("#id_line-1-age_as_given").focus()
    page.keyboard.type("19")
    expect(page.locator("#id_line-1-sex")).to_have_value("male")
    page.locator("#id_line-2-name_as_given").focus()
    page.keyboard.type("X")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".p-question")).to_be_focused()
    says(page, "Line 3: nothing there but what was chosen for everyone.")
    expect(page.locator("#all-sex")).to_have_value("male")
    assert violations(page) == []
    press(page, "Yes, it is so: save it")
    says(page, "2 received and on the books.")
    expect(row_of(page, "CUS")).to_be_visible()
    says(page, "Name not known")


def test_one_who_was_placed_since_holds_nobody_of_the_van_up_and_has_a_way_on(
    live_site: LiveSite, new_context: Contexts
) -> None:
    site = live_site.prison
    hour = clock.now() - timedelta(hours=5)
    actor = site.officers.system
    done = services.record_body_receipts(
        Command(actor),
        establishment_id=site.establishment_id,
        receipts=[
            services.BodyReceiptInput(name_as_given="Teck, Amado", sex="male"),
            services.BodyReceiptInput(name_as_given="Sho, Benito", sex="male"),
        ],
        received_at=hour,
        handed_over_by="Sgt Requena",
    )
    stuck = done.receipts[0]
    place = selectors.candidate_places(actor, stuck.episode_id)[0].place
    services.record_placement(
        Command(actor),
        episode_id=stuck.episode_id,
        place_id=place.place_id,
        happened_at=hour + timedelta(hours=1),
        reason="Moved",
    )
    page = live_site.as_officer(new_context(), "reception_officer")
    page.goto(f"{live_site.address}/custody/reception/van/{done.van_id}/correct/")
    right = (hour + timedelta(hours=2)).astimezone(ZONE)
    fill_instant(page, "received_at", right)
    page.locator("#id_reason").fill("Misread")
    press(page, "Save")
    says(page, "The hour could not be given to 1")
    says(page, "Received at another hour than the van")
    assert violations(page) == []
    page.get_by_role("link", name="Correct this line").press("Enter")
    fill_instant(page, "received_at", right)
    page.locator("#id_reason").fill("Misread")
    press(page, "Save")
    says(page, "Is the place held from this hour on?")
    assert violations(page) == []
    press(page, "Yes, it is so: save it")
    says(page, "Corrected.")
    expect(page.get_by_text("Received at another hour than the van")).to_have_count(0)
