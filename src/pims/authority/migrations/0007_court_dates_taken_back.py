"""A court date that was recorded by mistake is taken back and stays to be read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0006_orders_found_by_their_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="courtdate",
            name="taken_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="courtdatehistory",
            name="taken_back_at",
            field=models.DateTimeField(null=True),
        ),
    ]
