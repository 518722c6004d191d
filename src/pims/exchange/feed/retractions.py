"""Taking back what agencies were told: a message of its own, delivered and acknowledged as any."""

from datetime import datetime
from uuid import uuid5

from pims.exchange.models import Message

RETRACTION = "retraction"


def retract(message: Message, *, at: datetime, because: str = "withdrawn") -> Message:
    """The message that takes this one back, made at most once; not published yet.

    It reaches whoever the message itself reaches. In the caller's transaction.
    """
    made, _ = Message.objects.get_or_create(
        event_id=uuid5(message.event_id, f"{RETRACTION}/{message.type}"),
        type=RETRACTION,
        defaults={
            "event_position": message.event_position,
            "occurred_at": at,
            "recorded_at": at,
            "made_at": at,
            "because": because,
            **judged_like(message),
        },
    )
    return made


def judged_like(message: Message) -> dict[str, object]:
    """What a retraction has of the message that it takes back."""
    return {
        "judged_as": message.type,
        "retracts": message,
        "person_id": message.person_id,
        "establishment_id": message.establishment_id,
        "number": message.number,
        "other_number": message.other_number,
        "facets_before": message.facets_before,
        "facets_after": message.facets_after,
        "labels": message.labels,
        "labels_now": message.labels_now,
        "records": message.records,
        "origin": message.origin,
    }
