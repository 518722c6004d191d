"""A heartbeat every minute, so that silence is a fault and not quiet.

It says up to when everything that was recorded has been told or is held: a worker that stands
still is heard as well as a courier that does. It is no message of the feed: the newest one is all
that anybody needs.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from pims.exchange.feed import rendering
from pims.exchange.models import Beat as BeatRow
from pims.exchange.models import Message, Published
from pims.foundation.outbox.models import OutboxEvent, ParkedEvent, SubscriberCursor
from pims.kernel import clock

EVERY = timedelta(minutes=1)
# Nothing heard for so long, and whoever watches says so.
SILENT_AFTER = timedelta(minutes=3)
SUBSCRIBER = "exchange"


@dataclass(frozen=True, slots=True)
class Beat:
    """`upto`: everything recorded before it was told or is held. `position` is the feed's newest,
    `held` says that messages wait for a person to let them go."""

    at: datetime
    upto: datetime
    position: int
    held: bool


def beat() -> Beat:
    """Keep the heartbeat of now; give it."""
    now = clock.now()
    found = Beat(now, min(now, told_upto(now)), _newest(), _held())
    BeatRow.objects.update_or_create(
        id=1, defaults={"at": found.at, "upto": found.upto, "position": found.position}
    )
    return found


def latest() -> Beat | None:
    """The last heartbeat; None before the first."""
    row = BeatRow.objects.filter(id=1).first()
    return None if row is None else Beat(row.at, row.upto, row.position, _held())


def document(agreement_id: int, beat: Beat) -> dict[str, object]:
    """The heartbeat as a CloudEvent for one agreement."""
    number = int(beat.at.timestamp() // EVERY.total_seconds())
    return {
        "specversion": "1.0",
        "id": f"heartbeat-{agreement_id}-{number}",
        "source": rendering.SOURCE,
        "type": rendering.TYPE_PREFIX + "heartbeat",
        "time": rendering.instant(beat.at),
        "datacontenttype": "application/json",
        "data": {
            "upto": rendering.instant(beat.upto),
            "position": beat.position,
            "held": beat.held,
            "everySeconds": int(EVERY.total_seconds()),
        },
    }


def rendered(agreement_id: int, beat: Beat) -> tuple[str, bytes]:
    """Its id and its bytes, as they are pushed."""
    made = document(agreement_id, beat)
    return str(made["id"]), json.dumps(made, separators=(",", ":")).encode()


def told_upto(now: datetime) -> datetime:
    """When the oldest event was recorded that no message was made of yet; now, where none waits."""
    came_to = (
        SubscriberCursor.objects.filter(subscriber=SUBSCRIBER)
        .values_list("position", flat=True)
        .first()
    ) or 0
    parked = ParkedEvent.objects.filter(subscriber=SUBSCRIBER).values_list("position", flat=True)
    waiting = [came_to + 1, *parked.order_by("position")[:1]]
    unread = OutboxEvent.objects.filter(feed_item__position__in=waiting)
    times = list(unread.values_list("recorded_at", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.recorded_at FROM outbox_pending p JOIN outbox_event e ON e.id = p.event_id"
            " ORDER BY p.serial LIMIT 1"
        )
        times += [row[0] for row in cursor.fetchall()]
    return min([now, *times])


def _newest() -> int:
    newest = Published.objects.order_by("-position").values_list("position", flat=True).first()
    return newest or 0


def _held() -> bool:
    return Message.objects.filter(state=Message.State.HELD).exists()
