"""A warrant that ended as an order was acted on says which order it was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0004_papers_that_ran_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="warrantname",
            name="ended_by_order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_names",
                to="authority.releaseorder",
            ),
        ),
        migrations.AddField(
            model_name="warrantnamehistory",
            name="ended_by_order",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="authority.releaseorder",
            ),
        ),
    ]
