"""A page that looks again by itself keeps nobody signed in."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page, Request, expect

from pims.custody import services as custody
from pims.foundation.access import sessions
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from tests.fixtures.live_site import LiveSite

Contexts = Callable[..., BrowserContext]
IDLE = 600  # seconds that nobody has touched the page; more than are noticed late


def stand_idle(page: Page) -> tuple[str, float]:
    """Let the session look as if its user had left; its key and when it was last seen."""
    key = next(c["value"] for c in page.context.cookies() if c["name"] == "pims_session")
    session = SessionStore(session_key=key)
    session[sessions.SEEN] -= IDLE
    session.save()
    return key, session[sessions.SEEN]


def seen(key: str) -> float:
    found: float = SessionStore(session_key=key)[sessions.SEEN]
    return found


def test_a_board_that_is_told_and_opens_its_stream_again_stays_idle(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context())
    page.goto(f"{live_site.address}/board/")
    expect(page.locator("[data-live-state=on]").first).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(path(request)))
    key, before = stand_idle(page)

    custody.record_escape(
        Command(system_actor()), episode_id=live_site.prison.held["TUN"].episode_id
    )
    at_large = page.locator(".p-counter").filter(has_text="At large")
    expect(at_large.locator(".p-counter__value")).to_have_text("1", timeout=20_000)
    live_site.events.cut()
    expect(page.locator("[data-live-state=off]").first).to_be_visible()
    live_site.events.start()
    expect(page.locator("[data-live-state=on]").first).to_be_visible(timeout=20_000)
    with page.expect_response("**/board/stream/"):  # as where the old pass had ended
        page.evaluate("window.another = new EventSource('/board/stream/')")
    page.wait_for_timeout(500)
    assert {"/board/figures/", "/board/stream/", "/board/sounding/"} <= set(asked)
    assert seen(key) == before

    page.get_by_role("link", name="Roll", exact=True).click()
    page.wait_for_url("**/custody/roll/**")
    assert seen(key) > before + IDLE / 2, "a person's own click counts"


def path(request: Request) -> str:
    return urlsplit(request.url).path


def test_a_page_that_asks_by_a_timer_stays_idle_too(
    live_site: LiveSite, new_context: Contexts
) -> None:
    page = live_site.as_officer(new_context())
    page.goto(f"{live_site.address}/alarms/")
    key, before = stand_idle(page)
    with page.expect_response("**/alarms/rows/") as answered:
        page.evaluate(
            "const part = document.createElement('div');"
            "part.setAttribute('hx-get', '/alarms/rows/');"
            "part.setAttribute('hx-trigger', 'every 100ms');"
            "document.querySelector('main').append(part);"
            "htmx.process(part);"
        )
    assert answered.value.request.headers["x-pims-background"] == "1"
    assert seen(key) == before
