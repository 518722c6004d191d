"""Events on their way out: the outbox, the feed's order, and each subscriber's progress."""

from django.db import models


class OutboxEvent(models.Model):
    """What happened, in ids. Rendered at delivery under the rules of that moment."""

    id = models.UUIDField(primary_key=True)
    serial = models.BigIntegerField(unique=True)
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    schema_version = models.PositiveSmallIntegerField()
    person_id = models.BigIntegerField(null=True)
    event_seq = models.BigIntegerField(null=True)
    establishment_id = models.BigIntegerField(null=True)
    payload = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "outbox_event"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "event_seq"], name="one_event_a_seq")
        ]


class OutboxPending(models.Model):
    """Committed events that the sequencer has not yet given a feed position."""

    serial = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField()

    class Meta:
        db_table = "outbox_pending"


class FeedItem(models.Model):
    """The feed: every committed event once, from position 1, in an order that never changes."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(OutboxEvent, on_delete=models.PROTECT, related_name="feed_item")

    class Meta:
        db_table = "outbox_feed"


class SubscriberCursor(models.Model):
    """How far an in-process subscriber has read the feed."""

    subscriber = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "outbox_cursor"


class ParkedEvent(models.Model):
    """An event that a subscriber failed on, or that waits behind one of the same lane.

    A lane is a person (``person:<id>``), or a kind of event for those about no person
    (``kind:<kind>``): within it events are handled in the feed's order.
    """

    subscriber = models.CharField(max_length=60)
    position = models.BigIntegerField()
    lane = models.CharField(max_length=80)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    retry_at = models.DateTimeField()

    class Meta:
        db_table = "outbox_parked"
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "position"], name="parked_once")
        ]
        indexes = [models.Index(fields=["subscriber", "lane", "position"], name="parked_lane")]
