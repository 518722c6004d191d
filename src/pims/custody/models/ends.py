"""How an episode ended, by the path of its kind."""

from typing import ClassVar

from django.db import models

from pims.foundation.history import recorded


@recorded
class EndOfCustody(models.Model):
    """The end of one episode; which fields are filled follows from its kind.

    Death fills coroner, body and remains; removal the country and who received the person; a
    discharge the order seen. `countersigned_at` is when a second officer stood for an end that no
    order covers. An end that turns out never to have been is taken back, by whom and why, and
    custody goes on; what was recorded stays here until another end takes its place.
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
    receiving_authority = models.CharField(max_length=200, blank=True, default="")
    countersigned_at = models.DateTimeField(null=True)
    countersigned_by_id = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by_id = models.BigIntegerField(null=True)
    taken_back_reason = models.CharField(max_length=500, blank=True, default="")
    property_waiting = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_end"
        indexes: ClassVar = [
            models.Index(fields=["establishment", "at"], name="end_by_day"),
        ]
