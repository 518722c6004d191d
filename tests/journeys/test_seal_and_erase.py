"""Orders about whole records, from the paper to the tombstone, by those who may and past those
who may not.

The tests of this module are in their order: what is sealed is opened, what is ordered is erased.
"""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.foundation.access.models import User
from pims.foundation.vault.selectors import erasures
from pims.kernel import clock
from pims.people import services as people
from pims.release import services as release
from tests.fixtures.browser import PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import fill_day, follow, photograph, press, says

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")
SECOND, PIN = "S504", "246814"
SEALED, HELD = "LEWIS", "CHOC"
RECORDS = "/administration/records/"


def shoot(page: Page, name: str) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"orders-{name}.png", full_page=True)


@pytest.fixture(scope="module")
def second_officer(live_site: LiveSite) -> User:
    """The deputy superintendent: an erasure takes two."""
    return User.objects.get(badge=SECOND)


@pytest.fixture(scope="module")
def gone(live_site: LiveSite) -> str:
    """The number of somebody who was discharged, and whose record may go."""
    who = live_site.prison.held[SEALED]
    people.add_photograph(
        live_site.prison.officers.command("records_officer"), person_id=who.person_id,
        kind="front", data=photograph(120, 150),
    )  # fmt: skip
    release.record_paper_discharge(
        live_site.prison.officers.command("records_officer"), episode_id=who.episode_id,
        happened_at=clock.now(), order_seen="Order 9", first_officer="Officer Ical",
    )  # fmt: skip
    return who.number


def fill_order(page: Page, reference: str) -> None:
    page.get_by_label("Court or body").select_option(label="High Court of Belize")
    page.get_by_label("Reference of the order").fill(reference)
    fill_day(page, "dated", date(2026, 1, 12))


def until_told(page: Page, text: str) -> None:
    """Open the page again until the worker has seen to it that it says this."""
    deadline = time.monotonic() + 30
    while not page.get_by_text(text).count() and time.monotonic() < deadline:
        page.goto(page.url)
    says(page, text)


def test_a_record_is_sealed_by_order_and_exists_for_no_one_else(
    live_site: LiveSite, new_context: Contexts, gone: str
) -> None:
    page = live_site.as_officer(new_context(), "superintendent")
    page.goto(live_site.prisoner(SEALED, "who/"))
    follow(page, "Seal or erase by order")
    shoot(page, "record")
    follow(page, "Seal by order")
    press(page, "Seal the record")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    until_told(page, "Would belong to")
    fill_order(page, "FC 44/2026")
    page.get_by_label("What the order says").fill("Closed to all: he was sixteen.")
    shoot(page, "seal")
    press(page, "Seal the record")
    says(page, "The record is sealed.")
    says(page, "“Discharge not countersigned” belongs to Superintendent from now on.")
    says(page, "FC 44/2026")
    shoot(page, "sealed")
    page.goto(live_site.prisoner(SEALED))
    says(page, "This record is sealed by order")

    other = live_site.as_officer(new_context(), "records_officer")
    nobody = other.goto(f"{live_site.address}/prisoners/0000000-00/")
    assert nobody is not None
    expected = other.locator("main").inner_text()
    answer = other.goto(live_site.prisoner(SEALED))
    assert answer is not None
    assert (answer.status, other.locator("main").inner_text()) == (nobody.status, expected)
    other.goto(f"{live_site.address}/search/?q=lewis+akeem")
    assert gone not in other.locator("main").inner_text()


def test_it_is_opened_again_by_who_may_see_it(
    live_site: LiveSite, new_context: Contexts, gone: str
) -> None:
    page = live_site.as_officer(new_context(), "superintendent")
    page.goto(live_site.address + RECORDS)
    shoot(page, "list-sealed")
    page.get_by_role("link", name="LEWIS").click()
    follow(page, "Open the record again")
    page.get_by_label("By what order, or why").fill("High Court, FC 51/2026: appeal")
    press(page, "Open it again")
    says(page, "The record is open again.")
    other = live_site.as_officer(new_context(), "records_officer")
    answer = other.goto(live_site.prisoner(SEALED))
    assert answer is not None
    assert answer.status == 200


def test_whoever_is_held_is_not_erased_and_the_page_says_why(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context(), "superintendent")
    held = live_site.prison.held[HELD].number
    page.goto(f"{live_site.address}{RECORDS}{held}/erase/")
    says(page, "Nobody on the books is erased.")
    assert page.get_by_role("button", name="Order the erasure").count() == 0
    shoot(page, "erase-refused")


def test_the_first_officer_sees_what_would_go_and_orders_it(
    live_site: LiveSite, new_context: Contexts, gone: str, second_officer: User
) -> None:
    page = live_site.as_officer(new_context(), "superintendent")
    page.goto(live_site.address + RECORDS)
    page.get_by_label("Prisoner's number").fill(gone)
    press(page, "Find the record")
    follow(page, "See what would be erased")
    says(page, "The person's own key")
    says(page, second_officer.name)
    fill_order(page, "HC 7/2026 re Akeem Lewis")
    press(page, "Order the erasure")
    says(page, "it may not hold the person's name")
    fill_order(page, "HC 7/2026")
    shoot(page, "erase-order")
    press(page, "Order the erasure")
    says(page, "You ordered it. Another officer must confirm.")
    says(page, f"Who may confirm: {second_officer.name}.")
    assert page.get_by_role("button", name="Confirm: erase for ever").count() == 0
    shoot(page, "first-officer")
    page.goto(f"{live_site.address}{RECORDS}{gone}/erase/")
    says(page, "There is an order to erase this person already.")
    follow(page, "To the order that stands")
    says(page, "HC 7/2026")


def test_the_second_officer_confirms_with_their_secret_and_sees_the_outcome(
    live_site: LiveSite, new_context: Contexts, gone: str, second_officer: User
) -> None:
    page = live_site.as_officer(new_context(), user=second_officer, confirmed=False)
    page.goto(live_site.address + RECORDS)
    page.get_by_role("link", name=gone).click()
    says(page, "It waits for you, the second officer.")
    shoot(page, "second-officer")
    press(page, "Confirm: erase for ever")
    says(page, "Enter your PIN or password again")
    page.get_by_label("PIN or password").fill(PIN)
    press(page, "Confirm and go on")
    expect(page.get_by_text("The files are off the disk")).to_be_visible(timeout=30_000)
    assert "LEWIS" not in page.locator("main").inner_text()
    shoot(page, "outcome")
    page.goto(live_site.address + RECORDS)
    says(page, "Erased")
    shoot(page, "list")

    [done] = erasures(live_site.prison.officers.system)
    assert (done.state, done.order_reference, done.problem) == ("erased", "HC 7/2026", "")
    assert done.counts["people_name"] >= 1
    assert done.counts["custody_episode"] == 1


def test_whoever_follows_the_old_number_is_told_by_what_order(
    live_site: LiveSite, new_context: Contexts, gone: str
) -> None:
    page = live_site.as_officer(new_context(), "records_officer")
    answer = page.goto(live_site.prisoner(SEALED))
    assert answer is not None
    assert answer.status == 410
    says(page, "was erased on")
    says(page, "HC 7/2026")
    assert "Lewis".casefold() not in page.locator("main").inner_text().casefold()
    shoot(page, "tombstone")


def test_the_pages_read_well_on_a_telephone_and_in_spanish(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context(viewport=PHONE, has_touch=True), "superintendent")
    page.get_by_role("button", name="ES", exact=True).click()
    [done] = erasures(live_site.prison.officers.system)
    held = live_site.prison.held
    for name, path in (
        ("list", ""),
        ("record", f"{held['TUN'].number}/"),
        ("seal", f"{held['TUN'].number}/seal/"),
        ("erase", f"{held['TUN'].number}/erase/"),
        ("erasure", f"erasures/{done.erasure_id}/"),
    ):
        page.goto(live_site.address + RECORDS + path)
        shoot(page, f"phone-{name}")
    page.get_by_role("button", name="EN", exact=True).click()
