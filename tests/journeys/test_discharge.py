"""From the order to the gate, with its clock: the three stops, two officers, and freedom.

The tests of this module are one discharge, in their order.
"""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.authority import services as authority
from pims.kernel import clock
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import follow, press, row_of, says

Contexts = Callable[..., BrowserContext]
WHO = "REYES"
# A convicted man whose warrant names its last day, in so many days from today.
WITH_A_LAST_DAY, DAYS_LEFT = "BANNER", 33


@pytest.fixture
def officer(live_site: LiveSite, new_context: Contexts) -> Callable[[str], Page]:
    """`officer(role)`: a page of that role's officer in a browser of their own."""
    return lambda role: live_site.as_officer(new_context(), role)


def stops(page: Page) -> list[str]:
    return page.locator(".p-refusal__reasons > li").all_inner_texts()


def day_typed(page: Page, day: date) -> None:
    page.get_by_label("Final date, of the warrant or by calculation").check()
    for part in ("day", "month", "year"):
        page.locator(f"#id_final_date_{part}").fill(str(getattr(day, part)))
    press(page, "Open the discharge check")


def test_a_mistyped_last_day_starts_no_clock_and_says_which_days_the_papers_name(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    page.goto(live_site.prisoner(WITH_A_LAST_DAY))
    follow(page, "Prepare a discharge")
    day_typed(page, date(2026, 1, 1))
    says(page, "No warrant of this person ends on that day")
    assert page.locator("#id_final_date_year").input_value() == "2026", "what was typed is kept"
    page.goto(live_site.prisoner(WITH_A_LAST_DAY))
    assert page.locator("a", has_text="Prepare a discharge").count() == 1, "no check is open"


def test_exactly_three_things_stop_a_discharge(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    page.goto(live_site.prisoner(WITH_A_LAST_DAY))
    follow(page, "Prepare a discharge")
    day_typed(
        page, clock.now().astimezone(ZoneInfo("America/Belize")).date() + timedelta(DAYS_LEFT)
    )
    says(page, "The gate stays closed for this")
    assert len(stops(page)) == 3
    press(page, "Discharge now")
    says(page, "Refused. Nothing was changed.")
    follow(page, "Back to where you were")
    follow(page, "Close without discharge")
    page.get_by_label("Why is it closed?").fill("The date was read wrongly")
    press(page, "Save")
    says(page, "The prisoner stays in custody.")


def test_an_order_starts_a_clock_and_the_start_page_shows_it_at_once(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    watcher = officer("reception_officer")
    expect(watcher.locator("[data-live-state=on]")).to_be_visible()
    assert watcher.get_by_text("Release not completed").count() == 0

    page = officer("records_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Record a release order")
    page.get_by_label("Kind of order").select_option(label="Bail")
    page.get_by_label("Court or body").select_option(label="Magistrates' Court, Belize City")
    page.get_by_label("Reference").fill("Bail 12/26")
    page.get_by_label("It ends all of them").check()
    press(page, "Record the order")
    says(page, "The order is recorded and its clock runs.")
    expect(watcher.get_by_text("Release not completed").first).to_be_visible(timeout=20_000)
    expect(watcher.locator(".p-alarm").filter(has_text=WHO).first).to_be_visible()


def test_identity_is_established_by_two_officers(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Discharge check")
    assert len(stops(page)) == 1
    page.get_by_role("link", name="Establish").click()
    says(page, "No photograph is stored")
    assert page.get_by_label("Photograph compared").count() == 0
    first, second = (live_site.sign_in_of(r) for r in ("gate_officer", "unit_officer"))
    page.get_by_label("Badge of the first officer").fill(first.badge)
    page.get_by_label("PIN of the first officer").fill("000000")
    page.get_by_label("Badge of the second officer").fill(second.badge)
    page.get_by_label("Yes", exact=True).check()
    press(page, "Record")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("PIN of the first officer").fill(first.pin)
    press(page, "Record")
    says(page, "Nothing stops this discharge")
    says(page, "Named, has not signed")


def test_the_officer_who_was_named_signs_at_any_pc_and_nobody_signs_for_another(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Discharge check")
    page.get_by_role("link", name="Sign Domingo Choc").click()
    other, named = (live_site.sign_in_of(r) for r in ("gate_officer", "unit_officer"))
    page.get_by_label("Yes", exact=True).check()
    for who in (other, named):
        page.get_by_label("Your badge").fill(who.badge)
        page.get_by_label("Your PIN").fill(who.pin)
        press(page, "Sign")
        if who is other:
            says(page, "Only Domingo Choc can answer")
    says(page, "Nothing stops this discharge")


def test_a_warrant_that_comes_after_the_order_closes_the_gate_until_it_is_settled(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    prison = live_site.prison
    page = officer("records_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Discharge check")
    says(page, "Nothing stops this discharge")
    made = authority.record_warrant(
        prison.officers.command("records_officer"),
        establishment_id=prison.establishment_id,
        kind="fine_default",
        body_id=prison.body("MC-BZ"),
        received_at=clock.now(),
        reference="MC 1200/26",
        dated=clock.today("America/Belize"),
        names=[
            authority.WarrantNameInput(
                person_id=prison.held[WHO].person_id,
                name_as_written="Marlon Reyes",
                starts_at=clock.now(),
                until=clock.today("America/Belize") + timedelta(days=30),
                next_appearance=None,
                charges="Fine",
                amount_cents=20_000,
            )
        ],
    )
    page.reload()
    assert len(stops(page)) == 1
    assert "MC 1200/26" in stops(page)[0]
    assert "fine_default" not in stops(page)[0]
    authority.end_warrant(
        prison.officers.command("records_officer"),
        warrant_name_id=made.warrant_name_ids[0],
        end_kind="fine_paid",
        ended_at=clock.now(),
        basis="Receipt 77",
    )
    page.reload()
    says(page, "Nothing stops this discharge")


def test_everything_else_is_done_or_explained(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    page.goto(live_site.prisoner(WHO))
    follow(page, "Discharge check")
    follow(page, "Order verified with the registry")
    says(page, "555-01")  # the registry's number of the directory, not of the paper
    page.get_by_label("Whom did you speak to at the registry?").fill("Ms Vernon, clerk")
    press(page, "The registry confirmed the order")
    follow(page, "Way home")
    page.get_by_label("Not done, and here is why").check()
    page.get_by_label("Note").fill("The family waits at the gate")
    press(page, "Save")
    says(page, "The family waits at the gate")
    says(page, "Explained")


def test_the_second_officer_agrees_with_badge_and_pin_and_the_prisoner_walks(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    first, second = live_site.sign_in_of("records_officer"), live_site.sign_in_of(
        "duty_senior_officer"
    )  # fmt: skip
    page.goto(live_site.prisoner(WHO))
    follow(page, "Discharge check")

    def agree(badge: str, pin: str) -> None:
        page.get_by_label("Badge of the second officer").fill(badge)
        page.get_by_label("PIN of the second officer").fill(pin)
        press(page, "Save")

    page.get_by_role("link", name="Agree here").click()
    agree(first.badge, first.pin)
    says(page, "The second officer must be someone else.")
    agree(second.badge, "135790")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    agree(second.badge, second.pin)
    says(page, second.name)
    page.get_by_label("Where to").fill("Home, Belize City")
    press(page, "Discharge now")
    expect(page.locator("h1")).to_contain_text("Discharged")
    says(page, "Not done: Property given back")
    follow(page, "Discharge")
    follow(page, "Discharge book")
    expect(row_of(page, WHO)).to_contain_text(second.name)
    page.goto(live_site.prisoner(WHO))
    says(page, "Custody ended")
    follow(page, "Roll")
    expect(row_of(page, WHO)).to_have_count(0)


def test_the_alarm_ends_when_the_prisoner_has_left(officer: Callable[[str], Page]) -> None:
    page = officer("reception_officer")
    expect(page.get_by_text("Release not completed")).to_have_count(0)
