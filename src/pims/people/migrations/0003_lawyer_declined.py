"""That a lawyer was offered and declined, and when that was asked."""

from django.db import migrations, models

KINDS = models.CharField(
    choices=[
        ("next_of_kin", "Next Of Kin"),
        ("emergency", "Emergency"),
        ("lawyer", "Lawyer"),
        ("no_lawyer", "No Lawyer"),
        ("other", "Other"),
    ],
    max_length=11,
)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_any_day_of_death")]

    operations = [
        *(
            migrations.AddField(
                model_name=table, name="asked_at", field=models.DateTimeField(null=True)
            )
            for table in ("contact", "contacthistory")
        ),
        *(
            migrations.AlterField(model_name=table, name="kind", field=KINDS)
            for table in ("contact", "contacthistory")
        ),
    ]
