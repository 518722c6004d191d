"""A board misses nothing, even when the live stream itself is killed under it."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from pims.cli import parts
from pims.custody import services as custody
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from tests.fixtures.live_site import LiveSite

AT_LARGE = "At large"


def counter(board: Page, name: str) -> object:
    return board.locator(".p-counter").filter(has_text=name).locator(".p-counter__value")


def stream_port(site: LiveSite, board: Page) -> int:
    answer = board.request.get(f"{site.address}/board/stream/", max_redirects=0)
    assert answer.status == 307
    return int(urlsplit(answer.headers["location"]).port or 0)


def kill_stream(port: int) -> None:
    found = re.search(r"process (\d+)", parts.who_listens(port))
    assert found is not None
    os.kill(int(found[1]), signal.SIGKILL)


@contextmanager
def stream_at(port: int) -> Iterator[None]:
    process = subprocess.Popen(parts.events(port).argv, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        process.wait(8)


def test_figures_come_down_the_stream_and_only_where_they_do_not_are_they_fetched(
    live_site: LiveSite, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    board = live_site.as_officer(context)
    fetched: list[str] = []
    board.on("request", lambda asked: fetched.append(asked.url))
    board.goto(f"{live_site.address}/board/")
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    board.evaluate("document.querySelector('#figures > *').dataset.first = ''")
    expect(board.locator("[data-first]")).to_have_count(0, timeout=15_000)
    before = int(counter(board, AT_LARGE).inner_text())
    third, fourth = list(live_site.prison.held.values())[2:4]

    custody.record_escape(Command(system_actor()), episode_id=third.episode_id)
    expect(counter(board, AT_LARGE)).to_have_text(str(before + 1))
    expect(board.get_by_text("Out with escort or at large")).to_be_visible()
    assert not [url for url in fetched if url.endswith("/board/figures/")]

    # A stream that brings no figures, as where they cannot be made.
    board.route("**/board/stream/**", lambda route: route.continue_(
        url=route.request.url.replace("figures=1", "without=1")
    ))  # fmt: skip
    board.reload()
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    custody.record_escape(Command(system_actor()), episode_id=fourth.episode_id)
    expect(counter(board, AT_LARGE)).to_have_text(str(before + 2), timeout=20_000)
    assert [url for url in fetched if url.endswith("/board/figures/")]


def test_a_board_can_be_read_on_with_the_keyboard_while_figures_come(
    live_site: LiveSite, new_context: Callable[..., BrowserContext]
) -> None:
    board = live_site.as_officer(new_context())
    board.goto(f"{live_site.address}/board/")
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    link = board.locator("#figures a").nth(5)
    link.focus()
    where = link.get_attribute("href")
    fifth = list(live_site.prison.held.values())[4]
    custody.record_escape(Command(system_actor()), episode_id=fifth.episode_id)
    expect(board.locator("#figures").get_by_text(fifth.number)).to_be_visible()
    assert board.evaluate("document.activeElement.getAttribute('href')") == where


def test_a_board_whose_stream_was_killed_says_so_and_then_shows_what_it_missed(
    live_site: LiveSite, new_context: Callable[..., BrowserContext]
) -> None:
    board = live_site.as_officer(new_context())
    board.goto(f"{live_site.address}/board/")
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    before = int(counter(board, AT_LARGE).inner_text())

    port = stream_port(live_site, board)
    kill_stream(port)
    expect(board.locator("[data-live-state=off]")).to_be_visible()
    first, second = list(live_site.prison.held.values())[:2]
    custody.record_escape(Command(system_actor()), episode_id=first.episode_id)
    with stream_at(port):
        expect(board.locator("[data-live-state=on]")).to_be_visible(timeout=15_000)
        expect(counter(board, AT_LARGE)).to_have_text(str(before + 1))
        custody.record_escape(Command(system_actor()), episode_id=second.episode_id)
        expect(counter(board, AT_LARGE)).to_have_text(str(before + 2))
