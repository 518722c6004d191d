"""Two officers at one PC: each finds their own half-written form again, and nobody else's."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from pims.demo.signins import SignIn
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import follow, press, says

Contexts = Callable[..., BrowserContext]


def sign_in(page: Page, officer: SignIn) -> None:
    """At the page that asks for the next user."""
    page.get_by_label("Card or badge number").fill(officer.badge)
    page.get_by_label("PIN", exact=True).fill(officer.pin)
    press(page, "Sign in")
    expect(page.get_by_role("link", name=officer.name)).to_be_visible()


def open_form(site: LiveSite, page: Page) -> None:
    page.goto(site.prisoner("POP"))
    follow(page, "Record a release order")
    expect(page.get_by_label("Reference")).to_be_visible()


def test_a_half_written_order_waits_for_its_author_through_a_switch_of_user(
    live_site: LiveSite, new_context: Contexts
) -> None:
    first, second = (live_site.sign_in_of(r) for r in ("reception_officer", "records_officer"))
    page = new_context().new_page()
    page.goto(f"{live_site.address}/sign-in/")
    sign_in(page, first)
    open_form(live_site, page)
    page.get_by_label("Reference").fill("Bail 99/26")
    page.wait_for_timeout(500)

    follow(page, "Switch user")
    says(page, f"it is there when {first.name} comes back, and nobody else sees it")
    sign_in(page, second)
    open_form(live_site, page)
    page.wait_for_timeout(500)
    expect(page.get_by_label("Reference")).to_have_value("")
    assert page.get_by_text("What you had typed is back.").count() == 0
    kept = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "Bail 99" not in kept, "what the next user could read is locked"
    page.get_by_label("Reference").fill("Acquittal 5/26")
    page.wait_for_timeout(500)

    follow(page, "Sign out")
    page.goto(f"{live_site.address}/sign-in/")
    sign_in(page, first)
    open_form(live_site, page)
    says(page, "What you had typed is back.")
    expect(page.get_by_label("Reference")).to_have_value("Bail 99/26")
    press(page, "Throw it away")
    expect(page.get_by_label("Reference")).to_have_value("")

    follow(page, "Switch user")
    sign_in(page, second)
    open_form(live_site, page)
    expect(page.get_by_label("Reference")).to_have_value("Acquittal 5/26")


def test_the_browsers_way_back_shows_the_next_user_nothing_of_what_was_typed(
    live_site: LiveSite, new_context: Contexts
) -> None:
    first, second = (live_site.sign_in_of(r) for r in ("reception_officer", "records_officer"))
    page = new_context().new_page()
    page.goto(f"{live_site.address}/sign-in/")
    sign_in(page, first)
    page.goto(f"{live_site.address}/custody/roll/")
    page.get_by_label("Name or number").last.fill("Somebody sought")
    open_form(live_site, page)
    form = page.url
    page.get_by_label("Reference").fill("Bail 99/26")
    follow(page, "Switch user")
    sign_in(page, second)
    for _ in range(6):
        page.go_back()
        page.wait_for_timeout(300)
        typed = page.evaluate("[...document.querySelectorAll('input, textarea')].map(f => f.value)")
        assert not {"Bail 99/26", "Somebody sought"} & set(typed), page.url
        if page.url == form:
            break
    assert page.url == form
