"""Let corrections stand in their own rows alone, and no error be found before its release."""

from django.db import migrations, models
from django.db.models import F, Q

# An hour of leaving that was moved past them: they were of that minute or later in fact.
AFTER_LEAVING = """
    UPDATE release_in_error SET
        discovered_at = greatest(discovered_at, left_at),
        police_told_at = CASE WHEN police_told_at < left_at THEN left_at ELSE police_told_at END
    WHERE discovered_at < left_at OR police_told_at < left_at
"""
BACK_AFTER_LEAVING = "UPDATE release_in_error SET returned_at = left_at WHERE returned_at < left_at"


class Migration(migrations.Migration):
    dependencies = [
        ("release", "0004_every_decision_and_correction"),
    ]

    operations = [
        *(
            migrations.RemoveField(model_name=model, name=name)
            for model in ("discharge", "dischargehistory")
            for name in ("corrected_at", "corrected_by_id", "correction_reason", "moved_from")
        ),
        migrations.RunSQL(AFTER_LEAVING, migrations.RunSQL.noop),
        migrations.RunSQL(BACK_AFTER_LEAVING, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="releaseinerror",
            constraint=models.CheckConstraint(
                condition=Q(discovered_at__gte=F("left_at")), name="error_found_after_leaving"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseinerror",
            constraint=models.CheckConstraint(
                condition=Q(police_told_at__isnull=True) | Q(police_told_at__gte=F("left_at")),
                name="police_told_after_leaving",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseinerror",
            constraint=models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("left_at")),
                name="back_after_leaving",
            ),
        ),
    ]
