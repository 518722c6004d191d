"""Handing events to subscribers: at least once, in order per person, in effect once.

Each event is handled in one transaction with the subscriber's progress, under a lock of that
progress, so that two workers never handle the same event and a crash repeats none in effect. An
event that fails is parked with its lane (its person; its kind where it is about no person): what
follows in that lane queues behind it, everybody else goes on.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import psycopg
from django.db import transaction

from pims.foundation.database.passing import is_passing
from pims.foundation.outbox.feed import feed_position, read_feed, read_one
from pims.foundation.outbox.models import ParkedEvent, SubscriberCursor
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import Subscriber
from pims.kernel import clock

BATCH = 500
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=10)
_TRIES_WHILE_PASSING = 3
_ERROR_LENGTH = 500

log = logging.getLogger("pims.dispatcher")


class DatabaseAway(Exception):
    """The database went away in the middle; nothing was decided about the event."""


def backoff(attempts: int) -> timedelta:
    """How long a lane rests after its `attempts`-th failure in a row."""
    doublings: int = min(attempts - 1, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


class Dispatcher:
    """One round hands every subscriber a batch of new events and retries what is due."""

    def __init__(
        self,
        subscribers: Iterable[Subscriber],
        *,
        rest: Callable[[int], timedelta] = backoff,
    ) -> None:
        self._subscribers = tuple(subscribers)
        self._rest = rest

    def round(self) -> int:
        """Do what there is to do, at most a batch a subscriber; give how many events moved.

        Raises DatabaseAway, or Django's OperationalError or InterfaceError, where the database
        can't be reached.
        """
        return sum(
            self._retry_parked(subscriber) + self._follow_feed(subscriber)
            for subscriber in self._subscribers
        )

    def next_retry(self) -> datetime | None:
        """When the next parked event is due."""
        names = [subscriber.name for subscriber in self._subscribers]
        soonest = ParkedEvent.objects.filter(subscriber__in=names, attempts__gt=0)
        return soonest.order_by("retry_at").values_list("retry_at", flat=True).first()

    def _follow_feed(self, subscriber: Subscriber) -> int:
        cursor, _ = SubscriberCursor.objects.get_or_create(subscriber=subscriber.name)
        end = feed_position()
        if cursor.position >= end:
            return 0
        events = read_feed(cursor.position, BATCH, kinds=subscriber.kinds, upto=end)
        history = subscriber.since() if events else None
        for event in events:
            if history is not None and event.recorded_at <= history:
                continue
            if subscriber.only(event) and not self._handle_next(subscriber, event):
                return 0
        # What this subscriber does not want is passed over at once.
        passed = events[-1].position if len(events) == BATCH else end
        SubscriberCursor.objects.filter(subscriber=subscriber.name, position__lt=passed).update(
            position=passed
        )
        return len(events)

    def _handle_next(self, subscriber: Subscriber, event: EventRecord) -> bool:
        """Handle or park the next event; false where another worker was there first."""

        def take() -> bool:
            if _lock_progress(subscriber) >= event.position:
                return False
            if _lane_is_parked(subscriber, event.lane):
                _park(subscriber, event, attempts=0, error="", retry_at=clock.now())
            else:
                subscriber.handle(event)
            _move(subscriber, event)
            return True

        def set_aside(error: str) -> bool:
            if _lock_progress(subscriber) >= event.position:
                return False
            _park(subscriber, event, attempts=1, error=error, retry_at=self._again_at(1))
            _move(subscriber, event)
            return True

        return _in_one_transaction(subscriber, event, take, set_aside)

    def _retry_parked(self, subscriber: Subscriber) -> int:
        """Try the first event of every lane that is due, and while that goes well what waits."""
        handled = 0
        for lane in _due_lanes(subscriber):
            while self._retry_head(subscriber, lane):
                handled += 1
        return handled

    def _retry_head(self, subscriber: Subscriber, lane: str) -> bool:
        """Handle the lane's first event; false where it failed again or nothing is left."""
        first = _head(subscriber, lane)
        if first is None or first.retry_at > clock.now():
            return False
        event = read_one(first.position)

        def take() -> bool:
            _lock_progress(subscriber)
            deleted, _ = ParkedEvent.objects.filter(pk=first.pk).delete()
            if deleted:
                subscriber.handle(event)
            return bool(deleted)

        def keep(error: str) -> bool:
            attempts = first.attempts + 1
            ParkedEvent.objects.filter(pk=first.pk).update(
                attempts=attempts, error=error, retry_at=self._again_at(attempts)
            )
            return False

        return _in_one_transaction(subscriber, event, take, keep)

    def _again_at(self, attempts: int) -> datetime:
        return clock.now() + self._rest(attempts)


def _in_one_transaction(
    subscriber: Subscriber,
    event: EventRecord,
    take: Callable[[], bool],
    otherwise: Callable[[str], bool],
) -> bool:
    """Run `take`; where the handler fails, undo all that it did and run `otherwise`."""
    for attempt in range(1, _TRIES_WHILE_PASSING + 1):
        try:
            with transaction.atomic():
                return take()
        except Exception as error:
            if _database_went_away(error):
                raise DatabaseAway from error
            if is_passing(error) and attempt < _TRIES_WHILE_PASSING:
                continue
            log.exception(
                "%s failed on %s at position %s", subscriber.name, event.kind, event.position
            )
            failure = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
            break
    with transaction.atomic():
        return otherwise(failure)


def _database_went_away(error: BaseException | None) -> bool:
    """Whether this error, or one that it came of, is of the connection and not of the event."""
    seen: set[int] = set()
    # A library that raises a cause anew makes a circle of them.
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, psycopg.InterfaceError):
            return True
        if isinstance(error, psycopg.OperationalError):
            state = error.sqlstate or ""
            return not state or state.startswith(("08", "57P"))
        error = error.__cause__ or error.__context__
    return False


def _lock_progress(subscriber: Subscriber) -> int:
    return (
        SubscriberCursor.objects.select_for_update()
        .values_list("position", flat=True)
        .get(subscriber=subscriber.name)
    )


def _move(subscriber: Subscriber, event: EventRecord) -> None:
    SubscriberCursor.objects.filter(subscriber=subscriber.name).update(position=event.position)


def _lane_is_parked(subscriber: Subscriber, lane: str) -> bool:
    return ParkedEvent.objects.filter(subscriber=subscriber.name, lane=lane).exists()


def _park(
    subscriber: Subscriber, event: EventRecord, *, attempts: int, error: str, retry_at: datetime
) -> None:
    ParkedEvent.objects.create(
        subscriber=subscriber.name,
        position=event.position,
        lane=event.lane,
        attempts=attempts,
        error=error,
        retry_at=retry_at,
    )


def _head(subscriber: Subscriber, lane: str) -> ParkedEvent | None:
    parked = ParkedEvent.objects.filter(subscriber=subscriber.name, lane=lane)
    return parked.order_by("position").first()


def _due_lanes(subscriber: Subscriber) -> list[str]:
    heads = (
        ParkedEvent.objects.filter(subscriber=subscriber.name)
        .order_by("lane", "position")
        .distinct("lane")
        .values_list("lane", "retry_at")
    )
    now = clock.now()
    return [lane for lane, retry_at in heads if retry_at <= now]
