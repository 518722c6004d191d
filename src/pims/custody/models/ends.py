"""How an episode ended, by the path of its kind."""

from typing import ClassVar

from django.db import models

from pims.foundation.history import recorded


@recorded
class EndOfCustody(models.Model):
    """The end of one episode; which fields are filled follows from its kind.

    Death fills coroner, body and remains; removal the country; a discharge the order seen.
    """

    episode = models.OneToOneField(
        "custody.Episode", on_delete=models.PROTECT, related_name="end_of_custody"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    release_order = models.ForeignKey(
        "authority.ReleaseOrder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    order_seen = models.CharField(max_length=300, blank=True)
    by_whom = models.CharField(max_length=200, blank=True)
    destination = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    place_of_death = models.CharField(max_length=200, blank=True)
    found_by = models.CharField(max_length=200, blank=True)
    circumstances = models.TextField(blank=True)
    coroner_told_at = models.DateTimeField(null=True)
    coroner_reference = models.CharField(max_length=100, blank=True)
    family_told_at = models.DateTimeField(null=True)
    body_released_to = models.CharField(max_length=300, blank=True)
    body_released_at = models.DateTimeField(null=True)
    property_waiting = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_end"
        indexes: ClassVar = [
            models.Index(fields=["establishment", "at"], name="end_by_day"),
        ]
