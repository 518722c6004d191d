"""Let what lasted an instant, cut off by an earlier end, stand in the way of no later stay."""

import datetime as dt

import django.contrib.postgres.constraints
from django.db import migrations, models
from django.db.models.lookups import GreaterThan

import pims.foundation.ranges


def lasted(start: str, end: str) -> models.Q:
    lasting = GreaterThan(models.F(end) - models.F(start), dt.timedelta(microseconds=1))
    return models.Q((f"{end}__isnull", True), lasting, _connector="OR")


def no_two(
    name: str, *, of: str, start: str, end: str, condition: models.Q
) -> django.contrib.postgres.constraints.ExclusionConstraint:
    return django.contrib.postgres.constraints.ExclusionConstraint(
        name=name,
        expressions=[(of, "="), (pims.foundation.ranges.TsTzRange(start, end), "&&")],
        condition=condition,
    )


FREE = models.Q(("doubled", False))
OUT, HELD = ("left_at", "returned_at"), ("starts_at", "ends_at")
CHANGED = (
    ("escort", "one_escort_a_person", "person", OUT, lasted(*OUT)),
    ("absence", "one_absence_a_person", "person", HELD, lasted(*HELD)),
    ("placement", "one_place_a_person", "person", HELD, lasted(*HELD)),
    ("placement", "one_person_a_place", "place", HELD, lasted(*HELD) & FREE),
)


class Migration(migrations.Migration):
    dependencies = [("custody", "0004_never_held_in_nobodys_way")]

    operations = [
        operation
        for model, name, of, (start, end), condition in CHANGED
        for operation in (
            migrations.RemoveConstraint(model_name=model, name=name),
            migrations.AddConstraint(
                model_name=model,
                constraint=no_two(name, of=of, start=start, end=end, condition=condition),
            ),
        )
    ]
