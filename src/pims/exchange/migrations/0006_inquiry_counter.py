"""Inquiries are counted as they are let in. The last day's are carried over, so that no quota is
larger on the day of the change."""

import django.db.models.deletion
from django.db import migrations, models

_CARRY_OVER = """
INSERT INTO exchange_inquiry_count (agreement_id, span, begins_at, count)
SELECT version.agreement_id, 'day',
       date_bin('15 minutes', inquiry.opened_at, timestamptz '2000-01-01 00:00:00Z'), count(*)
FROM exchange_inquiry inquiry
JOIN exchange_agreement_version version ON version.id = inquiry.version_id
WHERE inquiry.token_id IS NOT NULL AND inquiry.opened_at > now() - interval '1 day 15 minutes'
GROUP BY 1, 3
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0005_made_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="InquiryCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "span",
                    models.CharField(choices=[("minute", "Minute"), ("day", "Day")], max_length=6),
                ),
                ("begins_at", models.DateTimeField()),
                ("count", models.IntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inquiry_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "span", "begins_at"), name="one_count_a_stretch"
                    )
                ],
            },
        ),
        migrations.RunSQL(_CARRY_OVER, migrations.RunSQL.noop),
    ]
