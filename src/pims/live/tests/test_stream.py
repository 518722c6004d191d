"""An open page is told of what it may know of, at once, and misses nothing."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from pims.live.hub import CATCH_UP_AT_MOST, QUEUE_LENGTH, Client, message
from pims.live.tests.conftest import KEY, ORIGIN, Feed, Live, live_stream
from pims.live.token import Pass


def test_a_change_reaches_every_open_page(live: Live) -> None:
    boards = [live.open_ready() for _ in range(3)]
    live.feed.put("custody.placed", 1)
    for board in boards:
        told = board.next()
        assert told == {
            "id": "1",
            "data": '{"position":1,"kind":"custody.placed","establishment_id":1}',
        }


def test_a_message_names_no_person() -> None:
    told = message((7, "custody.placed", 1))
    assert b"person" not in told
    assert b"41" not in told


def test_a_page_is_told_of_its_own_establishments_alone(live: Live) -> None:
    board = live.open_ready([2, 3])
    live.feed.put("custody.placed", 1, 2, None, 1, 3)
    assert [board.next_data()["establishment_id"] for _ in range(3)] == [2, None, 3]


def test_a_page_is_told_of_its_topics_alone(live: Live) -> None:
    board = live.open_ready(topics="custody,release.ordered")
    for kind in ("people.renamed", "custody.placed", "release.ended", "release.ordered"):
        live.feed.put(kind, 1)
    assert board.kinds(2) == ["custody.placed", "release.ordered"]


def test_a_page_that_comes_again_is_told_what_it_missed(live: Live) -> None:
    live.feed.put("custody.placed", 1, 1)
    board = live.open([1], headers={"Last-Event-ID": "1"})
    assert board.next()["id"] == "2"
    assert board.next()["event"] == "ready"
    live.feed.put("custody.ended", 1)
    assert board.next()["id"] == "3"


def test_what_happens_while_the_page_loads_is_told(live: Live) -> None:
    live.feed.put("custody.placed", 1, 1)
    board = live.open(after="0")
    assert [board.next()["id"], board.next()["id"]] == ["1", "2"]
    assert board.next()["event"] == "ready"


def test_nothing_is_missed_while_pages_come_and_go(live: Live) -> None:
    last = "0"
    heard: list[int] = []
    for number in range(1, 31):
        live.feed.put("custody.placed", 1)
        board = live.open(headers={"Last-Event-ID": last})
        while True:
            told = board.next()
            if told.get("event") == "ready":
                break
            last = told["id"]
            heard.append(int(last))
        if number % 3 == 0:
            live.feed.put("custody.placed", 1)
            last = board.next()["id"]
            heard.append(int(last))
        board.close()
    assert heard == list(range(1, 41))


def test_a_page_that_missed_too_much_asks_for_everything_again(live: Live) -> None:
    live.feed.put("custody.placed", *[1] * (CATCH_UP_AT_MOST + 1))
    board = live.open(after="0")
    assert board.next()["event"] == "reset"
    assert board.next()["event"] == "ready"
    ahead = live.open(after=str(CATCH_UP_AT_MOST * 9))
    assert ahead.next()["event"] == "reset"


def test_a_position_that_cannot_be_is_none(live: Live) -> None:
    for position in (str(2**63), "9" * 30, "9" * 5000, "-1", "abc"):
        board = live.open(headers={"Last-Event-ID": position})
        assert board.next()["event"] == "ready", position[:40]
        board.close()


def test_an_idle_connection_is_kept_alive(feed: Feed) -> None:
    with live_stream(feed, heartbeat=0.1) as live:
        board = live.open_ready()
        assert board.next() == {"": "still here"}


def test_a_connection_does_not_outlive_its_time(feed: Feed) -> None:
    with live_stream(feed, life=0.3) as live:
        board = live.open_ready()
        assert board.next()["event"] == "renew"
        assert board.next() == {}
        live.wait_for(lambda: not live.stream.hub.clients)


def test_a_page_that_leaves_is_forgotten(live: Live) -> None:
    board = live.open_ready()
    assert len(live.stream.hub.clients) == 1
    board.close()
    live.wait_for(lambda: not live.stream.hub.clients)


def test_a_page_that_does_not_read_never_grows_in_memory() -> None:
    async def flood() -> Client:
        client = Client(Pass(1, None, ORIGIN), frozenset())
        for position in range(10 * QUEUE_LENGTH):
            client.put(message((position, "custody.placed", 1)))
            assert len(client.queue) <= QUEUE_LENGTH
        return client

    # In a thread of its own: a browser of an earlier test keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        client = thread.submit(asyncio.run, flood()).result()
    assert client.overflowed
    assert not client.queue


def test_a_page_that_could_not_keep_up_is_told_to_come_again(live: Live) -> None:
    board = live.open_ready()
    (client,) = live.stream.hub.clients
    client.overflowed = True
    live.feed.put("custody.placed", 1)
    assert board.next()["event"] == "renew"


def test_a_connection_is_one_entry_of_the_ledger(live: Live) -> None:
    live.open_ready([2], topics="custody")
    live.feed.put("custody.placed", 2, 2, 2)
    live.open(token="nonsense")
    rows = live.feed.app.execute(
        "SELECT actor_id, kind, establishment_id, body::json -> 'body' ->> 'page' FROM ledger_entry"
    ).fetchall()
    assert rows == [(9, "read", 2, "live.stream")]


def test_a_database_that_goes_away_is_waited_for(live: Live) -> None:
    board = live.open_ready()
    with psycopg.connect(live.feed.database.dsn("superuser"), autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'pims app'"
            " AND pid <> %s",
            [live.feed.app.info.backend_pid],
        )
    live.feed.put("custody.placed", 1)
    assert board.next()["id"] == "1"


class TestWhoMayListen:
    def test_without_a_token_nobody(self, live: Live) -> None:
        assert live.open(token="").status == 401

    def test_not_with_a_token_of_another_key(self, live: Live) -> None:
        assert live.open(token=live.token(key="other")).status == 401

    def test_not_with_a_changed_token(self, live: Live) -> None:
        claims, _, _ = live.token([2]).partition(":")
        _, _, signature = live.token([1]).partition(":")
        assert live.open(token=f"{claims}:{signature}").status == 401

    def test_not_with_an_old_token(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            long_ago = time.time() - 121
            patch.setattr("django.core.signing.time.time", lambda: long_ago)
            token = live.token()
        assert live.open(token=token).status == 401

    def test_not_from_another_page(self, live: Live) -> None:
        assert live.open(headers={"Origin": "http://evil.test"}).status == 403

    def test_the_page_of_the_token_may_read_it(self, live: Live) -> None:
        board = live.open_ready()
        assert board.response.getheader("access-control-allow-origin") == ORIGIN
        assert board.response.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert board.response.getheader("cache-control") == "no-store"

    def test_there_is_nothing_else_to_see(self, live: Live) -> None:
        assert live.get("/").status == 404
        assert live.get("/healthz").status == 200
        assert live.get(f"/events?token={'x' * 20_000}").status == 414
        assert KEY not in live.get("/events").response.read().decode()
