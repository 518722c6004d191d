"""A board is sent its own figures after a change: made once for all who are shown the same."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from pims.live import boards
from pims.live.making import Apart, Figures, Make, MakingFailed
from pims.live.sight import Sight, Span, View
from pims.live.tests.conftest import Board, Feed, Live, live_stream

END = "SELECT coalesce(max(position), 0) FROM outbox_feed"
EVERYONE = Sight(1, None)
ADULTS = Sight(1, (Span(1, None, ("ordinary",)),))


@dataclass
class Maker:
    """Makes figures that say for whom, in which language and how often they were made."""

    feed: Feed
    made: list[tuple[Sight, frozenset[str]]] = field(default_factory=list)
    fails: bool = False
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, sight: Sight, languages: Iterable[str]) -> Figures:
        with psycopg.connect(self.feed.database.dsn("app")) as connection:
            (position,) = connection.execute(END).fetchone() or (0,)
        self.made.append((sight, frozenset(languages)))
        assert self.goes_on.wait(5)
        if self.fails:
            raise RuntimeError("the database is slow")
        seen = "everyone" if sight.spans is None else "adults"
        return Figures(position, {one: f"<b>{seen} {one} {position}</b>" for one in languages})


def _boards(make: Make, **more: float) -> Callable[[], boards.Boards]:
    return lambda: boards.Boards(make, **more)


@pytest.fixture
def maker(feed: Feed) -> Iterator[Maker]:
    found = Maker(feed)
    found.goes_on.set()
    yield found
    found.goes_on.set()


@pytest.fixture
def live(feed: Feed, maker: Maker) -> Iterator[Live]:
    with live_stream(feed, boards=_boards(maker)) as found:
        yield found


def told(board: Board, event: str) -> dict[str, Any]:
    """The data of the next message of that name; others before it are read past."""
    while message := board.next():
        if message.get("event") == event:
            found: dict[str, Any] = json.loads(message["data"])
            return found
    raise AssertionError(f"the stream ended without {event!r}")


def opened(live: Live, sight: Sight = EVERYONE, language: str = "en", **more: Any) -> Board:
    """An open board that has its first figures."""
    board = live.open(view=View(sight, language), **more)
    told(board, "figures")
    return board


def settled(maker: Maker) -> int:
    """How often figures were made, once no more are being made."""
    count = -1
    while count != len(maker.made):
        count = len(maker.made)
        time.sleep(2 * boards.REST_SECONDS)
    return count


def test_after_a_change_every_board_is_brought_the_new_figures(live: Live) -> None:
    watching = [opened(live) for _ in range(5)]
    live.feed.put("custody.placed", 1)
    for board in watching:
        assert told(board, "figures") == {"position": 1, "html": "<b>everyone en 1</b>"}


def test_the_same_figures_are_made_once_for_all(live: Live, maker: Maker) -> None:
    watching = [opened(live) for _ in range(20)]
    before = settled(maker)
    live.feed.put("custody.placed", 1)
    for board in watching:
        told(board, "figures")
    assert settled(maker) == before + 1


def test_each_board_has_its_own_language_from_one_look_at_the_prison(
    live: Live, maker: Maker
) -> None:
    english, spanish = opened(live), opened(live, language="es")
    before = settled(maker)
    live.feed.put("custody.placed", 1)
    assert told(english, "figures")["html"] == "<b>everyone en 1</b>"
    assert told(spanish, "figures")["html"] == "<b>everyone es 1</b>"
    assert maker.made[before:] == [(EVERYONE, frozenset({"en", "es"}))]


def test_whoever_sees_less_is_never_brought_the_figures_of_whoever_sees_more(live: Live) -> None:
    full, narrow = opened(live), opened(live, ADULTS)
    for number in range(1, 6):
        live.feed.put("custody.placed", 1)
        assert told(full, "figures")["html"] == f"<b>everyone en {number}</b>"
        assert told(narrow, "figures")["html"] == f"<b>adults en {number}</b>"


def test_a_pass_without_a_view_is_brought_none(live: Live, maker: Maker) -> None:
    board = live.open_ready()
    live.feed.put("custody.placed", 1)
    assert "event" not in board.next()
    assert maker.made == []


def test_what_is_none_of_the_boards_business_makes_no_figures(live: Live, maker: Maker) -> None:
    board = opened(live, establishments=[1], topics="custody")
    before = settled(maker)
    live.feed.put("custody.placed", 2)
    live.feed.put("people.renamed", 1)
    assert settled(maker) == before
    live.feed.put("custody.placed", 1)
    assert told(board, "figures")["position"] == 3


def test_a_burst_is_shown_at_once_then_now_and_then_and_its_end_for_certain(
    live: Live, maker: Maker
) -> None:
    board = opened(live)
    before, began = settled(maker), time.monotonic()
    for _ in range(60):
        live.feed.put("custody.placed", 1)
        time.sleep(0.01)
    first = told(board, "figures")
    last = first
    while last["position"] < 60:
        last = told(board, "figures")
    assert first["position"] < 30
    most = (time.monotonic() - began) / boards.REST_SECONDS + 2
    assert settled(maker) - before <= most


def test_a_board_that_comes_again_is_brought_the_figures_as_they_are(live: Live) -> None:
    live.feed.put("custody.placed", 1, 1)
    for how in ({"headers": {"Last-Event-ID": "2"}}, {"after": "1"}, {"after": "2", "again": "1"}):
        assert told(live.open(view=View(EVERYONE, "en"), **how), "figures")["position"] == 2


def test_many_boards_that_come_again_at_once_cost_one_making(live: Live, maker: Maker) -> None:
    opened(live)
    before = settled(maker)
    for _ in range(20):
        opened(live, after="0", again="1")
    assert settled(maker) == before


def test_a_page_just_made_is_not_sent_what_it_shows(live: Live, maker: Maker) -> None:
    opened(live)
    board = live.open(view=View(EVERYONE, "en"), after="0")
    assert board.next()["event"] == "ready"
    live.feed.put("custody.placed", 1)
    assert board.next()["id"] == "1"
    assert told(board, "figures")["position"] == 1


def test_where_figures_cannot_be_made_the_board_is_told_to_fetch_them(
    live: Live, maker: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    board = opened(live)
    maker.fails = True
    live.feed.put("custody.placed", 1)
    assert told(board, "fetch") == {"spread": 0}
    maker.fails = False
    live.feed.put("custody.placed", 1)
    assert told(board, "figures")["position"] == 2
    assert "the database is slow" in caplog.text


def test_until_the_first_figures_can_be_made_boards_fetch_them_a_little_apart(
    live: Live, maker: Maker
) -> None:
    maker.goes_on.clear()
    watching = [live.open(view=View(EVERYONE, "en"), after="0") for _ in range(3)]
    for board in watching:
        assert board.next()["event"] == "ready"
    live.feed.put("custody.placed", 1)
    for board in watching:
        assert told(board, "fetch") == {"spread": 2 * boards.FETCH_APART_MS}
    maker.goes_on.set()
    for board in watching:
        assert told(board, "figures")["html"]


def test_while_figures_are_slow_in_the_making_the_board_is_told_of_events(
    live: Live, maker: Maker
) -> None:
    board = opened(live)
    maker.goes_on.clear()
    live.feed.put("custody.placed", 1)
    live.feed.put("custody.ended", 1)
    assert board.kinds(2) == ["custody.placed", "custody.ended"]
    maker.goes_on.set()
    while told(board, "figures")["position"] < 2:
        pass


def test_what_the_clock_alone_changes_is_shown_within_half_a_minute(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert boards.REFRESH_SECONDS + 5 <= 30
    turns = iter(range(1000))

    def make(sight: Sight, languages: Iterable[str]) -> Figures:
        return Figures(0, {one: f"<b>{next(turns)} overdue</b>" for one in languages})

    with live_stream(feed, boards=_boards(make, refresh=0.3)) as live:
        board = opened(live)
        assert told(board, "figures")["html"].endswith(" overdue</b>")


def test_figures_that_say_the_same_are_not_sent_again(
    feed: Feed, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_stream(feed, boards=_boards(maker, refresh=0.1)) as live:
        board = opened(live)
        count = len(maker.made)
        live.wait_for(lambda: len(maker.made) > count + 3)
        live.feed.put("custody.placed", 1)
        assert board.next()["id"] == "1"


def test_an_event_that_changes_no_figure_is_answered_so_that_no_board_fetches(feed: Feed) -> None:
    def make(sight: Sight, languages: Iterable[str]) -> Figures:
        with psycopg.connect(feed.database.dsn("app")) as connection:
            (position,) = connection.execute(END).fetchone() or (0,)
        return Figures(position, dict.fromkeys(languages, "<b>all as before</b>"))

    with live_stream(feed, boards=_boards(make)) as live:
        board = opened(live)
        live.feed.put("assurance.alarm_raised", 1)
        assert told(board, "figures") == {"position": 1, "html": None}


def test_boards_that_are_closed_are_forgotten(live: Live) -> None:
    watching = [opened(live), opened(live, ADULTS)]
    for board in watching:
        board.close()
    assert live.stream.hub is not None
    hub = live.stream.hub
    live.wait_for(lambda: not hub.clients and not hub.boards._watches)


def _made_in(_sight: Sight, languages: Iterable[str]) -> Figures:
    """In a process of its own: figures that name it."""
    return Figures(0, {one: f"<b>{os.getpid()} {time.monotonic()}</b>" for one in languages})


def test_where_the_maker_is_killed_another_takes_its_place(feed: Feed) -> None:
    with live_stream(feed, boards=lambda: boards.Boards(Apart(_made_in))) as live:
        board = live.open(view=View(EVERYONE, "en"))
        first = int(told(board, "figures")["html"][3:].split()[0])
        assert first != os.getpid()
        os.kill(first, signal.SIGKILL)
        live.feed.put("custody.placed", 1)
        told(board, "fetch")
        live.feed.put("custody.placed", 1)
        second = int(told(board, "figures")["html"][3:].split()[0])
        assert second not in (first, os.getpid())


def _fails(_sight: Sight, _languages: Iterable[str]) -> Figures:
    raise RuntimeError("the database is slow")


def test_what_goes_wrong_with_the_maker_is_told_where_it_is_read() -> None:
    apart = Apart(_fails)
    try:
        for _ in range(2):
            with pytest.raises(MakingFailed, match="the database is slow"):
                apart(EVERYONE, ["en"])
    finally:
        apart.end()


def test_the_maker_ends_with_whoever_began_it() -> None:
    apart = Apart(_made_in)
    made = int(apart(EVERYONE, ["en"]).html["en"][3:].split()[0])
    process = apart._process
    assert process is not None
    assert process.pid == made
    assert apart._line is not None
    apart._line.close()  # as when the stream is killed
    process.join(5)
    assert process.exitcode == 0
