"""Numbers for whoever may know of no person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class StatisticCell(models.Model):
    """One number of one table of one period. Where `shown` is false it would tell of a person,
    or be worked out from the others: `count` is then null, and nowhere kept."""

    indicator = models.CharField(max_length=40)
    period = models.DateField()
    dimensions = models.JSONField(default=dict)
    facets = ArrayField(models.CharField(max_length=60), default=list)
    count = models.PositiveIntegerField(null=True)
    shown = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_statistic_cell"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period", "dimensions"], name="one_cell_a_place"
            ),
            models.CheckConstraint(
                condition=models.Q(shown=True, count__isnull=False)
                | models.Q(shown=False, count__isnull=True),
                name="a_suppressed_cell_has_no_number",
            ),
        ]
