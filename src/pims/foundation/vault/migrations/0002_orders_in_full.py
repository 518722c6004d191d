from django.db import migrations, models

_BODY = models.CharField(blank=True, default="", max_length=200)
_DATED = models.DateField(null=True)


class Migration(migrations.Migration):
    """Who gave an order, of what date; and why an erasure stopped on its way."""

    dependencies = [("vault", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field.clone())
            for model in ("erasure", "sealing", "sealinghistory")
            for name, field in (("order_body", _BODY), ("order_dated", _DATED))
        ),
        migrations.AddField(
            model_name="erasure",
            name="problem",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
