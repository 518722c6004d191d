"""Whom a court list names, so that it goes with the last of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_delivering"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField(db_index=True)),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="exchange.inbound",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inbound_name",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("inbound", "person_id"), name="named_once_a_list"
                    )
                ],
            },
        ),
    ]
