from django.db import migrations


class Migration(migrations.Migration):
    """A death is a fact whatever birth is on record; it is the birth that is in doubt."""

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="person", name="person_dies_after_birth"),
    ]
