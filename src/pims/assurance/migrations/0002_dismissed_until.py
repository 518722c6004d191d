"""Until when an alarm that the facts call for was dismissed: then it comes back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assurance", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name=model, name="dismissed_until", field=models.DateTimeField(null=True)
        )
        for model in ("alarm", "alarmhistory")
    ]
