"""Let a stay that was recorded as never held stand in the way of no other stay."""

import django.contrib.postgres.constraints
from django.db import migrations, models

import pims.foundation.ranges


def no_two(condition: models.Q | None) -> django.contrib.postgres.constraints.ExclusionConstraint:
    return django.contrib.postgres.constraints.ExclusionConstraint(
        name="one_episode_a_person",
        expressions=[
            ("person", "="),
            (pims.foundation.ranges.TsTzRange("starts_at", "ends_at"), "&&"),
        ],
        condition=condition,
    )


class Migration(migrations.Migration):
    dependencies = [("custody", "0003_ends_taken_back")]

    operations = [
        migrations.RemoveConstraint(model_name="episode", name="one_episode_a_person"),
        migrations.AddConstraint(
            model_name="episode",
            constraint=no_two(models.Q(("end_kind", "never_held"), _negated=True)),
        ),
    ]
