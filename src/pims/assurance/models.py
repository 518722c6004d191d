"""Custody alarms: who must act, until when, and how each ended."""

from django.db import models
from django.db.models import Q

from pims.foundation.history import recorded


@recorded
class Alarm(models.Model):
    """One alarm. `key` names what it is about; no two are open about the same thing.

    It belongs to the role on step `step` of its kind's ladder until `deadline_at`, and then
    climbs. It ends by a fact (what it warned of is no longer so) or by a recorded reason; one that
    the facts still call for comes back at `dismissed_until`.
    """

    class EndKind(models.TextChoices):
        OPEN = ""
        FACT = "fact"
        REASON = "reason"

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80)
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    episode_id = models.BigIntegerField(null=True)
    establishment = models.ForeignKey(
        "facilities.Establishment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    params = models.JSONField(default=dict)
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    owner_role = models.CharField(max_length=40)
    deadline_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_kind = models.CharField(max_length=6, choices=EndKind.choices, blank=True, default="")
    end_reason = models.CharField(max_length=500, blank=True)
    ended_by_id = models.BigIntegerField(null=True)
    dismissed_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "assurance_alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(ended_at=None), name="one_open_alarm_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_kind="")
                | (Q(ended_at__isnull=False) & ~Q(end_kind="")),
                name="ended_alarm_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["establishment", "deadline_at"],
                condition=Q(ended_at=None),
                name="alarm_open",
            ),
            models.Index(fields=["person"]),
        ]
