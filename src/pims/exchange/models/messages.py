"""What happened, as other agencies are told it: messages, their order, and their delivery."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from pims.exchange.models.agreements import Agreement
from pims.foundation.history import recorded


@recorded
class Hold(models.Model):
    """Messages that were held because they came in an implausible burst. People never are.

    Open until a person decides: ``let_go`` or ``withdrawn``.
    """

    kind = models.CharField(max_length=24)
    opened_at = models.DateTimeField()
    params = models.JSONField(default=dict)
    decision = models.CharField(max_length=10, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "exchange_hold"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | ~Q(decision="") & Q(decided_at__isnull=False),
                name="hold_says_when_it_was_decided",
            )
        ]


@recorded
class Announcement(models.Model):
    """A burst that is to be expected: an amnesty. While it lasts the breaker lets it pass.

    It counts from when a second officer has put their name to it (`seconded_at`).
    """

    kind = models.CharField(max_length=24)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expected = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField()
    second_by_id = models.BigIntegerField(null=True)
    seconded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_announcement"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="announcement_ends_later"
            )
        ]


class Message(models.Model):
    """One thing that happened, in ids and codes. What each agency reads is made at delivery.

    `facets_before` and `facets_after` say what the person's custody was on either side of it:
    whoever is released is told of by an agreement about those held. `retracts` is the message
    that this one takes back. `held_as` is why the breaker holds or held it.

    `number` is the prisoner's as they were known then, `other_number` that of a record joined to it
    or parted from it. Agreements judge it as `judged_as`: its own type, or that of what it takes
    back (`because` says why). `labels` are those of then, `labels_now` those that the person
    carries since. `facts` are values by ``table.field`` of the catalogue, `records` which rows of
    other tables it is about, `reference` what of the person's custody it tells.
    """

    class State(models.TextChoices):
        READY = "ready"
        HELD = "held"
        WITHDRAWN = "withdrawn"

    class Origin(models.TextChoices):
        LIVE = "live"
        REPLAY = "replay"
        TEST = "test"

    event_id = models.UUIDField()
    event_position = models.BigIntegerField()
    type = models.CharField(max_length=24)
    person_id = models.BigIntegerField(null=True, db_index=True)
    establishment_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    made_at = models.DateTimeField()
    facets_before = ArrayField(models.CharField(max_length=60), default=list)
    facets_after = ArrayField(models.CharField(max_length=60), default=list)
    labels = ArrayField(models.CharField(max_length=12), default=list)
    facts = models.JSONField(default=dict)
    number = models.CharField(max_length=20, blank=True, default="")
    other_number = models.CharField(max_length=20, blank=True, default="")
    judged_as = models.CharField(max_length=24, blank=True, default="")
    labels_now = ArrayField(models.CharField(max_length=12), default=list)
    records = models.JSONField(default=dict)
    reference = models.CharField(max_length=60, blank=True, default="")
    because = models.CharField(max_length=24, blank=True, default="")
    retracts = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="messages")
    held_as = models.CharField(max_length=8, blank=True, default="")
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.LIVE)

    class Meta:
        db_table = "exchange_message"
        constraints = [
            models.UniqueConstraint(fields=["event_id", "type"], name="one_message_an_event")
        ]
        indexes = [
            models.Index(fields=["type", "made_at"]),
            models.Index(
                fields=["reference"], condition=~Q(reference=""), name="exchange_message_reference"
            ),
            models.Index(fields=["hold"], condition=Q(state="held"), name="exchange_held"),
        ]


class Published(models.Model):
    """A message's place in the feed: from 1, without gaps, in an order that never changes."""

    position = models.BigIntegerField(primary_key=True)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="published")
    published_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "exchange_published"


class Cursor(models.Model):
    """How far an agency has acknowledged the feed of one agreement."""

    agreement = models.OneToOneField(
        Agreement, primary_key=True, on_delete=models.PROTECT, related_name="cursor"
    )
    position = models.BigIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    read_upto = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_cursor"


@recorded
class Endpoint(models.Model):
    """Where messages under an agreement are pushed to.

    `secret_name` names the file in the secrets folder that holds what we sign with; what is signed
    there with our own key (`ed25519`) needs none. Pushing begins after position `starts_after`.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        ENDED = "ended"

    class Scheme(models.TextChoices):
        HMAC = "hmac"
        ED25519 = "ed25519"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="endpoints")
    url = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    scheme = models.CharField(max_length=8, choices=Scheme.choices)
    secret_name = models.CharField(max_length=80, blank=True, default="")
    starts_after = models.BigIntegerField(default=0)
    state_reason = models.CharField(max_length=300, blank=True, default="")
    state_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_endpoint"


class Delivery(models.Model):
    """One message on its way to one endpoint."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        DEAD = "dead"
        SKIPPED = "skipped"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    position = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    delivered_at = models.DateTimeField(null=True)
    replayed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_delivery"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "position"], name="delivered_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state="pending"), name="exchange_delivery_due"
            ),
            models.Index(fields=["endpoint"], condition=Q(state="dead"), name="exchange_dead"),
        ]
