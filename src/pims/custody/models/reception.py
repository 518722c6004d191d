"""The van at the gate: who was handed over, by whom, with what paper, and who was turned away."""

from typing import ClassVar

from django.db import models

from pims.foundation.history import recorded


@recorded
class Van(models.Model):
    """One arrival at the gate with one or many people."""

    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    arrived_at = models.DateTimeField()
    from_where = models.CharField(max_length=200, blank=True)
    escorting_officer = models.CharField(max_length=200, blank=True)
    vehicle = models.CharField(max_length=60, blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_van"
        indexes: ClassVar = [
            models.Index(fields=["establishment", "arrived_at"], name="van_by_arrival")
        ]


@recorded
class BodyReceipt(models.Model):
    """The hand-over of one person between two officers, at its hour."""

    class WarrantState(models.TextChoices):
        YES = "yes"
        NO = "no"
        DEFECTIVE = "defective"

    class Found(models.TextChoices):
        """What the books said about this person when the receipt was made."""

        NOT_HELD = "not_held"
        AT_LARGE = "at_large"
        OUT_ON_ESCORT = "out_on_escort"
        BOOKS_SAID_INSIDE = "books_said_inside"
        WRONG_IDENTITY = "wrong_identity"

    van = models.ForeignKey(Van, on_delete=models.PROTECT, related_name="receipts")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(
        "custody.Episode", on_delete=models.PROTECT, related_name="body_receipts"
    )
    name_as_given = models.CharField(max_length=300, blank=True)
    age_as_given = models.PositiveSmallIntegerField(null=True)
    warrant_state = models.CharField(max_length=10, choices=WarrantState.choices)
    injuries = models.TextField(blank=True)
    complaint = models.BooleanField(default=False)
    handed_over_by = models.CharField(max_length=200, blank=True)
    received_by = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    found = models.CharField(max_length=20, choices=Found.choices, default=Found.NOT_HELD)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_body_receipt"
        indexes: ClassVar = [
            models.Index(fields=["establishment", "received_at"], name="receipt_by_hour"),
            models.Index(fields=["person"], name="receipt_of_person"),
        ]


@recorded
class TurnedAway(models.Model):
    """Someone brought to the gate whom the officer in charge did not receive, and why."""

    van = models.ForeignKey(Van, null=True, on_delete=models.PROTECT, related_name="turned_away")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    name_as_given = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=24)
    note = models.TextField(blank=True)
    brought_by = models.CharField(max_length=200, blank=True)
    decided_by_id = models.BigIntegerField()
    happened_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_turned_away"
