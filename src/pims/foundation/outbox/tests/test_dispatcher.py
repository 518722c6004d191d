"""Subscribers hear of every event, in order per person, and a failing one stops only its person."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from pims.foundation.outbox.dispatcher import DatabaseAway, Dispatcher, backoff
from pims.foundation.outbox.feed import feed_position, read_feed
from pims.foundation.outbox.models import ParkedEvent, SubscriberCursor
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.selectors import (
    LATE,
    Health,
    health,
    stuck,
    subscribers_progress,
    waiting_for_order,
)
from pims.foundation.outbox.subscribers import Registry, Subscriber
from pims.foundation.outbox.tests.conftest import Counted, Feed, Opened, Placed
from pims.kernel import clock

NO_REST = timedelta(0)


class Listener:
    """A subscriber that remembers what it handled and fails where it is told to."""

    def __init__(self, *kinds: str, name: str = "listener") -> None:
        self.heard: list[int] = []
        self.refuses: Callable[[EventRecord], bool] = lambda event: False
        self.subscriber = Subscriber(name, kinds or ("custody.*",), self.handle)
        self.dispatcher = Dispatcher([self.subscriber], rest=lambda attempts: NO_REST)

    def handle(self, event: EventRecord) -> None:
        if self.refuses(event):
            raise RuntimeError("cannot do this now")
        self.heard.append(event.position)

    def catch_up(self) -> None:
        while self.dispatcher.round():
            pass


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "pims.dispatcher")


def test_every_event_is_handed_over_once_in_order(feed: Feed) -> None:
    listener = Listener()
    feed.put(1, 2, 1, None, 3)
    listener.catch_up()
    feed.put(2)
    listener.catch_up()
    listener.catch_up()
    assert listener.heard == [1, 2, 3, 4, 5, 6]


def test_an_event_arrives_as_it_was_put(feed: Feed) -> None:
    feed.put(41)
    (event,) = read_feed(0, 10)
    assert (event.position, event.kind, event.person_id, event.event_seq) == (
        1, "custody.placed", 41, 1,
    )  # fmt: skip
    assert event.payload == {"person_id": 41, "establishment_id": 7}
    assert event.recorded_at.tzinfo is not None
    assert feed_position() == 1
    assert waiting_for_order() == 0


def test_the_feed_is_read_by_piece_and_kind(feed: Feed) -> None:
    feed.put(1, 2)
    feed.put(3, kind=Opened)
    feed.put(4, kind=Counted)
    assert [e.position for e in read_feed(1, 2)] == [2, 3]
    assert [e.position for e in read_feed(0, 9, kinds=["custody.*"])] == [1, 2, 4]
    assert [e.position for e in read_feed(0, 9, kinds=["custody.counted"])] == [4]
    assert [e.position for e in read_feed(0, 9, upto=3)] == [1, 2, 3]


def test_only_what_is_wanted_is_handed_over(feed: Feed) -> None:
    listener = Listener("facilities.*", "custody.counted")
    feed.put(1, 2)
    feed.put(None, kind=Opened)
    feed.put(3, kind=Counted)
    feed.put(*range(10, 30))
    listener.catch_up()
    assert listener.heard == [3, 4]
    assert SubscriberCursor.objects.get().position == 24


def test_what_was_recorded_before_a_subscriber_began_is_passed_over(feed: Feed) -> None:
    heard: list[int] = []
    feed.put(1, 2)
    began = clock.now()
    asked: list[int] = []

    def since() -> datetime:
        asked.append(1)
        return began

    late = Subscriber("late", ("custody.*",), lambda event: heard.append(event.position),
                      since=since)  # fmt: skip
    feed.put(3)
    dispatcher = Dispatcher([late])
    while dispatcher.round():
        pass
    assert heard == [3]
    assert len(asked) == 1
    assert SubscriberCursor.objects.get(subscriber="late").position == 3


def test_what_is_not_worth_a_transaction_is_passed_over(feed: Feed) -> None:
    heard: list[int] = []
    feed.put(1, 2, 3, 4)
    wanted = Subscriber(
        "some",
        ("custody.*",),
        lambda event: heard.append(event.position),
        lambda event: event.position % 2 == 0,
    )
    Dispatcher([wanted]).round()
    assert heard == [2, 4]
    assert SubscriberCursor.objects.get().position == 4


def test_a_failing_event_stops_only_its_person(feed: Feed) -> None:
    listener = Listener()
    listener.refuses = lambda event: event.position == 2
    feed.put(1, 2, 1, 2, 3, 2)
    listener.catch_up()
    assert listener.heard == [1, 3, 5]
    listener.refuses = lambda event: False
    listener.catch_up()
    assert listener.heard == [1, 3, 5, 2, 4, 6]
    assert not ParkedEvent.objects.exists()


def test_what_comes_later_for_a_parked_person_queues_behind(feed: Feed) -> None:
    listener = Listener()
    listener.refuses = lambda event: event.person_id == 2
    feed.put(2)
    listener.catch_up()
    feed.put(2, 3)
    listener.catch_up()
    assert listener.heard == [3]
    assert listener.dispatcher.round() == 0
    listener.refuses = lambda event: False
    feed.put(2)
    listener.catch_up()
    assert listener.heard == [3, 1, 2, 4]


def test_an_operator_is_told_what_is_stuck_and_since_when_nothing_came_of_anything(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    monkeypatch.setattr("pims.foundation.outbox.selectors.discover", lambda: [listener.subscriber])
    began = clock.now()
    feed.put(1, 2, 1)
    assert health().good
    with clock.at(began + LATE + timedelta(seconds=5)):
        late = health()
        assert (late.good, late.failing) == (False, 0)
        assert late.late_since is not None
        assert late.late_since - began < LATE
    listener.refuses = lambda event: event.person_id == 1
    listener.dispatcher.round()
    with clock.at(began + LATE + timedelta(seconds=5)):
        assert health() == Health(failing=1, waiting=1, late_since=None)
    (one,) = stuck()
    assert (one.subscriber, one.lane, one.kind, one.waiting) == (
        "listener", "person:1", "custody.placed", 1,
    )  # fmt: skip
    assert "cannot do this now" in one.error
    listener.refuses = lambda event: False
    listener.catch_up()
    assert health().good
    assert stuck() == []


def test_events_about_no_person_queue_by_kind(feed: Feed) -> None:
    listener = Listener("custody.*", "facilities.*")
    listener.refuses = lambda event: event.position == 1
    feed.put(None)
    feed.put(None, kind=Opened)
    feed.put(None)
    listener.catch_up()
    assert listener.heard == [2]


def test_a_failing_event_stops_only_its_subscriber(feed: Feed) -> None:
    listener, other = Listener(), Listener(name="other")
    listener.refuses = lambda event: True
    both = Dispatcher([listener.subscriber, other.subscriber])
    feed.put(1, 1)
    while both.round():
        pass
    assert (listener.heard, other.heard) == ([], [1, 2])
    failing, fine = subscribers_progress()
    assert (failing.subscriber, failing.failing, failing.waiting) == ("listener", 1, 2)
    assert (fine.behind, fine.waiting) == (0, 0)


def test_a_failing_event_rests_longer_each_time(feed: Feed) -> None:
    listener = Listener()
    listener.refuses = lambda event: True
    listener.dispatcher = Dispatcher([listener.subscriber])
    feed.put(1)
    listener.catch_up()
    listener.catch_up()
    parked = ParkedEvent.objects.get()
    assert parked.attempts == 1, "it was tried again without rest"
    assert listener.dispatcher.next_retry() == parked.retry_at
    assert "RuntimeError: cannot do this now" in parked.error
    rests = [backoff(attempts).total_seconds() for attempts in (1, 2, 3, 50)]
    assert rests == [1, 2, 4, 600]


def test_what_a_failing_handler_wrote_is_undone(feed: Feed) -> None:
    def write_then_fail(event: EventRecord) -> None:
        SubscriberCursor.objects.create(subscriber=f"effect-{event.position}")
        if event.person_id == 2:
            raise RuntimeError

    feed.put(1, 2, 3)
    dispatcher = Dispatcher([Subscriber("writer", ("custody.*",), write_then_fail)])
    while dispatcher.round():
        pass
    written = SubscriberCursor.objects.filter(subscriber__startswith="effect")
    assert {row.subscriber for row in written} == {"effect-1", "effect-3"}


def test_two_workers_never_handle_the_same_event(feed: Feed) -> None:
    """The second has read the same events when the first is done with them."""
    first, second = Listener(), Listener()
    feed.put(1, 2, 3)

    def overtake(event: EventRecord) -> None:
        if event.position == 1:
            second_handled.append(event.position)

    second_handled: list[int] = []
    events = read_feed(0, 10)
    first.catch_up()
    second.subscriber = Subscriber("listener", ("custody.*",), overtake)
    late = Dispatcher([second.subscriber])
    assert not late._handle_next(second.subscriber, events[0])
    assert second_handled == []
    assert first.heard == [1, 2, 3]


def test_a_lost_database_is_no_failure_of_the_event(feed: Feed) -> None:
    listener = Listener()
    calls: list[int] = []

    def lose_once(event: EventRecord) -> bool:
        calls.append(event.position)
        if len(calls) == 1:
            feed.lose_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        return False

    listener.refuses = lose_once
    feed.put(1)
    with pytest.raises(DatabaseAway):
        listener.dispatcher.round()
    connection.close()
    listener.catch_up()
    assert listener.heard == [1]
    assert calls == [1, 1]
    assert not ParkedEvent.objects.exists()


def test_an_error_that_is_its_own_cause_is_a_failure_like_any_other(feed: Feed) -> None:
    def fail(event: EventRecord) -> None:
        first, second = RuntimeError("first"), RuntimeError("second")
        first.__cause__, second.__cause__ = second, first
        raise first

    feed.put(1)
    Dispatcher([Subscriber("circle", ("custody.*",), fail)]).round()
    assert ParkedEvent.objects.get().attempts == 1


def test_a_thousand_events_are_a_matter_of_seconds(feed: Feed) -> None:
    listener = Listener()
    feed.put(*(n % 50 for n in range(1000)))
    listener.catch_up()
    assert listener.heard == list(range(1, 1001))


def test_a_name_is_given_to_one_subscriber() -> None:
    registry = Registry()
    registry.subscriber("assurance", kinds=["custody.*"])(print)
    with pytest.raises(ValueError, match="already"):
        registry.subscriber("assurance", kinds=["custody.*"])(repr)
    with pytest.raises(ValueError, match="list"):
        registry.subscriber("other", kinds="custody.placed")
    known = registry.known["assurance"]
    assert known.wants(Placed.kind)
    assert not known.wants(Opened.kind)
