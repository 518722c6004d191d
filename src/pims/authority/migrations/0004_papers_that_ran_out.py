"""A paper that had run out by its own words when custody ended says so."""

from django.db import migrations, models

END_KINDS = [
    ("", "Open"),
    ("replaced", "Replaced"),
    ("released", "Released"),
    ("bailed", "Bailed"),
    ("sentenced", "Sentenced"),
    ("returned", "Returned"),
    ("void", "Void"),
    ("fine_paid", "Fine Paid"),
    ("withdrawn", "Withdrawn"),
    ("died", "Died"),
    ("removed", "Removed"),
    ("expired", "Expired"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0003_court_dates"),
    ]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="end_kind",
            field=models.CharField(blank=True, choices=END_KINDS, default="", max_length=12),
        )
        for model in ("warrantname", "warrantnamehistory")
    ]
