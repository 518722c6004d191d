"""Flags, keep-aparts and the first risk questions."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded
from pims.foundation.ranges import TsTzRange


@recorded
class Flag(models.Model):
    """Something that whoever deals with this person must know.

    The kinds `health_alert` and `informant` are seen only with the label that they carry; see
    `safety.rules.LABEL_OF`.
    """

    class Kind(models.TextChoices):
        ESCAPE_RISK = "escape_risk"
        SELF_HARM = "self_harm"
        VIOLENCE = "violence"
        VULNERABLE = "vulnerable"
        GANG = "gang"
        PREGNANT = "pregnant"
        DISABILITY = "disability"
        HEALTH_ALERT = "health_alert"
        INFORMANT = "informant"
        VICTIM = "victim"
        SINGLE_CELL = "single_cell"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    note = models.CharField(max_length=500, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "safety_flag"
        constraints = [
            ExclusionConstraint(
                name="one_flag_of_a_kind",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            )
        ]


@recorded
class KeepApart(models.Model):
    """Two people who must not meet; the pair is stored smaller id first."""

    class Level(models.TextChoices):
        ABSOLUTE = "absolute"
        WHERE_POSSIBLE = "where_possible"

    person_a = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    person_b = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=16, choices=Level.choices, default=Level.ABSOLUTE)
    reason = models.CharField(max_length=500)
    protected = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "safety_keep_apart"
        constraints = [
            models.CheckConstraint(
                condition=Q(person_a__lt=F("person_b")), name="keep_apart_ordered_pair"
            ),
            ExclusionConstraint(
                name="keep_apart_once",
                expressions=[
                    ("person_a", RangeOperators.EQUAL),
                    ("person_b", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["person_b"])]


@recorded
class FirstRisk(models.Model):
    """The first risk and separation questions of one admission, and the answers."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode_id = models.BigIntegerField()
    answers = models.JSONField()
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField()

    class Meta:
        db_table = "safety_first_risk"
        indexes = [models.Index(fields=["person"]), models.Index(fields=["episode_id"])]
