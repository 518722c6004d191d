"""Keep the correction of a discharge, and one that never was beside the one that followed it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ADDED = {
    "orders_acted_on": models.JSONField(default=list),
    "version": models.PositiveIntegerField(default=1),
    "corrected_at": models.DateTimeField(null=True),
    "corrected_by_id": models.BigIntegerField(null=True),
    "correction_reason": models.CharField(blank=True, default="", max_length=500),
    "moved_from": models.DateTimeField(null=True),
    "taken_back_at": models.DateTimeField(null=True),
    "taken_back_by_id": models.BigIntegerField(null=True),
    "taken_back_reason": models.CharField(blank=True, default="", max_length=500),
}


class Migration(migrations.Migration):
    dependencies = [
        ("release", "0002_who_vouched_and_what_paper_says"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field.clone())
            for model in ("discharge", "dischargehistory")
            for name, field in ADDED.items()
        ),
        *(
            migrations.AddField(
                model_name=model, name="withdrawn_at", field=models.DateTimeField(null=True)
            )
            for model in ("releaseinerror", "releaseinerrorhistory")
        ),
        migrations.AlterField(
            model_name="discharge",
            name="episode",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="custody.episode",
            ),
        ),
        migrations.AddConstraint(
            model_name="discharge",
            constraint=models.UniqueConstraint(
                condition=Q(taken_back_at__isnull=True),
                fields=("episode",),
                name="one_discharge_an_episode",
            ),
        ),
    ]
