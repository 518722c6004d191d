"""What goes wrong at a real desk: two tabs, two clicks, no line, the wrong person, another user."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pims.authority import selectors as authority
from pims.custody import services as custody
from pims.foundation.commands.transaction import Command
from pims.property import selectors as property_room
from tests.fixtures.browser import violations
from tests.fixtures.live_site import LiveSite
from tests.journeys.desk import follow, press, says

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def officer(live_site: LiveSite, new_context: Contexts) -> Callable[[str], Page]:
    """`officer(role)`: a page of that role's officer in a browser of their own."""
    return lambda role: live_site.as_officer(new_context(), role)


def interests(live_site: LiveSite, family: str) -> int:
    person_id = live_site.prison.held[family].person_id
    return len(authority.police_interests([person_id]).get(person_id, []))


def test_an_officer_signs_in_with_the_keyboard_alone(
    live_site: LiveSite, new_context: Contexts
) -> None:
    one = live_site.sign_in_of("reception_officer")
    page = new_context().new_page()
    page.goto(f"{live_site.address}/custody/reception/")
    expect(page.locator("#id_badge")).to_be_focused()
    page.keyboard.type(one.badge)
    page.keyboard.press("Tab")
    page.keyboard.type("999999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("#id_secret")).to_be_focused()
    page.keyboard.type(one.pin)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Reception")


def test_the_next_user_is_in_by_badge_and_pin_alone_and_finds_nothing_of_the_first(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    second = live_site.sign_in_of("gate_officer")
    page.goto(f"{live_site.address}/authority/interest/"
              f"{live_site.prison.held['CHOC'].person_id}/")  # fmt: skip
    page.get_by_label("Note").fill("Seen with a known smuggler")
    page.wait_for_timeout(400)
    follow(page, "Switch user")
    expect(page.locator("#id_badge")).to_be_focused()
    page.keyboard.type(second.badge)
    page.keyboard.press("Tab")
    page.keyboard.type(second.pin)
    page.keyboard.press("Enter")
    expect(page.locator(".p-header__user")).to_contain_text(second.name)
    assert "smuggler" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    answer = page.goto(f"{live_site.address}/authority/")
    assert answer is not None
    assert answer.status == 403
    says(page, "You may not see or do this")


def test_two_tabs_that_change_the_same_thing_do_not_overwrite_each_other(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    other = page.context.new_page()
    address = f"{live_site.address}/people/{live_site.prison.held['PECH'].person_id}/edit/identity/"
    page.goto(address)
    other.goto(address)
    page.get_by_label("Woman", exact=True).check()
    press(page, "Save")
    expect(page).not_to_have_url(address)
    other.get_by_label("Other", exact=True).check()
    press(other, "Save")
    says(other, "changed")
    other.goto(live_site.prisoner("PECH", "who/"))
    says(other, "Woman")


def test_whoever_was_slower_sees_what_is_on_record_beside_what_they_had_typed(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    site = live_site.prison
    done = custody.send_out(
        Command(site.officers.system),
        establishment_id=site.establishment_id,
        prisoners=[custody.EscortInput(person_id=site.held["BANNER"].person_id)],
        kind="hospital",
        destination="KHMH",
        officers=["Wade"],
    )
    address = f"{live_site.address}/custody/out/{done.escorts[0].escort_id}/"
    first, second = officer("duty_senior_officer"), officer("gate_officer")
    first.goto(address)
    second.goto(address)
    second.get_by_label("Restraints").fill("None")
    second.get_by_label("Risk").fill("Quiet")
    second.wait_for_timeout(500)
    first.get_by_label("Restraints").fill("Handcuffs, double")
    first.get_by_label("Escorting officers").fill("Ical")
    press(first, "Save")
    expect(first).not_to_have_url(address)
    press(second, "Save")
    says(second, "Somebody changed this record after you opened the form.")
    follow(second, "Back to where you were")
    says(second, "what is on record now stands beside it")
    marked = second.locator(".p-newer")
    expect(marked).to_have_text(
        ["On record now: Ical", "On record now: Handcuffs, double Take this"]
    )
    expect(second.get_by_label("Restraints")).to_have_value("None")
    expect(second.get_by_label("Risk")).to_have_value("Quiet")
    # A box that was left alone is never put back to what stood there before.
    expect(second.get_by_label("Escorting officers")).to_have_value("Ical")
    assert violations(second) == []
    second.get_by_role("button", name="Take this").click()
    expect(second.get_by_label("Restraints")).to_have_value("Handcuffs, double")
    press(second, "Save")
    expect(second).not_to_have_url(address)
    second.goto(address)
    expect(second.get_by_label("Risk")).to_have_value("Quiet")
    expect(second.locator(".p-newer, .p-restored")).to_have_count(0)


def test_two_clicks_record_one_thing(live_site: LiveSite, officer: Callable[[str], Page]) -> None:
    page = officer("records_officer")
    held = live_site.prison.held["GILLETT"]
    page.goto(f"{live_site.address}/authority/interest/{held.person_id}/")
    page.get_by_label("Who wants to know?").fill("Belize Police Department")
    page.evaluate(
        "() => { const f = document.querySelector('form[data-command]');"
        " f.requestSubmit(); f.requestSubmit(); }"
    )
    says(page, "It informs; it does not detain.")
    assert interests(live_site, "GILLETT") == 1


def test_what_was_sent_without_a_line_arrives_once_when_it_is_back(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    held = live_site.prison.held["ARANA"]
    page.goto(f"{live_site.address}/authority/interest/{held.person_id}/")
    page.get_by_label("Who wants to know?").fill("Customs")
    page.context.set_offline(True)
    press(page, "Save")
    says(page, "Not sent yet — kept on this device.")
    assert interests(live_site, "ARANA") == 0
    page.context.set_offline(False)
    says(page, "It informs; it does not detain.")
    assert interests(live_site, "ARANA") == 1


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_recorded_twice(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    held = live_site.prison.held["YOUNG"]
    before = len(property_room.property_of(live_site.prison.officers.system, held.person_id))
    address = f"{live_site.address}/custody/admission/{held.episode_id}/property/"
    page.goto(address)
    page.locator("#id_description_0").fill("Leather belt")
    sent: list[str] = []

    def lose_the_first_answer(route: object, request: object) -> None:
        if request.method == "POST" and not sent:  # type: ignore[attr-defined]
            sent.append(request.post_data or "")  # type: ignore[attr-defined]
            route.fetch(max_redirects=0)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route(address, lose_the_first_answer)
    press(page, "Save and go on")
    says(page, "Not sent yet — kept on this device.")
    page.get_by_role("button", name="Try now").click()
    says(page, "Property: recorded.")
    after = property_room.property_of(live_site.prison.officers.system, held.person_id)
    assert len(after) == before + 1


def test_a_form_that_lacks_something_keeps_what_was_typed_and_says_what(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("reception_officer")
    page.goto(f"{live_site.address}/custody/reception/receive/")
    page.locator("#id_line-0-name_as_given").fill("Vasquez, Ramiro")
    page.locator("#id_line-1-age_as_given").fill("200")
    page.locator("#id_line-1-name_as_given").fill("Somebody")
    press(page, "Receive all")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    says(page, "Handed over by")
    expect(page.locator("#id_line-0-name_as_given")).to_have_value("Vasquez, Ramiro")
    page.get_by_role("link", name="Handed over by").click()
    expect(page.get_by_label("Handed over by")).to_be_focused()


def test_an_empty_lock_up_says_that_it_is_empty(live_site: LiveSite, new_context: Contexts) -> None:
    page = live_site.as_officer(new_context())
    page.get_by_label("Establishment").select_option(label="Testville Lock-up")
    press(page, "Go")
    for path, text in (
        ("/custody/roll/", "Nobody is on the roll with these filters."),
        ("/custody/out/", "Nobody is out."),
        ("/custody/reception/", "Every admission is complete."),
        ("/custody/reception/book/", "Nobody was received on this day."),
        ("/custody/desk/", "Everyone who was at court on this day has an outcome."),
        ("/alarms/", "Nothing waits for your role."),
    ):
        page.goto(live_site.address + path)
        says(page, text)


def test_a_spanish_reader_reads_spanish(
    live_site: LiveSite, officer: Callable[[str], Page]
) -> None:
    page = officer("records_officer")
    press(page, "ES")
    assert page.locator("html").get_attribute("lang") == "es"
    for path, heading in (
        ("/custody/roll/", "Lista nominal"),
        ("/custody/reception/", "Recepción"),
        ("/release/", "Egreso"),
    ):
        page.goto(live_site.address + path)
        assert heading.casefold()[:5] in page.locator("h1").inner_text().casefold()
    page.goto(live_site.prisoner("MEJIA"))
    left = [w for w in ("Overview", "Legal status", "Next appearance", "Cell place", "Warrant ")
            if page.locator("main").get_by_text(w).count()]  # fmt: skip
    assert left == []
    press(page, "EN")
