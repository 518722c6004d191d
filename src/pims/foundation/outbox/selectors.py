"""How far the subscribers are: for the operator's pages and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import Count, Max, Q

from pims.foundation.outbox.feed import feed_position
from pims.foundation.outbox.models import (
    FeedItem,
    OutboxEvent,
    OutboxPending,
    ParkedEvent,
    SubscriberCursor,
)
from pims.foundation.outbox.subscribers import discover
from pims.kernel import clock

# Alarms are to be seconds behind what happened; this long says that nobody is at work.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """One subscriber: where it is, how many events it is behind, what it could not handle.

    `failing` counts the lanes (persons, mostly) whose first event failed; `waiting` all events
    parked, those that queue behind a failing one included.
    """

    subscriber: str
    position: int
    behind: int
    failing: int
    waiting: int
    most_attempts: int


def subscribers_progress() -> list[Progress]:
    """Every subscriber that ever ran, by name."""
    end = feed_position()
    parked: dict[str, Mapping[str, Any]] = {
        row["subscriber"]: row
        for row in ParkedEvent.objects.values("subscriber").annotate(
            failing=Count("id", filter=Q(attempts__gt=0)),
            waiting=Count("id"),
            most_attempts=Max("attempts"),
        )
    }
    return [
        Progress(
            subscriber=cursor.subscriber,
            position=cursor.position,
            behind=max(0, end - cursor.position),
            failing=parked.get(cursor.subscriber, {}).get("failing", 0),
            waiting=parked.get(cursor.subscriber, {}).get("waiting", 0),
            most_attempts=parked.get(cursor.subscriber, {}).get("most_attempts", 0),
        )
        for cursor in SubscriberCursor.objects.order_by("subscriber")
    ]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A lane whose first event fails each time it is tried: what comes after it waits.

    `lane` is a person (``person:<id>``) or a kind of event; `waiting` counts what queues behind.
    """

    subscriber: str
    lane: str
    kind: str
    recorded_at: datetime
    attempts: int
    retry_at: datetime
    waiting: int
    error: str


def stuck() -> list[Stuck]:
    """Every lane that is stuck, the oldest event first."""
    failing = list(ParkedEvent.objects.filter(attempts__gt=0).order_by("position", "subscriber"))
    items = FeedItem.objects.filter(position__in=[row.position for row in failing])
    events = {item.position: item.event for item in items.select_related("event")}
    behind = {
        (row["subscriber"], row["lane"]): row["n"]
        for row in ParkedEvent.objects.filter(attempts=0)
        .values("subscriber", "lane")
        .annotate(n=Count("id"))
    }
    return [
        Stuck(
            subscriber=row.subscriber,
            lane=row.lane,
            kind=events[row.position].kind,
            recorded_at=events[row.position].recorded_at,
            attempts=row.attempts,
            retry_at=row.retry_at,
            waiting=behind.get((row.subscriber, row.lane), 0),
            error=row.error,
        )
        for row in failing
    ]


@dataclass(frozen=True, slots=True)
class Health:
    """Whether what happens reaches those who act on it: alarms, cases, boards.

    `late_since` is when the oldest event was recorded that no order was given to, or that a
    subscriber has not come to, where that is longer ago than `LATE`.
    """

    failing: int
    waiting: int
    late_since: datetime | None

    @property
    def good(self) -> bool:
        return not self.failing and self.late_since is None


def health() -> Health:
    """How it stands now. Four queries."""
    parked = ParkedEvent.objects.aggregate(
        failing=Count("id", filter=Q(attempts__gt=0)), waiting=Count("id", filter=Q(attempts=0))
    )
    came_to = dict(SubscriberCursor.objects.values_list("subscriber", "position"))
    least = min((came_to.get(one.name, 0) for one in discover()), default=feed_position())
    unread = OutboxEvent.objects.filter(feed_item__position=least + 1)
    first = OutboxPending.objects.order_by("serial").values("event_id")[:1]
    unordered = OutboxEvent.objects.filter(pk__in=first)
    oldest = (rows.values_list("recorded_at", flat=True) for rows in (unordered, unread))
    late = min(chain.from_iterable(oldest), default=None)
    if late is not None and clock.now() - late < LATE:
        late = None
    return Health(parked["failing"], parked["waiting"], late)


def waiting_for_order() -> int:
    """Committed events that the sequencer has not yet put in the feed."""
    return OutboxPending.objects.count()
