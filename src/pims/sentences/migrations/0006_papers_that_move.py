from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sentences", "0005_law_in_force"),
    ]

    operations = [
        migrations.AddField(
            model_name="lawmove",
            name="papers",
            field=models.JSONField(default=list),
        ),
    ]
