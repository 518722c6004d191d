"""The register of people freed wrongly and of people held too long."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class DetentionError(models.Model):
    """A line of the register: somebody freed wrongly, or held beyond their day.

    `began_on` is the day on which a wrongly freed person left, or on which one held too long
    should have left; `ended_on` when that was over (null: it still is so). One about a release in
    error (`error`) takes its days from there.
    """

    class Kind(models.TextChoices):
        WRONGFUL_RELEASE = "wrongful_release"
        OVER_DETENTION = "over_detention"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    error = models.OneToOneField(
        "release.ReleaseInError", null=True, on_delete=models.PROTECT, related_name="lessons"
    )
    discharge = models.OneToOneField(
        "release.Discharge", null=True, on_delete=models.PROTECT, related_name="late"
    )
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    cause = models.CharField(max_length=24)
    account = models.TextField()
    lessons = models.TextField(blank=True, default="")
    discovered_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "release_detention_error"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="detention_error_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(error__isnull=True) | Q(kind="wrongful_release"),
                name="release_in_error_is_wrongful",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "began_on"])]
