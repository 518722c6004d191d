"""A day of custody at its desks: the van, the admission, the place, court, 17:00, the gate.

The tests of this module are one day at one prison, in their order.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.kernel import clock
from tests.fixtures.live_site import LiveSite
from tests.fixtures.small_prison import ZONE
from tests.journeys.desk import fill_day, fill_instant, follow, photograph, press, row_of, says

Contexts = Callable[..., BrowserContext]

VAN = (
    "Coc, Emiliano", "Ramclam, Devon", "Sho, Martín", "Vernon, Kyle", "Ack, Isidro", "Teck, Pedro",
    "Bood, Randolph", "Requena, Luis", "Jex, Alton", "Magaña, Óscar", "Ical, Tomás",
)  # fmt: skip


def now() -> datetime:
    return clock.now().astimezone(ZONE)


def morning() -> datetime:
    return now().replace(hour=0, minute=1, second=0)


@pytest.fixture
def officer(live_site: LiveSite, new_context: Contexts) -> Callable[[str], Page]:
    """`officer(role)`: a page of that role's officer in a browser of their own."""
    return lambda role: live_site.as_officer(new_context(), role)


def test_a_van_of_twelve_is_received_on_one_screen(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    follow(page, "Reception")
    follow(page, "A van is here: receive")
    page.get_by_label("Which court, station or place").fill("Magistrates' Court, Belize City")
    page.get_by_label("Handed over by").fill("Sgt Requena")
    page.locator("#id_line-0-name_as_given").focus()
    for number, name in enumerate(VAN):  # by keyboard alone: Enter goes across, then to the next
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.keyboard.type("N" if number == 2 else "M")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("N" if number == 6 else "Y")
        for _box in range(5):
            page.keyboard.press("Enter")
    expect(page.locator("#id_line-11-name_as_given")).to_be_focused()
    page.locator("#id_line-4-injuries").fill("Cut above the right eye")
    page.locator("#id_line-4-complaint").check()
    page.locator("#id_line-11-here").check()  # the twelfth says nothing at all
    page.locator("#id_line-11-sex").select_option("male")
    page.locator("#id_line-11-warrant_state").select_option("yes")
    page.keyboard.press("Control+Enter")
    says(page, "12 received and on the books.")
    assert page.locator("main tbody tr").count() == 12
    expect(row_of(page, "ACK")).to_contain_text("Complaint")
    follow(page, "Roll")
    says(page, "35 on this roll")
    assert row_of(page, "COC").count() == 1


def test_the_reception_book_of_the_day_holds_them(officer: Callable[[str], Page]) -> None:
    page = officer("reception_officer")
    follow(page, "Reception")
    follow(page, "Reception book")
    expect(row_of(page, "RAMCLAM")).to_contain_text("Sgt Requena")
    expect(row_of(page, "BOOD")).to_contain_text("No")
    follow(page, "Day before")
    expect(row_of(page, "RAMCLAM")).to_have_count(0)


def test_one_of_them_is_admitted_through_all_nine_steps(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    follow(page, "Reception")
    follow(page, "COC, Emiliano")
    go_on = page.get_by_role("button", name="Go on with the next step")

    go_on.click()  # who this is
    page.get_by_label("Male", exact=True).check()
    page.get_by_label("Man", exact=True).check()
    fill_day(page, "birth_date", now().date().replace(year=1998, month=3, day=9))
    page.get_by_label("The day is known").check()
    press(page, "Save and go on")
    says(page, "Who this is: recorded.")

    go_on.click()  # the warrant
    follow(page, "Record a warrant")
    page.get_by_label("Kind of warrant").select_option(label="Remand")
    page.get_by_label("Court or body").select_option(label="Magistrates' Court, Belize City")
    page.get_by_label("Reference").fill("MC 771/26")
    fill_day(page, "dated", now().date())
    fill_day(page, "next_appearance", now().date() + timedelta(days=12))
    page.get_by_label("Name as written").fill("Emiliano Coc")
    page.get_by_label("Offences, as written").fill("Burglary")
    press(page, "Record the warrant")
    says(page, "MC 771/26")
    follow(page, "Reception")
    follow(page, "COC, Emiliano")
    follow(page, "Warrant")
    press(page, "These are all the papers that came")

    go_on.click()  # the arrest
    page.get_by_label("Where arrested").fill("Albert Street, Belize City")
    page.get_by_label("Reasons given").fill("Found inside a shop at night")
    press(page, "Save and go on")

    go_on.click()  # injuries
    page.get_by_label("No injury seen and no complaint").check()
    press(page, "Save and go on")

    go_on.click()  # property
    page.locator("#id_description_0").fill("Blue jeans")
    page.locator("#id_store_0").fill("S-31")
    page.locator("#id_category_1").select_option("cash")
    page.locator("#id_amount_1").fill("42.50")
    press(page, "Save and go on")
    says(page, "Property: recorded.")

    go_on.click()  # family
    page.get_by_label("Name", exact=True).fill("Rosa Coc")
    page.get_by_label("Relationship").fill("Mother")
    press(page, "Save and go on")

    go_on.click()  # first risk questions
    for answer in page.get_by_label("No", exact=True).all():
        answer.check()
    press(page, "Save and go on")

    go_on.click()  # photograph
    page.locator("#id_photo").set_input_files(
        {"name": "face.png", "mimeType": "image/png", "buffer": photograph()}
    )
    press(page, "Save and go on")
    says(page, "Photograph: recorded.")

    go_on.click()  # the place: ranked, each with its reasons
    first = page.locator(".p-candidates > li").first
    expect(first).to_contain_text("Remand")
    assert page.locator(".p-candidates > li").first.locator("li").count() >= 1
    first.get_by_role("button").click()
    says(page, "Placed.")
    expect(page.locator("h1")).to_contain_text("COC, Emiliano")
    assert page.get_by_text("Go on with the admission").count() == 0
    says(page, "Unsentenced")
    picture = page.locator(".p-identity img").first
    assert picture.evaluate("img => img.complete && img.naturalWidth > 0")
    page.get_by_role("link", name="Custody", exact=True).click()
    says(page, "Blue jeans")


def test_a_place_that_a_rule_refuses_says_why_and_who_may_decide(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    episode = live_site.prison.held["TUN"].episode_id
    page.goto(f"{live_site.address}/custody/place/{episode}/")
    follow(page, "Women's Building")
    says(page, "No place is free that no rule speaks against.")
    page.get_by_text("Places that a rule speaks against").click()
    says(page, "Who can decide otherwise:")
    says(page, "Duty senior officer")
    assert page.get_by_role("button", name="Place against the rule").count() == 0

    senior = officer("duty_senior_officer")
    senior.goto(f"{live_site.address}/custody/place/{episode}/")
    follow(senior, "General Population A")
    senior.get_by_text("Places that a rule speaks against").click()
    against = senior.locator(".p-candidate--refused").first
    against.get_by_label("Why against the rule?").fill("Flood in the remand unit")
    against.get_by_role("button").click()
    says(senior, "Placed.")
    expect(senior.locator(".p-identity")).to_contain_text("General Population A")


def test_the_gate_sends_six_to_court_and_the_board_knows_within_a_second(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    board = officer("superintendent")
    follow(board, "Board")
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    out = board.locator(".p-counter").filter(has_text="Out with").locator(".p-counter__value")
    expect(out).to_have_text("0")

    gate = officer("gate_officer")
    gate.goto(f"{live_site.address}/custody/out/send/")
    gate.get_by_label("Court or body").select_option(label="Magistrates' Court, Belize City")
    fill_instant(gate, "left_at", max(now() - timedelta(hours=1), morning()))
    gate.get_by_label("Escorting officers").fill("Officer Ical, Officer Wade")
    for family in ("TUN", "CASTILLO", "MEJIA", "FLOWERS", "POP", "USHER"):
        row_of(gate, family).get_by_label("Goes").check()
    press(gate, "Send out")
    says(gate, "6 are out.")
    expect(out).to_have_text("6")
    expect(row_of(board, "TUN")).to_contain_text("At court")

    # A board whose stream was cut says so, and catches up by itself with what it missed.
    live_site.events.cut()
    says(board, "Not live: no connection. These figures may be old.")
    senior = officer("duty_senior_officer")
    follow(senior, "Out and returns")
    line = row_of(senior, "USHER")
    line.get_by_label("Outcome").select_option(label="Back on the same warrant")
    senior.get_by_label("Handed back by").fill("Officer Wade")
    press(senior, "Record the rows that have an outcome")
    says(senior, "1 recorded.")
    expect(out).to_have_text("6")
    live_site.events.start()
    expect(out).to_have_text("5", timeout=20_000)
    expect(board.locator("[data-live-state=on]")).to_be_visible()


def test_at_1700_one_bad_row_does_not_lose_the_others(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    follow(page, "Out and returns")
    page.get_by_label("Handed back by").fill("Officer Ical")
    today = now().date()

    def row(family: str, outcome: str, **more: str) -> None:
        line = row_of(page, family)
        line.get_by_label("Outcome").select_option(label=outcome)
        for label, value in more.items():
            line.get_by_label(label.replace("_", " ")).fill(value)

    row("TUN", "New date", New_court_date=f"{today + timedelta(days=30):%d/%m/%Y}")
    row("CASTILLO", "Sentenced",
        Last_day_of_the_sentence=f"{today + timedelta(days=700):%d/%m/%Y}",
        Reference_or_order_seen="MC 12/26")  # fmt: skip
    row("FLOWERS", "Bailed", Reference_or_order_seen="Bail 44/26")
    row("MEJIA", "New date", New_court_date=f"{today - timedelta(days=30):%d/%m/%Y}")
    press(page, "Record the rows that have an outcome")
    says(page, "3 recorded.")
    says(page, "1 row could not be recorded.")
    expect(row_of(page, "MEJIA").locator(".govuk-error-message")).to_be_visible()
    expect(row_of(page, "TUN")).to_have_count(0)

    line = row_of(page, "MEJIA")
    line.get_by_label("New court date").fill(f"{today + timedelta(days=9):%d/%m/%Y}")
    press(page, "Record the rows that have an outcome")
    says(page, "1 recorded.")
    page.goto(live_site.prisoner("CASTILLO"))
    says(page, "Convicted")
    page.goto(live_site.prisoner("TUN"))
    says(page, f"{today + timedelta(days=30):%-d %b %Y}")
