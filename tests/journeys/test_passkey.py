"""Signing in as staff see it, in a real browser: passkeys, switching user, what is read out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.foundation.access import mfa
from pims.foundation.access.models import User
from tests.access.staff import PASSWORD, PIN, staff
from tests.fixtures.browser import DESK, PHONE, complaints, violations

Contexts = Callable[..., BrowserContext]


def with_authenticator(context: BrowserContext) -> Page:
    """A page whose browser has a key of its own that says yes to whoever touches it."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return page


def give_password(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/sign-in/?with=password")
    page.get_by_label("Card or badge number").fill(user.badge)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def press(page: Page, name: str) -> None:
    """Press a button that only the page's scripts answer: they are there with its load event."""
    button = page.get_by_role("button", name=name)
    button.wait_for()
    page.wait_for_load_state("load")
    button.click()


def test_an_administrator_sets_up_a_passkey_and_signs_in_with_it(
    access_site: str, new_context: Contexts
) -> None:
    user, page = staff("administrator"), with_authenticator(new_context())
    heard = complaints(page)
    give_password(page, access_site, user)
    expect(page).to_have_url(f"{access_site}/sign-in/set-up/")
    assert violations(page) == []
    page.get_by_label("Name of this key").fill("Blue key")
    press(page, "Add a passkey")
    expect(page).to_have_url(f"{access_site}/account/recovery-codes/")
    assert page.locator("ol code").count() == 10

    page.get_by_role("button", name="Sign out").click()
    give_password(page, access_site, user)
    expect(page).to_have_url(f"{access_site}/sign-in/second-factor/")
    assert violations(page) == []
    press(page, "Use a passkey")
    expect(page.locator(".p-header__user")).to_contain_text(user.name)
    page.goto(f"{access_site}/account/")
    expect(page.get_by_text("Passkey: Blue key").first).to_be_visible()
    assert heard == []


def test_the_passkey_of_another_user_opens_nothing(access_site: str, new_context: Contexts) -> None:
    """Even where a script on the page asks the browser for that key and the challenge is right."""
    page = with_authenticator(new_context())
    first, second = staff("administrator"), staff("administrator")
    for user in (first, second):
        give_password(page, access_site, user)
        press(page, "Add a passkey")
        expect(page).to_have_url(f"{access_site}/account/recovery-codes/")
        page.get_by_role("button", name="Sign out").click()
    foreign = next(f for f in mfa.factors_of(first.pk) if f.type == mfa.WEBAUTHN)
    give_password(page, access_site, second)
    expect(page).to_have_url(f"{access_site}/sign-in/second-factor/")
    page.evaluate(
        """id => {
            const place = document.getElementById("passkey-options");
            const options = JSON.parse(place.textContent);
            options.publicKey.allowCredentials = [{ type: "public-key", id }];
            place.textContent = JSON.stringify(options);
        }""",
        foreign.data["credential"]["id"],
    )
    press(page, "Use a passkey")
    expect(page.get_by_text("The passkey was not accepted")).to_be_visible()
    page.goto(f"{access_site}/account/")
    expect(page).to_have_url(f"{access_site}/sign-in/?next=%2Faccount%2F")


def test_the_next_user_is_in_with_one_screen_and_no_mouse(
    access_site: str, new_context: Contexts
) -> None:
    first, second = staff("records_officer"), staff("gate_officer")
    page = new_context().new_page()
    heard = complaints(page)
    page.goto(f"{access_site}/sign-in/")
    assert violations(page) == []
    page.keyboard.type(first.badge)
    page.keyboard.press("Enter")  # as a card reader ends: the empty PIN gets the focus
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".p-header__user")).to_contain_text(first.name)
    page.goto(f"{access_site}/switch/")
    assert violations(page) == []
    page.keyboard.type(second.badge)
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".p-header__user")).to_contain_text(second.name)
    assert heard == []


@pytest.mark.parametrize(("language", "screen"), [("en", DESK), ("es", PHONE)])
def test_the_pages_of_administration_are_accessible_at_a_desk_and_on_a_telephone(
    access_site: str, new_context: Contexts, language: str, screen: dict[str, int]
) -> None:
    user = staff("administrator", language=language)
    other = staff("gate_officer", "unit_officer")
    page = with_authenticator(new_context(viewport=screen))
    heard = complaints(page)
    page.goto(f"{access_site}/sign-in/?with=password")
    page.locator("#id_badge").fill(user.badge)
    page.locator("#id_secret").fill(PASSWORD)
    page.keyboard.press("Enter")
    make = page.locator("form[data-passkey=create] button")
    make.wait_for()
    # The page's scripts are there with its load event; a click before it asks for no passkey.
    page.wait_for_load_state("load")
    make.click()
    page.wait_for_url("**/account/recovery-codes/", timeout=30_000)
    for address in (
        "/administration/users/", f"/administration/users/{other.pk}/",
        f"/administration/users/{other.pk}/grants/new/", "/administration/users/new/",
        "/administration/roles/", "/account/", "/account/pin/", "/account/second-factor/",
        "/account/recovery-codes/", "/offline/", "/nowhere/",
    ):  # fmt: skip
        page.goto(f"{access_site}{address}")
        assert page.locator("html").get_attribute("lang") == language
        assert violations(page) == [], address
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{address} scrolls sideways"
    unexpected = [line for line in heard if "404" not in line]
    assert unexpected == []
