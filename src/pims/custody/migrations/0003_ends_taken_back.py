"""Let an end be taken back and countersigned, and say why somebody did not return."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0002_injury_photograph"),
    ]

    operations = [
        migrations.AddField(
            model_name="endofcustody",
            name="countersigned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustody",
            name="countersigned_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustody",
            name="receiving_authority",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="endofcustody",
            name="taken_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustody",
            name="taken_back_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustody",
            name="taken_back_reason",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="countersigned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="countersigned_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="receiving_authority",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="taken_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="taken_back_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="endofcustodyhistory",
            name="taken_back_reason",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="escort",
            name="not_returned_because",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="escorthistory",
            name="not_returned_because",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AlterField(
            model_name="absence",
            name="end_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("recaptured", "Recaptured"),
                    ("surrendered", "Surrendered"),
                    ("custody_ended", "Custody Ended"),
                    ("never_was", "Never Was"),
                ],
                default="",
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="absencehistory",
            name="end_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("recaptured", "Recaptured"),
                    ("surrendered", "Surrendered"),
                    ("custody_ended", "Custody Ended"),
                    ("never_was", "Never Was"),
                ],
                default="",
                max_length=14,
            ),
        ),
    ]
