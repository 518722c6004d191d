"""What is typed is neither lost nor saved twice: lost connections, double clicks, other users."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.browser import complaints
from tests.fixtures.sample_site import SampleSite

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def page(sample_site: SampleSite, new_context: Contexts) -> Iterator[Page]:
    page = new_context().new_page()
    heard = complaints(page)
    page.goto(sample_site.address)
    page.wait_for_selector("body.js-enabled")
    yield page
    unexpected = [line for line in heard if "Failed to load resource" not in line]
    assert unexpected == []


def name(page: Page) -> str:
    return page.locator("#id_name_as_given").input_value()


def stored(page: Page) -> str:
    """Everything that this browser keeps, as anybody at it could read it."""
    text: str = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    return text


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_it_says_saved_when_the_server_says_so(page: Page, sample_site: SampleSite) -> None:
    page.locator("#id_name_as_given").fill("TUN")
    save(page)
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert page.url.endswith("?saved=1")
    assert len(sample_site.received) == 1
    assert page.evaluate("document.activeElement !== document.body"), "focus was lost"


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_command(
    page: Page, sample_site: SampleSite
) -> None:
    sample_site.lose = ["answer", "request"]
    page.locator("#id_name_as_given").fill("TUN")
    save(page)
    expect(page.get_by_text("Not sent yet — kept on this device.")).to_be_visible()
    assert page.get_by_text("Saved by the server.").count() == 0
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("Saved by the server.")).to_be_visible(timeout=15_000)
    assert len(sample_site.received) == 2
    assert len(set(sample_site.command_ids)) == 1


def test_a_form_sent_while_offline_goes_out_when_the_connection_is_back(
    page: Page, sample_site: SampleSite
) -> None:
    page.locator("#id_name_as_given").fill("TUN")
    page.context.set_offline(True)
    expect(page.locator("#p-offline")).to_be_visible()
    save(page)
    expect(page.get_by_text("Not sent yet — kept on this device.")).to_be_visible()
    assert sample_site.received == []
    page.context.set_offline(False)
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert len(sample_site.received) == 1


def test_two_clicks_are_one_command(page: Page, sample_site: SampleSite) -> None:
    page.locator("#id_name_as_given").fill("TUN")
    page.evaluate(
        "() => { const f = document.querySelector('form[data-draft=style]');"
        " f.requestSubmit(); f.requestSubmit(); }"
    )
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert len(sample_site.received) == 1


def test_what_was_typed_is_there_after_the_page_was_closed(page: Page) -> None:
    page.locator("#id_name_as_given").fill("O'BRIEN <b>")
    page.locator("#id_injuries").fill("Left arm")
    page.get_by_label("Defective").first.check()
    page.locator("#id_photo").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"secret picture"}
    )
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_text("What you had typed is back.")).to_be_visible()
    assert name(page) == "O'BRIEN <b>"
    assert page.get_by_label("Defective").first.is_checked()
    kept = stored(page)
    assert "pims-draft|sample|" in kept
    assert "BRIEN" not in kept, "locked: only pages of its author have the key"
    assert "secret picture" not in kept
    assert "p.jpg" not in kept
    assert "token" not in kept
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("#id_name_as_given")).to_have_value("")


def test_a_draft_ends_when_it_was_saved(page: Page, sample_site: SampleSite) -> None:
    page.locator("#id_name_as_given").fill("TUN")
    save(page)
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    page.goto(sample_site.address)
    assert page.get_by_text("What you had typed is back.").count() == 0
    assert name(page) == ""


def test_a_draft_whose_sending_was_cut_off_goes_out_under_its_first_id(
    page: Page, sample_site: SampleSite
) -> None:
    sample_site.lose = ["answer"]
    page.locator("#id_name_as_given").fill("TUN")
    save(page)
    expect(page.get_by_text("Not sent yet — kept on this device.")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("What you had typed is back.")).to_be_visible()
    save(page)
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert len(sample_site.received) == 2
    assert len(set(sample_site.command_ids)) == 1


def test_a_draft_waits_for_its_author_and_is_nothing_to_anyone_else(
    page: Page, sample_site: SampleSite
) -> None:
    page.locator("#id_name_as_given").fill("TUN, Emiliano")
    page.wait_for_timeout(500)
    sample_site.user = "another"
    page.goto(sample_site.address)
    page.wait_for_timeout(300)
    assert name(page) == ""
    assert page.get_by_text("What you had typed is back.").count() == 0
    assert "Emiliano" not in stored(page)
    page.locator("#id_name_as_given").fill("POP, Santiago")
    page.wait_for_timeout(500)
    sample_site.user = "sample"
    page.goto(sample_site.address)
    expect(page.get_by_text("What you had typed is back.")).to_be_visible()
    assert name(page) == "TUN, Emiliano"


def test_a_draft_that_was_stolen_or_moved_opens_for_nobody(
    page: Page, sample_site: SampleSite
) -> None:
    page.locator("#id_name_as_given").fill("TUN, Emiliano")
    page.wait_for_timeout(500)
    page.evaluate(
        "for (const [k, v] of Object.entries({...localStorage}))"
        " localStorage.setItem(k.replace('|sample|', '|another|'), v)"
    )
    sample_site.user = "another"
    page.goto(sample_site.address)
    page.wait_for_timeout(300)
    assert name(page) == ""
    assert "|another|" not in stored(page)


def test_where_nothing_can_be_locked_the_next_user_finds_nothing_at_all(
    page: Page, sample_site: SampleSite
) -> None:
    sample_site.locks = False
    page.goto(sample_site.address)
    page.locator("#id_name_as_given").fill("TUN, Emiliano")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#id_name_as_given")).to_have_value("TUN, Emiliano")
    sample_site.user = "another"
    page.goto(sample_site.address)
    assert name(page) == ""
    assert "Emiliano" not in stored(page)


def test_a_draft_of_yesterday_is_gone(page: Page, sample_site: SampleSite) -> None:
    page.locator("#id_name_as_given").fill("TUN, Emiliano")
    page.wait_for_timeout(500)
    page.evaluate(
        "for (const [k, v] of Object.entries({...localStorage})) if (k.startsWith('pims-draft|'))"
        " localStorage.setItem(k, JSON.stringify({...JSON.parse(v), at: Date.now() - 13 * 36e5}))"
    )
    page.reload()
    page.wait_for_timeout(300)
    assert name(page) == ""
    assert "pims-draft|sample|" not in stored(page)


def test_a_refused_form_keeps_what_was_typed_and_is_a_new_command(
    page: Page, sample_site: SampleSite
) -> None:
    page.locator("#id_injuries").fill("Left arm")
    save(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.locator("#id_injuries").input_value() == "Left arm"
    page.locator("#id_name_as_given").fill("TUN")
    save(page)
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert len(set(sample_site.command_ids)) == 2


def test_the_keyboard_finds_fills_and_sends(page: Page, sample_site: SampleSite) -> None:
    page.keyboard.press("/")
    expect(page.locator("#p-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#id_van-0-name").focus()
    page.keyboard.type("Ya/?t")
    page.keyboard.press("Enter")
    expect(page.locator("#id_van-1-name")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#id_van-0-name")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved by the server.")).to_be_visible()
    assert sample_site.received[0]["van-0-name"] == "Ya/?t"


def test_now_is_the_establishments_now(page: Page) -> None:
    written = page.evaluate("document.documentElement.dataset.now")
    page.locator("#id_born_day").focus()
    page.keyboard.press("t")
    day, month, year = (
        page.locator(f"#id_born_{part}").input_value() for part in ("day", "month", "year")
    )
    assert f"{year}-{int(month):02}-{int(day):02}" == written[:10]
    page.locator("#id_received_at_time").fill("")
    page.get_by_role("button", name="Received").first.click()
    hours, minutes = page.locator("#id_received_at_time").input_value().split(":")
    since = (int(hours) * 60 + int(minutes)) - (int(written[11:13]) * 60 + int(written[14:16]))
    assert since % (24 * 60) in (0, 1)


def test_single_key_shortcuts_can_be_turned_off(page: Page) -> None:
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use shortcuts of a single key").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#p-search")).not_to_be_focused()


def test_suggestions_are_chosen_with_the_keyboard(page: Page) -> None:
    court = page.locator("#id_court")
    court.press_sequentially("high")
    expect(page.get_by_role("option", name="High Court")).to_be_visible()
    court.press("ArrowDown")
    court.press("Enter")
    assert court.input_value() == "High Court"
    expect(page.get_by_role("option", name="High Court")).to_be_hidden()


def test_a_file_that_was_chosen_is_still_chosen_when_something_else_is_put_right(
    page: Page,
) -> None:
    page.locator("#id_photo").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"a picture"}
    )
    save(page)  # without the name that is asked for
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    chosen = "[...document.querySelector('#id_photo').files].map(f => f.name)"
    assert page.evaluate(chosen) == ["p.jpg"]


def test_a_file_that_was_chosen_is_not_given_to_the_next_user(
    page: Page, sample_site: SampleSite
) -> None:
    page.locator("#id_photo").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"a picture"}
    )
    sample_site.user = "somebody else"
    save(page)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("#id_photo")).to_have_value("")
