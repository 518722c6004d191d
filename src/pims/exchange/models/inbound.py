"""What other agencies send: kept before it is judged, decided by an officer, applied once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from pims.exchange.models.agencies import Agency
from pims.foundation.history import recorded


@recorded
class Inbound(models.Model):
    """One message as it came. `body` is its exact text, `digest` the SHA-256 that was signed.

    `message_id` is the sender's; the same again with the same digest is a duplicate, with another
    it is refused. `sent_at` is what the sender's clock said. `proposal` is what would be done,
    with the differences to what is recorded; `result` what was done, in ids. `corrects` is the
    sender's id of an earlier message.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        REFUSED = "refused"
        UNMATCHED = "unmatched"
        WAITING = "waiting"
        APPLIED = "applied"
        REJECTED = "rejected"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="inbound")
    message_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    body = models.TextField()
    digest = models.BinaryField(max_length=32)
    kid = models.CharField(max_length=80, blank=True, default="")
    signature = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=8, default="api")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    problems = ArrayField(models.CharField(max_length=60), default=list)
    corrects = models.CharField(max_length=120, blank=True, default="")
    person_id = models.BigIntegerField(null=True, db_index=True)
    establishment_id = models.BigIntegerField(null=True)
    matched_how = models.CharField(max_length=20, blank=True, default="")
    proposal = models.JSONField(default=dict)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    result = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "exchange_inbound"
        constraints = [
            models.UniqueConstraint(fields=["agency", "message_id"], name="one_inbound_an_id"),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "rejected"]) | Q(decided_at__isnull=False),
                name="inbound_says_when_it_was_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "received_at"])]


@recorded
class InboundStep(models.Model):
    """One step of a message's life, as its sender is told it too."""

    inbound = models.ForeignKey(Inbound, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    state = models.CharField(max_length=20)
    codes = ArrayField(models.CharField(max_length=60), default=list)
    user_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_inbound_step"


@recorded
class OrderClock(models.Model):
    """From the arrival of a release order to freedom, as both sides see it."""

    inbound = models.OneToOneField(Inbound, on_delete=models.PROTECT, related_name="clock")
    person_id = models.BigIntegerField(null=True, db_index=True)
    release_order_id = models.BigIntegerField(null=True)
    arrived_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    freed_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        db_table = "exchange_order_clock"


class InboundName(models.Model):
    """Somebody whom a list names: derived from what was found. The list goes with the last."""

    inbound = models.ForeignKey(Inbound, on_delete=models.PROTECT, related_name="names")
    person_id = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "exchange_inbound_name"
        constraints = [
            models.UniqueConstraint(fields=["inbound", "person_id"], name="named_once_a_list")
        ]
