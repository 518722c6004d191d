"""Where a person is held: one cell place from one instant until another."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from pims.custody.models.periods import ends_after_start, lasted, never_two
from pims.foundation.history import recorded


@recorded
class Placement(models.Model):
    """A person in a cell place.

    `breach` marks one that a rule spoke against, with the reasons as codes; `doubled` one in a
    place where somebody already was, which alone frees it from *one person a place*. Cell and
    unit are those of the place, which never moves.
    """

    class Basis(models.TextChoices):
        REQUEST = "request"
        OVERRIDE = "override"
        FACT = "fact"

    episode = models.ForeignKey(
        "custody.Episode", on_delete=models.PROTECT, related_name="placements"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey("facilities.Place", on_delete=models.PROTECT, related_name="+")
    cell = models.ForeignKey("facilities.Cell", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("facilities.Unit", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=8, choices=Basis.choices)
    reason = models.CharField(max_length=300, blank=True)
    breach = models.BooleanField(default=False)
    breach_reasons = models.JSONField(default=list)
    doubled = models.BooleanField(default=False)
    overridden_by_id = models.BigIntegerField(null=True)
    clock_disputed = models.BooleanField(default=False)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "custody_placement"
        constraints: ClassVar = [
            never_two("one_place_a_person", of="person", only=lasted()),
            never_two("one_person_a_place", of="place", only=lasted() & Q(doubled=False)),
            ends_after_start("placement_ends_after_start"),
            models.CheckConstraint(
                name="doubled_is_a_breach", condition=Q(doubled=False) | Q(breach=True)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["episode", "starts_at"], name="placement_of_episode"),
            models.Index(
                fields=["establishment"],
                condition=Q(ends_at__isnull=True),
                name="placement_open",
            ),
        ]
