"""Establishment → unit → cell → place, with capacities, for whom, and what is out of use."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded
from pims.foundation.ranges import TsTzRange


class Sex(models.TextChoices):
    ANY = "", "any"
    MALE = "male", "male"
    FEMALE = "female", "female"


class AgeGroup(models.TextChoices):
    ANY = "", "any"
    ADULT = "adult", "adult"
    JUVENILE = "juvenile", "juvenile"


@recorded
class Establishment(models.Model):
    """A prison or lock-up under one officer in charge."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/Belize")
    telephone = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "facilities_establishment"

    def __str__(self) -> str:
        return self.name


@recorded
class Unit(models.Model):
    """A block, wing or building. `for_*` of "" means anyone.

    `certified_capacity` is what the service's inspector certified; `operational_capacity` what
    the officer in charge works with. Reception is a unit with holding places and no limit.
    """

    class Kind(models.TextChoices):
        RESIDENTIAL = "residential"
        RECEPTION = "reception"
        SEGREGATION = "segregation"
        MEDICAL = "medical"
        PROGRAMME = "programme"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RESIDENTIAL)
    certified_capacity = models.PositiveIntegerField()
    operational_capacity = models.PositiveIntegerField()
    for_sex = models.CharField(max_length=8, choices=Sex.choices, blank=True, default="")
    for_age = models.CharField(max_length=8, choices=AgeGroup.choices, blank=True, default="")
    for_status = models.CharField(max_length=12, blank=True, default="")
    main_compound = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "facilities_unit"
        constraints = [
            models.UniqueConstraint(fields=["establishment", "code"], name="unit_code_once")
        ]

    def __str__(self) -> str:
        return self.name


@recorded
class Cell(models.Model):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cells")
    code = models.CharField(max_length=12)
    certified_capacity = models.PositiveSmallIntegerField()
    operational_capacity = models.PositiveSmallIntegerField()
    features = ArrayField(models.CharField(max_length=24), default=list)

    class Meta:
        db_table = "facilities_cell"
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="cell_code_once")]


@recorded
class Place(models.Model):
    """Where one person sleeps. Places are never deleted: they are taken out of use."""

    class Kind(models.TextChoices):
        BED = "bed"
        MAT = "mat"
        COT = "cot"
        MEDICAL = "medical"
        HOLDING = "holding"

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="places")
    code = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.BED)

    class Meta:
        db_table = "facilities_place"
        constraints = [models.UniqueConstraint(fields=["cell", "code"], name="place_code_once")]


@recorded
class OutOfUse(models.Model):
    """A cell, or one place of it, that may not be used, and why."""

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="outages")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="outages")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "facilities_out_of_use"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="out_of_use_ends_after_start",
            ),
            ExclusionConstraint(
                name="place_out_of_use_once",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(place__isnull=False),
            ),
            ExclusionConstraint(
                name="cell_out_of_use_once",
                expressions=[
                    ("cell", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(place__isnull=True),
            ),
        ]
