"""How pushing goes, where it may go to, and how long an agency may be silent."""

from django.db import models
from django.db.models import Q

from pims.exchange.models.agreements import Agreement
from pims.exchange.models.messages import Endpoint
from pims.foundation.history import recorded


class EndpointState(models.Model):
    """How pushing to an endpoint goes. Written by the courier; not a decision of anybody.

    Everything in the feed up to `queued_upto` has been looked at for it: it is delivered, on its
    way, or not for it. `failures` in a row are of the receiver, which then rests until
    `rests_until`. `beat_at` is when a heartbeat last reached it.
    """

    endpoint = models.OneToOneField(
        Endpoint, primary_key=True, on_delete=models.PROTECT, related_name="goes"
    )
    queued_upto = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    beat_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_endpoint_state"


class Beat(models.Model):
    """The last heartbeat: one row. Everything recorded before `upto` was told, or is held."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    at = models.DateTimeField()
    upto = models.DateTimeField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "exchange_beat"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_beat")]


@recorded
class AllowedAddress(models.Model):
    """A network within which an administrator lets messages be pushed to; `plain` also by http."""

    network = models.CharField(max_length=50)
    plain = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    allowed_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_allowed_address"


@recorded
class Listening(models.Model):
    """How long the agency may be silent under an agreement before somebody here is told of it."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="listening")
    minutes = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_listening"
