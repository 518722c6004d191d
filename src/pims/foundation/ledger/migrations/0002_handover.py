from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ledgercheckpoint",
            name="handover",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="ledgercheckpoint",
            name="cosignature",
            field=models.BinaryField(db_default=b"", default=b"", max_length=64),
        ),
    ]
