"""Say how, when and on whose word an order to release ceased to stand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="releaseorder",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="releaseorder",
            name="withdrawn_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="releaseorder",
            name="withdrawn_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not"),
                    ("by_body", "By Body"),
                    ("not_genuine", "Not Genuine"),
                    ("mistake", "Entered Wrongly"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="releaseorder",
            name="withdrawn_told_by",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="releaseorderhistory",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="releaseorderhistory",
            name="withdrawn_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="releaseorderhistory",
            name="withdrawn_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not"),
                    ("by_body", "By Body"),
                    ("not_genuine", "Not Genuine"),
                    ("mistake", "Entered Wrongly"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="releaseorderhistory",
            name="withdrawn_told_by",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="releaseorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("verified", "Verified"),
                    ("acted_on", "Acted On"),
                    ("withdrawn", "Withdrawn"),
                    ("struck_out", "Struck Out"),
                ],
                default="received",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="releaseorderhistory",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("verified", "Verified"),
                    ("acted_on", "Acted On"),
                    ("withdrawn", "Withdrawn"),
                    ("struck_out", "Struck Out"),
                ],
                default="received",
                max_length=10,
            ),
        ),
    ]
