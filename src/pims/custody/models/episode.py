"""A custody episode, from reception to the end of custody, and what admission records of it."""

from typing import ClassVar

from django.db import models

from pims.custody.models.periods import ends_after_start, never_two
from pims.foundation.history import recorded


@recorded
class Episode(models.Model):
    """One person's custody from the hour of reception until it ended.

    Escape and absence do not end it: the person stays on the books, unlawfully at large.
    `continues` is the episode at another establishment that this one carries on.
    """

    class ReceptionKind(models.TextChoices):
        COURT = "court"
        POLICE = "police"
        IMMIGRATION = "immigration"
        EMERGENCY_ORDER = "emergency_order"
        TRANSFER = "transfer"
        SURRENDER = "surrender"
        RECAPTURE = "recapture"
        RETURN_FROM_ERROR = "return_from_error"
        INHERITED = "inherited"
        OTHER = "other"

    class AdmissionState(models.TextChoices):
        RECEPTION = "reception"
        IN_ADMISSION = "in_admission"
        ADMITTED = "admitted"

    class EndKind(models.TextChoices):
        NONE = ""
        DISCHARGED = "discharged"
        DISCHARGED_AT_COURT = "discharged_at_court"
        DIED = "died"
        REMOVED = "removed"
        TRANSFERRED = "transferred"
        RELEASED_IN_ERROR = "released_in_error"
        NOT_RECORDED = "not_recorded"
        NEVER_HELD = "never_held"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reception_kind = models.CharField(max_length=20, choices=ReceptionKind.choices)
    admission_state = models.CharField(
        max_length=12, choices=AdmissionState.choices, default=AdmissionState.RECEPTION
    )
    admission_due_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True)
    end_kind = models.CharField(
        max_length=24, choices=EndKind.choices, default=EndKind.NONE, blank=True
    )
    arrested_at = models.DateTimeField(null=True)
    arrest_place = models.CharField(max_length=300, blank=True)
    arrest_reasons = models.TextField(blank=True)
    arresting_officer = models.CharField(max_length=200, blank=True)
    continues = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    clock_disputed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_episode"
        constraints: ClassVar = [
            never_two("one_episode_a_person", of="person", only=~models.Q(end_kind="never_held")),
            ends_after_start("episode_ends_after_start"),
            models.CheckConstraint(
                name="episode_end_has_a_kind",
                condition=models.Q(ends_at__isnull=True, end_kind="")
                | (models.Q(ends_at__isnull=False) & ~models.Q(end_kind="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["establishment", "starts_at"], name="episode_by_start"),
            models.Index(
                fields=["establishment"],
                condition=models.Q(ends_at__isnull=True),
                name="episode_open",
            ),
            models.Index(fields=["person", "starts_at"], name="episode_of_person"),
        ]


@recorded
class AdmissionStep(models.Model):
    """One step of an admission: done by whoever did it, in any order, left and resumed."""

    class State(models.TextChoices):
        TODO = "todo"
        DONE = "done"
        NOT_NEEDED = "not_needed"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=State.choices, default=State.TODO)
    done_by_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_admission_step"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["episode", "step"], name="admission_step_once")
        ]


@recorded
class Injury(models.Model):
    """A visible injury or a complaint of ill-treatment, as seen or said (Mandela Rule 7 (d))."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="injuries")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()
    body_area = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    complaint_of_ill_treatment = models.BooleanField(default=False)
    complaint = models.TextField(blank=True)
    by_whom = models.CharField(max_length=300, blank=True)
    photo = models.ForeignKey(
        "vault.Blob",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="photo_blob_id",
    )
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_injury"
        indexes: ClassVar = [models.Index(fields=["episode"], name="injury_of_episode")]


@recorded
class IdentityCheck(models.Model):
    """How it was made sure, at one moment and for one purpose, that this is the person."""

    class How(models.TextChoices):
        PHOTOGRAPH = "photograph"
        TWO_OFFICERS = "two_officers"
        FINGERPRINT = "fingerprint"
        NOT_CHECKED = "not_checked"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(
        Episode, null=True, on_delete=models.PROTECT, related_name="identity_checks"
    )
    how = models.CharField(max_length=12, choices=How.choices)
    officers = models.JSONField(default=list)
    matched = models.BooleanField(default=True)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=24)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_identity_check"
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="identity_check_of")]
