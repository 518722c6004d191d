"""What is prepared before a release: the day as two officers read it, lines, who was told."""

from django.db import models
from django.db.models import Q

from pims.foundation.history import recorded


@recorded
class Preparation(models.Model):
    """The two weeks before one prisoner's day of release.

    `due_on` is the day on which the gate opens by what `source` says; `moved_from` the day of the
    preparation that this one took the place of. `differences` are codes of what two officers'
    calculations disagree about; they are an alarm until a third officer says which day is right
    (`settled_day`). Nothing here stops a discharge.
    """

    class Source(models.TextChoices):
        CALCULATION = "calculation"
        BY_HAND = "by_hand"
        PAPER = "paper"
        PAROLE = "parole"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CLOSED = "closed"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    source = models.CharField(max_length=12, choices=Source.choices)
    provisional = models.BooleanField(default=False)
    moved_from = models.DateField(null=True)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True, default="")
    differences = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_day = models.DateField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_preparation"
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(state="open"), name="one_open_preparation"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="preparation_says_when_it_closed",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state", "due_on"])]


@recorded
class DateReading(models.Model):
    """The day of release as one officer worked it out, without seeing anybody else's."""

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="readings")
    release_on = models.DateField()
    expires_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_date_reading"
        constraints = [
            models.UniqueConstraint(fields=["preparation", "by_id"], name="one_reading_an_officer"),
        ]


@recorded
class PreparationItem(models.Model):
    """One thing to see to before the day: done, or explained."""

    class State(models.TextChoices):
        DONE = "done"
        EXPLAINED = "explained"

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_preparation_item"
        constraints = [
            models.UniqueConstraint(fields=["preparation", "code"], name="one_thing_of_a_code"),
        ]


@recorded
class AgencyTold(models.Model):
    """That an agency was told of the coming release: to whom, when, how, and by which officer.

    `kind` is of `preparing.AGENCIES`: the notices are for the police, and others may be told too.
    """

    class Stage(models.TextChoices):
        DAYS_14 = "14d"
        HOURS_24 = "24h"
        HOUR_1 = "1h"

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="told")
    stage = models.CharField(max_length=3, choices=Stage.choices)
    kind = models.CharField(max_length=16, default="other")
    agency = models.CharField(max_length=200)
    spoke_to = models.CharField(max_length=200, blank=True, default="")
    how = models.CharField(max_length=12)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_agency_told"
        indexes = [models.Index(fields=["preparation", "stage"])]
