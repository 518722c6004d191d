"""An order with two sentences, entered by the keys alone, read again otherwise, and settled."""

import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.courts import selectors
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock
from tests.fixtures.browser import DESK, PHONE, violations
from tests.fixtures.live_site import LiveSite
from tests.fixtures.small_prison import ZONE
from tests.journeys.desk import press, says

Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("PIMS_SCREENSHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def keys(page: Page, *typed: str) -> None:
    """What an officer types: text goes into the box that has the focus, names of keys are keys."""
    for one in typed:
        if one in ("Enter", "Tab", "Control+Enter", "ArrowDown", "Escape"):
            page.keyboard.press(one)
        else:
            page.keyboard.type(one)


def last_sitting() -> date:
    day = clock.now().astimezone(ZONE).date() - timedelta(days=1)
    while doubt_of_day("MC-BZ", day) is not None:
        day -= timedelta(days=1)
    return day


def sideways(page: Page) -> list[str]:
    """What is wider than the window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main, main *")]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    return found


def open_order(live_site: LiveSite, page: Page, family: str) -> None:
    person_id = live_site.prison.held[family].person_id
    page.goto(f"{live_site.address}/courts/order/new/{person_id}/")


def test_an_order_with_two_sentences_is_entered_read_again_and_settled(
    live_site: LiveSite, new_context: Contexts
) -> None:
    held = live_site.prison.held["REYES"]
    day = last_sitting()
    page = live_site.as_officer(new_context(viewport=DESK), "records_officer")
    page.goto(f"{live_site.address}/prisoners/{held.number}/")
    page.get_by_label("Parts of the record").get_by_role("link", name="Courts").press("Enter")
    page.get_by_role("button", name="Record an order").press("Enter")
    expect(page.get_by_label("Kind of order")).to_be_focused()
    expect(page.get_by_label("Sureties")).to_be_hidden()
    shot(page, "order-empty-1280")

    keys(page, "Commitment", "Enter")
    expect(page.get_by_label("Years").first).to_be_visible()
    expect(page.get_by_label("Minimum: years").first).to_be_hidden()
    expect(page.get_by_label("Next date")).to_be_hidden()
    keys(page, "Magistrates' Court, Belize", "Enter", "MC 512/26", "Enter")
    keys(page, str(day.day), "Enter", str(day.month), "Enter", str(day.year), "Enter")
    expect(page.locator("#id_paper")).to_be_focused()
    page.locator("#id_line-0-years").focus()
    keys(page, "3", "Enter", "6", "Enter", "Enter", "Enter", "Enter", "Enter")
    expect(page.get_by_label("Charge", exact=True).first).to_be_focused()
    keys(page, "Enter")
    expect(page.locator("#id_line-1-years")).to_be_focused()
    keys(page, "1", "Enter", "Enter", "Enter", "Enter", "After sentence 1")
    shot(page, "order-filled-1280")
    assert violations(page) == []
    keys(page, "Control+Enter")
    says(page, "What it did")
    says(page, "It detains until")
    says(page, "Imprisonment, 3 years, 6 months")
    says(page, "after sentence 1")
    assert violations(page) == []
    shot(page, "order-page-1280")
    order_id = int(page.url.rstrip("/").rpartition("/")[2])

    # Another officer, another browser: nothing of the first is there.
    other = live_site.as_officer(new_context(viewport=DESK), "duty_senior_officer")
    other.goto(f"{live_site.address}/courts/readings/")
    shot(other, "readings-1280")
    other.get_by_role("link", name=f"Read it again {held.number}").press("Enter")
    assert "512" in other.content()
    for box in other.locator("form[data-command] input:not([type=hidden])").all():
        expect(box).to_have_value("")
    other.locator("#id_dated_day").focus()
    keys(other, str(day.day), "Enter", str(day.month), "Enter", str(day.year), "Enter")
    other.locator("#id_line-0-years").focus()
    keys(other, "3", "Enter", "5")
    other.locator("#id_line-1-years").focus()
    keys(other, "1", "Enter", "Enter", "Enter", "Enter", "After")
    shot(other, "blind-1280")
    assert violations(other) == []
    keys(other, "Control+Enter")
    says(other, "The two readings differ")
    says(other, "Sentence 1: Months")
    assert violations(other) == []
    shot(other, "differ-1280")

    senior = live_site.as_officer(new_context(viewport=DESK), "officer_in_charge")
    senior.goto(other.url)
    senior.get_by_label("The second").check()
    senior.get_by_label("Why? This goes on the record").fill("The paper says five months")
    shot(senior, "settle-1280")
    press(senior, "Settle the difference")
    says(senior, "Settled. Both readings stay on the record.")
    says(senior, "Imprisonment, 3 years, 5 months")
    order = selectors.order(live_site.prison.officers.system, order_id)
    assert [(s.term.years, s.term.months) for s in order.sentences] == [(3, 5), (1, 0)]
    assert not selectors.unread_orders([held.person_id])


# Two keys a second, which is what one finger does: so many in two minutes.
KEYS_IN_TWO_MINUTES = 240
FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim()"


class Typist:
    """Somebody at the keys alone: each that is struck counts, those that only go on too."""

    def __init__(self, page: Page) -> None:
        self.page, self.struck, self.boxes = page, 0, 0

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.struck += 1

    def type(self, *boxes: str) -> None:
        """Into one box after the other, each left by Enter."""
        for text in boxes:
            self.page.keyboard.type(text)
            self.struck += len(text)
            self.boxes += bool(text)
            self.key("Enter")

    def go(self, to: str, key: str = "Enter") -> None:
        """On from box to box, or by Tab, until the one with that id or those words is reached."""
        for _step in range(60):
            if self.page.evaluate(FOCUSED) == to:
                return
            # In a box of many lines Enter begins another line.
            lines = self.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
            self.key("Tab" if lines else key)
        raise AssertionError(f"{key} does not come to {to}: {self.page.evaluate(FOCUSED)}")


def test_a_case_and_its_order_are_keyed_from_a_paper_warrant_in_under_two_minutes(
    live_site: LiveSite, new_context: Contexts
) -> None:
    """Found, case opened, charge and two sentences written, without touching a mouse."""
    held, day = live_site.prison.held["CASTILLO"], last_sitting()
    page = live_site.as_officer(new_context(viewport=DESK), "records_officer")
    menu = page.locator("nav").first.get_by_role("link").all_text_contents()
    typist, began = Typist(page), time.monotonic()
    typist.key(f"Alt+{[one.strip() for one in menu].index('Courts') + 1}")
    page.wait_for_url("**/courts/")
    typist.go("id_number", "Tab")
    typist.type(held.number)
    expect(page.get_by_label("Kind of order")).to_be_focused()
    typist.type("Commitment", "Magistrates' Court, Belize", "MC 900/26")
    typist.type(str(day.day), str(day.month), str(day.year))
    typist.go("id_case_number")
    typist.type("S 900/26")
    typist.go("id_new_charge_1")
    typist.type("Burglary")
    typist.go("id_line-0-years")
    typist.type("3", "6")
    typist.go("id_line-1-years")
    typist.type("1", "", "", "")
    typist.type("After sentence 1")
    typist.key("Control+Enter")
    expect(page.get_by_text("Yes, it is so: save it").or_(
        page.get_by_role("heading", name="What it did"))).to_be_visible()  # fmt: skip
    if page.get_by_text("Yes, it is so: save it").is_visible():
        typist.go("Yes, it is so: save it", "Tab")
        typist.key("Enter")
    says(page, "What it did")
    says(page, "Imprisonment, 3 years, 6 months")
    took = time.monotonic() - began
    (case,) = [
        one
        for own in selectors.cases(live_site.prison.officers.system, [held.person_id]).values()
        for one in own
        if one.number == "S 900/26"
    ]
    assert [one.as_written or one.offence.get("en") for one in case.charges] == ["Burglary"]
    print(f"{typist.struck} keys for {typist.boxes} boxes; the pages took {took:.1f} s")
    assert typist.struck + 2 * took < KEYS_IN_TWO_MINUTES


def test_a_box_that_holds_something_stays_in_sight_when_the_kind_changes(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context(viewport=DESK), "records_officer")
    open_order(live_site, page, "LOPEZ")
    kind = page.get_by_label("Kind of order")
    kind.select_option("bail_awaiting_surety")
    page.get_by_label("Sureties").fill("Rosa Lopez")
    kind.select_option("remand")
    expect(page.get_by_label("Sureties")).to_be_visible()
    expect(page.locator(".p-desk__over:visible")).to_have_text(
        "Not asked for in an order of this kind"
    )
    page.get_by_label("Sureties").fill("")
    expect(page.get_by_label("Sureties")).to_be_hidden()
    page.get_by_role("button", name="Everything else that an order can say").click()
    expect(page.get_by_label("Name as written")).to_be_visible()
    # What was typed comes back after a switch of the page, with what it asks for.
    page.get_by_label("Reference").first.fill("MC 9/26")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.get_by_label("Reference").first).to_have_value("MC 9/26")
    expect(page.locator("#id_next_date_day")).to_be_visible()


def test_an_offence_is_found_by_the_keys(live_site: LiveSite, new_context: Contexts) -> None:
    page = live_site.as_officer(new_context(viewport=DESK), "records_officer")
    open_order(live_site, page, "CAL")
    page.get_by_label("Kind of order").select_option("remand")
    box = page.get_by_label("Charge not on record yet", exact=True).first
    box.focus()
    keys(page, "burg")
    expect(page.locator(".p-suggest__list li").first).to_be_visible()
    shot(page, "offence-1280")
    keys(page, "ArrowDown", "Enter")
    expect(box).to_have_value("Burglary")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_every_kind_of_order_shows_its_boxes_whole(
    live_site: LiveSite, new_context: Contexts, size: dict[str, int]
) -> None:
    page = live_site.as_officer(new_context(viewport=size), "records_officer")
    open_order(live_site, page, "CHOC")
    for kind in ("remand", "fine_default", "life_minimum", "emergency_detention", "resentencing"):
        page.get_by_label("Kind of order").select_option(kind)
        assert sideways(page) == [], kind
        shot(page, f"order-{kind}-{size['width']}")
    assert violations(page) == []
    expect(page.get_by_label("Minimum: years").first).to_be_visible()
    expect(page.get_by_label("Earlier order that it is about")).to_be_hidden()


def test_without_a_script_every_box_is_in_reach(live_site: LiveSite, new_context: Contexts) -> None:
    page = live_site.as_officer(new_context(java_script_enabled=False), "records_officer")
    open_order(live_site, page, "POP")
    for label in ("Sureties", "Conditions", "Name as written", "Minimum: days"):
        expect(page.get_by_label(label).first).to_be_visible()


def test_a_day_of_no_calendar_is_asked_about_once_and_kept_by_the_keys(
    live_site: LiveSite, new_context: Contexts
) -> None:
    day = last_sitting()
    page = live_site.as_officer(new_context(viewport=DESK), "records_officer")
    open_order(live_site, page, "MEJIA")
    keys(page, "Remand to", "Enter", "Magistrates' Court, Belize", "Enter", "MC 77/26", "Enter")
    keys(page, str(day.day), "Enter", str(day.month), "Enter", str(day.year), "Enter", "Enter")
    expect(page.locator("#id_next_date_day")).to_be_focused()
    keys(page, "30", "Enter", "2", "Enter", "2027", "Control+Enter")
    says(page, "Not saved yet. Is this right?")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    shot(page, "order-asked-1280")
    assert violations(page) == []
    expect(page.locator("#id_next_date_day")).to_have_value("30")
    page.get_by_role("link", name="no calendar has the date").press("Enter")
    expect(page.locator("#id_next_date_day")).to_be_focused()
    page.get_by_role("button", name="Yes, it is so: save it").press("Enter")
    says(page, "What it did")
    says(page, "A date that no calendar has")
    says(page, "The officer in charge is to decide on the paper")
    says(page, "30 2 2027")
    shot(page, "order-kept-1280")
