"""The 17:00 desk in a browser: a line asks for what its outcome needs, and the keys do it all."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.custody import selectors, services
from pims.custody.services import EscortInput
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.fixtures.browser import DESK, PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.fixtures.small_prison import ZONE
from tests.journeys.desk import press, row_of, says

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")
GONE = ("TUN", "CASTILLO", "MEJIA", "FLOWERS", "POP", "USHER")


@pytest.fixture(scope="module", autouse=True)
def van(live_site: LiveSite) -> None:
    site = live_site.prison
    services.send_out(
        Command(site.officers.system),
        establishment_id=site.establishment_id,
        prisoners=[EscortInput(person_id=site.held[family].person_id) for family in GONE],
        kind="court",
        destination_body_id=site.body("MC-BZ"),
        left_at=clock.now() - timedelta(minutes=2),
        expected_back_at=clock.now() - timedelta(minutes=1),
    )


def desk(live_site: LiveSite, new_context: Contexts, **options: object) -> Page:
    page = live_site.as_officer(new_context(**options), "reception_officer")
    page.goto(f"{live_site.address}/custody/desk/")
    return page


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def sideways(page: Page) -> list[str]:
    """What is wider than the window, or wider than its own frame."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main, main *")]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1
                     || (getComputedStyle(e).overflowX === "auto" && e.scrollWidth > e.clientWidth))
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_every_outcome_shows_its_boxes_whole_and_nothing_runs_over_the_side(
    live_site: LiveSite, new_context: Contexts, size: dict[str, int]
) -> None:
    page = desk(live_site, new_context, viewport=size)
    shot(page, f"desk-empty-{size['width']}")
    assert sideways(page) == []
    for family, outcome in zip(
        GONE,
        ("new_date", "sentenced", "fined", "bailed", "discharged_at_court", "not_returned"),
        strict=True,
    ):
        row_of(page, family).get_by_label("Outcome").select_option(outcome)
    day = row_of(page, "TUN").get_by_label("New court date")
    day.fill("15/12/2026")
    assert day.evaluate("e => e.scrollWidth <= e.clientWidth"), "the year is cut off"
    for label in ("Last day of the sentence", "Court", "Reference or order seen"):
        expect(row_of(page, "CASTILLO").get_by_label(label, exact=True)).to_be_visible()
    expect(row_of(page, "CASTILLO").get_by_label("Why not returned")).to_be_hidden()
    expect(row_of(page, "USHER").get_by_label("Why not returned")).to_be_visible()
    expect(row_of(page, "USHER").get_by_label("Condition and medication")).to_be_hidden()
    says(page, "Lines with an outcome: 6 of 6")
    row_of(page, "USHER").get_by_role("button", name="More").click()
    expect(row_of(page, "USHER").get_by_label("Condition and medication")).to_be_visible()
    assert sideways(page) == []
    assert violations(page) == []
    shot(page, f"desk-filled-{size['width']}")


def test_what_was_typed_stays_in_sight_when_another_outcome_is_chosen(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = desk(live_site, new_context)
    line = row_of(page, "POP")
    line.get_by_label("Outcome").select_option("fined")
    line.get_by_label("Fine in dollars").fill("300")
    line.get_by_label("Outcome").select_option("same_warrant")
    expect(line.get_by_label("Fine in dollars")).to_be_visible()
    expect(line.locator(".p-desk__over:visible")).to_have_text("Not asked for with this outcome")
    line.get_by_label("Fine in dollars").fill("")
    expect(line.get_by_label("Fine in dollars")).to_be_hidden()
    # What a browser kept for a reload is shown with what it asks for.
    line.get_by_label("Outcome").select_option("bailed")
    page.wait_for_timeout(600)
    page.reload()
    expect(row_of(page, "POP").get_by_label("Reference or order seen")).to_be_visible()
    page.get_by_role("button", name="Throw it away").click()
    expect(row_of(page, "POP").get_by_label("Outcome")).to_have_value("")


def test_without_a_script_every_box_is_in_reach_and_the_desk_records(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = desk(live_site, new_context, java_script_enabled=False)
    line = row_of(page, "USHER")
    expect(line.get_by_label("Why not returned")).to_be_visible()
    expect(line.get_by_role("button", name="More")).to_be_hidden()
    page.get_by_label("Handed back by").fill("Officer Wade")
    line.get_by_label("Outcome").select_option("same_warrant")
    line.get_by_label("Condition and medication").fill("Well")
    press(page, "Record the rows that have an outcome")
    says(page, "1 recorded.")


def test_a_whole_van_is_done_with_the_keys_alone_and_a_bad_line_leads_back_to_itself(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = desk(live_site, new_context)
    press(page, "Record the rows that have an outcome")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    shot(page, "desk-refused-nothing")
    page.get_by_role("link", name="Nothing was recorded: choose an outcome on a line.").press(
        "Enter"
    )
    first = row_of(page, "CASTILLO").get_by_label("Outcome")
    expect(first).to_be_focused()
    later = (clock.now().astimezone(ZONE) + timedelta(days=20)).strftime("%d/%m/%Y")
    page.locator("#id_returned_from").focus()
    page.keyboard.type("Officer Wade")
    first.focus()
    # In the order of the page: CASTILLO, FLOWERS, MEJIA, POP, TUN.
    for typed in (
        ("Back", "Enter"),
        ("New", "Enter", later, "Enter"),
        ("Bailed", "Enter", "Bail 44/26", "Enter"),
        ("New", "Enter", "31/02/2026", "Enter"),
        ("Back", "Enter"),
    ):
        for keys in typed:
            if keys == "Enter":
                page.keyboard.press("Enter")
            else:
                page.keyboard.type(keys)
    expect(page.get_by_role("button", name="Record the rows")).to_be_focused()
    page.keyboard.press("Enter")
    says(page, "Enter day, month and year, for example 15/12/2026")
    shot(page, "desk-refused")
    page.get_by_role("link", name="New court date").press("Enter")
    expect(row_of(page, "POP").get_by_label("New court date")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type((clock.now().astimezone(ZONE) - timedelta(days=3)).strftime("%d/%m/%Y"))
    page.keyboard.press("Control+Enter")
    says(page, "4 recorded.")
    says(page, "1 row could not be recorded.")
    expect(row_of(page, "POP").locator(".govuk-error-message")).to_be_visible()
    assert violations(page) == []
    shot(page, "desk-refused-one")
    viewer = live_site.prison.officers.system
    out = selectors.escorts_open(viewer, live_site.prison.establishment_id)
    assert [row.number for row in out] == [live_site.prison.held["POP"].number]
