"""Out with: escorts that are still custody, what came back from court, and absences at large."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from pims.custody.models.periods import ends_after_start, lasted, never_two
from pims.foundation.history import recorded


@recorded
class Escort(models.Model):
    """Out in the hands of officers: still in custody, still on the books.

    `handed_to` and `condition_out` are the hand-over going out, `returned_from` and
    `condition_back` the one coming in.
    """

    class Kind(models.TextChoices):
        COURT = "court"
        HOSPITAL = "hospital"
        BED_WATCH = "bed_watch"
        POLICE = "police"
        FUNERAL = "funeral"
        OTHER = "other"

    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="escorts")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    destination_body = models.ForeignKey(
        "authority.Body", null=True, on_delete=models.PROTECT, related_name="+"
    )
    destination = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    left_at = models.DateTimeField()
    expected_back_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    officers = models.JSONField(default=list)
    restraints = models.CharField(max_length=120, blank=True)
    condition_out = models.TextField(blank=True)
    condition_back = models.TextField(blank=True)
    medication = models.TextField(blank=True)
    risk_notes = models.TextField(blank=True)
    handed_to = models.CharField(max_length=200, blank=True)
    returned_from = models.CharField(max_length=200, blank=True)
    received_back_by = models.CharField(max_length=200, blank=True)
    identity_check = models.ForeignKey(
        "custody.IdentityCheck", null=True, on_delete=models.PROTECT, related_name="+"
    )
    not_returned_at = models.DateTimeField(null=True)
    not_returned_because = models.CharField(max_length=12, blank=True, default="")
    clock_disputed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_escort"
        constraints: ClassVar = [
            never_two(
                "one_escort_a_person",
                of="person",
                start="left_at",
                end="returned_at",
                only=lasted(start="left_at", end="returned_at"),
            ),
            ends_after_start("escort_returns_after_it_left", start="left_at", end="returned_at"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["establishment", "left_at"], name="escort_by_departure"),
            models.Index(fields=["episode"], name="escort_of_episode"),
            models.Index(
                fields=["establishment", "expected_back_at"],
                condition=Q(returned_at__isnull=True),
                name="escort_open",
            ),
        ]


@recorded
class CourtReturn(models.Model):
    """What a day at court came to, one row a person a day: the line of the 17:00 desk.

    `escort` is null where the person never left (refused to go, not produced from inside).
    `data` holds ids, codes and dates, never what was said.
    """

    escort = models.ForeignKey(
        Escort, null=True, on_delete=models.PROTECT, related_name="court_returns"
    )
    episode = models.ForeignKey(
        "custody.Episode", on_delete=models.PROTECT, related_name="court_returns"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=24)
    happened_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_court_return"
        indexes: ClassVar = [
            models.Index(fields=["establishment", "happened_at"], name="court_return_by_day"),
            models.Index(fields=["episode"], name="court_return_of_episode"),
        ]


@recorded
class Absence(models.Model):
    """Unlawfully at large: escaped, or failed to come back. The episode stays open."""

    class EndKind(models.TextChoices):
        NONE = ""
        RECAPTURED = "recaptured"
        SURRENDERED = "surrendered"
        CUSTODY_ENDED = "custody_ended"
        NEVER_WAS = "never_was"

    episode = models.ForeignKey(
        "custody.Episode", on_delete=models.PROTECT, related_name="absences"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    escort = models.ForeignKey(Escort, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    end_kind = models.CharField(
        max_length=14, choices=EndKind.choices, default=EndKind.NONE, blank=True
    )
    circumstances = models.TextField(blank=True)
    police_told_at = models.DateTimeField(null=True)
    recapture_place = models.CharField(max_length=200, blank=True)
    clock_disputed = models.BooleanField(default=False)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_absence"
        constraints: ClassVar = [
            never_two("one_absence_a_person", of="person", only=lasted()),
            ends_after_start("absence_ends_after_start"),
        ]
        indexes: ClassVar = [models.Index(fields=["episode"], name="absence_of_episode")]
