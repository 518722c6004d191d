"""How far the subscribers are: for the operator's pages and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from pims.foundation.outbox.feed import feed_position
from pims.foundation.outbox.models import OutboxPending, ParkedEvent, SubscriberCursor


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


def waiting_for_order() -> int:
    """Committed events that the sequencer has not yet put in the feed."""
    return OutboxPending.objects.count()
