"""A live page is live, or says that it is not, and misses nothing that happened meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.sample_site import SampleSite

LISTEN = "window.heard = []; document.body.addEventListener('live', e => heard.push(e.detail.name))"


def live_page(site: SampleSite, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{site.address}?live=1")
    expect(page.locator("[data-live-state=on]")).to_be_visible()
    page.evaluate(LISTEN)
    return page


def hears(page: Page, name: str) -> None:
    """Wait until the page was told; by asking it, since its policy forbids to compile there."""
    for _ in range(200):
        if name in page.evaluate("heard"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the page never heard {name!r}")


def test_every_event_tells_the_page_to_look_again(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = live_page(sample_site, new_context())
    for name in ("message", "reset"):
        sample_site.events.put(name)
    hears(page, "reset")
    assert page.evaluate("heard") == ["message", "reset"]


def test_a_page_that_looks_again_always_looks_after_the_last_of_many_events(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = live_page(sample_site, new_context())
    page.evaluate(
        "window.order = [];"
        "for (const name of ['live', 'live:look'])"
        " document.body.addEventListener(name, () => order.push(name))"
    )
    for _ in range(5):
        sample_site.events.put("message")
    page.wait_for_timeout(800)
    order = page.evaluate("order")
    assert order.count("live") == 5
    assert order[-1] == "live:look"
    assert order.count("live:look") == 2


def test_a_stream_that_breaks_comes_back_and_asks_for_what_it_missed(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = live_page(sample_site, new_context())
    sample_site.events.put("end")
    hears(page, "reconnected")
    sample_site.events.put("message")
    hears(page, "message")
    expect(page.locator("[data-live-state=on]")).to_be_visible()


def test_a_pass_that_ends_is_renewed_without_anybody_noticing(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = live_page(sample_site, new_context())
    sample_site.events.put("renew")
    sample_site.events.put("end")
    hears(page, "reconnected")
    expect(page.locator("[data-live-state=on]")).to_be_visible()


def test_a_page_without_its_stream_says_so(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = live_page(sample_site, new_context())
    page.context.set_offline(True)
    sample_site.events.put("end")
    expect(page.get_by_text("Not live: no connection. These figures may be old.")).to_be_visible()


def test_whoever_stands_idle_is_warned_and_may_stay(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{sample_site.address}?idle=6")
    page.get_by_role("button", name="Stay signed in").click(timeout=20_000)
    expect(page.locator("#p-idle")).to_be_hidden()
    page.wait_for_timeout(200)
    assert sample_site.kept == 1


def test_a_session_that_ended_takes_its_page_away(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{sample_site.address}?idle=2")
    sample_site.signed_in = False
    with page.expect_navigation(timeout=15_000):
        pass
    assert sample_site.kept == 0


def test_a_session_that_another_page_kept_is_not_ended_here(
    sample_site: SampleSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{sample_site.address}?idle=2")
    page.evaluate("window.still = true")
    page.wait_for_timeout(4_000)
    assert page.evaluate("window.still")
